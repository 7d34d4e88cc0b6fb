# A process that is killed at full load, under lighttpd and under mod_fcgid with
# 16 busy processes: the others go on, and every event that was answered with
# 200 is stored.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Ledger;
use Spoke;
use Test::More;
use Time::HiRes qw(sleep time);

my $seconds = $ENV{SPOKE_TEST_LONG} ? 60 : 6;

sub fire {
	my ($s, $name, $clients) = @_;
	my $l = Ledger->new($s, callers => $clients, rest => 0, timeout => 30)->begin;
	my $end = time + $seconds;
	my $kills = 0;
	sleep 1;
	while (time < $end - 1) {
		my @r = $s->processes(Spoke::responder());
		$kills += kill 'KILL', $r[rand @r] if @r;
		sleep 0.5 + rand 0.5;
	}
	sleep 1;
	$l->end;
	my $longest = $l->longest($l->{begun}, $l->{ended});
	cmp_ok($kills, '>=', 3, "$name: $kills processes were killed");
	cmp_ok($longest, '<', 5, sprintf '%s: nobody waited for long (at most %.0f ms)', $name, $longest * 1000);
	$l->whole($name, least => 100, within => 5);
	is($s->request(GET => '/healthz')->{status}, 200, "$name: it answers afterwards");
	my $log = Spoke::slurp("$s->{dir}/lighttpd.log") . Spoke::slurp("$s->{dir}/apache.error.log");
	my $told = () = $log =~ /recovered in \d+ ms, because (?:a process died in it|somebody left it in disorder)/g;
	# One recovery may be for several who died: under mod_fcgid nobody may have needed to look in between.
	cmp_ok($told, '>=', 1, "$name: the log says what happened ($told recoveries)");
	cmp_ok($told, '<=', $kills * 2, "$name: and not again and again");
}

fire(Spoke->new->init->lighttpd, 'lighttpd', 16);
fire(Spoke->new->init->apache('fcgid', processes => 16), 'mod_fcgid', 16);
done_testing();
