# mod_fcgid starts new processes the more slowly the more have ended. When one of sixteen dies in the store all others
# must leave it, and when all are killed at once none is left: callers get an answer, and the service is back soon.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);

my $processes = 16;
# As conf/apache.conf.example has them, outside of its hosts.
my ($shipped) = Spoke::slurp("$FindBin::Bin/../../conf/apache.conf.example") =~ /^((?:Fcgid\w+ \d+\n)+)/m;
ok(defined $shipped, 'settings for the spawn throttle are shipped');
my $s = Survival->new;
$s->sim(receipt_delay_ms => 30, set => ['retry_cap_ms=300'])->init->apache('fcgid', processes => $processes, more => $shipped // '');
$s->sim_credentials;
my $l = Ledger->new($s, callers => $processes, senders => 2, timeout => 30, rest => 0)->begin;
$s->await(60, 'many busy processes', sub { $s->responders >= $processes / 4 });
sleep 1.5;

# ---- all must leave ------------------------------------------------------------------------
my $longest = 0;
for (1 .. 5) {
	my ($victim, @others) = $s->responders;
	my $begun = time;
	kill 'KILL', $victim;
	sleep 1;
	$s->back(20);
	my %now = map { $_ => 1 } $s->responders;
	is(scalar(grep { $now{$_} } @others), scalar @others, 'those who leave the store come back as the same processes: mod_fcgid need not start any') if $_ == 1;
}
my $left = time;

# ---- none is left ------------------------------------------------------------------------------
for (1 .. 2) {
	# Twice in a row: with mod_fcgid's defaults nobody is there for half a minute then.
	for (1 .. 3) {
		kill 'KILL', $s->responders;
		sleep 0.3;
	}
	sleep 3;
	$s->back(60);
}
my $ended = time;
sleep 1;
$l->end;
my $gap = $l->longest($l->{begun}, $left);
cmp_ok($gap, '<', 5, sprintf 'while all leave again and again, callbacks are taken (%.1f s at most without)', $gap);
$gap = $l->longest($left, $ended);
cmp_ok($gap, '<', 10, sprintf 'after all were killed at once, again and again, they are taken again soon (%.1f s at most)', $gap);
$l->whole('behind the throttle', least => 100, within => 15, patience => 60);
diag join ', ', map { "$l->{answers}{$_} times $_" } sort keys %{$l->{answers}};
my @lines = $s->lines(qr/store: recovered in \d+ ms, because/);
cmp_ok(scalar @lines, '>=', 3, 'the log says that the store was recovered');
cmp_ok(scalar @lines, '<=', 30, 'and not for each process') or diag join "\n", @lines;
done_testing();
