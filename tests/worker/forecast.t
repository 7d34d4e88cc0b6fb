# The end of the queue as spokectl foretells it, beside the end as it comes: two organizations on one account, and
# Bandwidth asking for a pause. The worker is the real one, and so is the pace.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);
use Time::Local qw(timegm);
use Worker;

my $build = $ENV{BUILD} || '.';
my $w = Worker->new(settings => { SEGMENTS_PER_SECOND => 4 });
my $one = $w->{org};
my $two = $w->org(name => 'Riders Alliance', number => '+19195550101');
is($w->run, 0, 'the credentials are checked first');

sub queue {
	my ($org) = @_;
	waitpid $w->child("$w->{dir}/ctl", "$build/spokectl", 'queue', $org, '--json'), 0;
	is($?, 0, "spokectl queue $org") or diag Worker::slurp("$w->{dir}/ctl.err");
	return decode_json(Worker::slurp("$w->{dir}/ctl.out"));
}
sub wall {
	my ($text) = @_;
	my ($y, $mo, $d, $h, $m, $s) = $text =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):([\d.]+)Z$/ or die "no time: $text";
	return timegm(int $s, $m, $h, $d, $mo - 1, $y) + $s - int $s;
}
# Waits until nothing of the organization's is queued; when that was.
sub drained {
	my ($org) = @_;
	Worker::await(60, "the queue of organization $org to end", sub { !($w->states($org)->{queued} || $w->states($org)->{sending}) });
	return time;
}
sub near { my ($got, $want, $what) = @_; cmp_ok(abs($got - $want), '<=', 3, sprintf '%s: %.1f s away', $what, $got - $want) }

# ---- two that take turns --------------------------------------------------------------
$w->hand('queue', $one, 16, '+19195551001');
$w->hand('queue', $two, 40, '+19195552001');
my ($a, $b) = map { queue($_) } $one, $two;
is_deeply([@$a{qw(texts segments sharing waits late)}], [16, 16, 1, undef, JSON::PP::false], 'sixteen wait, and the account is shared');
is_deeply([@$a{qw(takes_seconds)}, $b->{takes_seconds}], [8, 14], '32 segments until the one is done, 56 until the other is');
my $began = time;
my $watch = $w->spawn('--watch');
near(drained($one) - $began, 8, 'the shorter queue');
near(drained($two) - $began, 14, 'the longer one');
is(queue($one)->{expected_end}, undef, 'an empty one has no end');

# ---- 429 ----------------------------------------------------------------------------------
$w->faults({ where => 'messages', match => { to => '+19195553001' }, status => 429, headers => { 'Retry-After' => 7 } });
$w->hand('queue', $one, 5, '+19195553001');
my $asked = time;
$w->hand('wake', 1);
my $q;
Worker::await(10, 'the pause', sub { $q = queue($one); $q->{not_before} });
near(wall($q->{not_before}), $asked + 7, 'it is told when Bandwidth may be asked again');
like($q->{not_before_meaning}, qr/slow down/, 'and why');
cmp_ok(wall($q->{expected_end}), '>=', wall($q->{not_before}), 'the end comes after that');
near(drained($one), wall($q->{expected_end}), 'and so it comes');
is(queue($one)->{not_before}, undef, 'then the pause is over');

# ---- held and paused -----------------------------------------------------------------------
$w->hand('pause', $one, 'yes');
$w->hand('queue', $one, 9, '+19195554001');
$q = queue($one);
is_deeply([@$q{qw(texts waits expected_end takes_seconds)}], [9, 'paused', undef, 2], 'what is paused has no end, but takes so long');
kill 'TERM', $watch;
Worker::ended($watch, 20);
done_testing();
