# What the worker removes by itself keeps up with what comes in: thousands in a few turns, of every
# organization, and nothing before its time.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Worker;

my $w = Worker->new;
is($w->run, 0, 'a worker is done');
my $other = $w->hand('org', 'Other', '9900001', 'client', 'hush', '93de2206-9669-4e07-948d-329f4b722ee2', '+19195550200');
chomp $other;
for my $org ($w->{org}, $other) {
	$w->hand('seen', $org, 3000, 32);
	$w->hand('seen', $org, 400, 29);
	is($w->hand('seen-count', $org), 3400, "organization $org remembers what it has seen for a month");
}
# Events are kept for 90 days.
for my $org ($w->{org}, $other) {
	$w->hand('old-event', $org, $_) for 91, 89;
	is($w->hand('events', $org), 2, "organization $org has two events");
}
# A turn has its time, which a busy machine does not let it use: more of them, but far fewer than pieces of 200 records.
my ($failed, $turns) = (0, 0);
do {
	$failed ||= $w->run;
	$turns++;
} while ($turns < 8 && grep { $w->hand('seen-count', $_) > 400 || $w->hand('events', $_) > 1 } $w->{org}, $other);
is($failed, 0, "a worker has its turns: $turns");
is($w->hand('events', $_), 1, "removes an event of organization $_ that is too old, and only that")
	for $w->{org}, $other;
is($w->hand('seen-count', $_), 400, "leaves what was seen within 31 days of organization $_, and nothing older")
	for $w->{org}, $other;
done_testing();
