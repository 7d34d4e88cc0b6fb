# The web server is restarted while callbacks come and texts go out: told to end and started again, told to restart, and
# told to do so gracefully; lighttpd, and Apache with mod_fcgid.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use POSIX qw(WNOHANG);
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);

sub alive { my ($pid) = @_; return kill(0, $pid) && Spoke::slurp("/proc/$pid/stat") !~ /\) Z/ }

# within: seconds that anybody may have to wait; ways: names and what is done for each.
sub restarts {
	my ($server, $within, $start, @ways) = @_;
	my $s = Survival->new;
	$s->sim(receipt_delay_ms => 30, set => ['retry_cap_ms=300'])->init;
	$start->($s);
	$s->sim_credentials;
	# So long that texts are under way each time.
	$s->sim_faults({ where => 'messages', times => 0, answer_delay_ms => 200 });
	my $l = Ledger->new($s, callers => 4, senders => 2)->begin;
	my $slowest = 0;
	while (my ($what, $how) = splice @ways, 0, 2) {
		sleep 0.8;
		my @before = $s->responders;
		cmp_ok(scalar @before, '>=', 1, "$server, $what: under load (" . @before . ' processes)');
		my $accepted = $s->sim_counters->{accepted};
		my $begun = time;
		$how->($s);
		$s->await(60, 'those of before to end', sub { !grep { alive($_) } @before });
		my $took = time - $begun + $s->back(20);
		diag sprintf "%s, %s: %.1f s", $server, $what, $took;
		$slowest = $took if $took > $slowest;
		$s->await(30, 'texts to go on', sub { $s->sim_counters->{accepted} > $accepted + 3 });
	}
	cmp_ok($slowest, '<', $within, sprintf '%s: each time it serves again by itself (%.1f s at most)', $server, $slowest);
	sleep 0.5;
	$l->end;
	my $longest = $l->longest($l->{begun}, $l->{ended});
	cmp_ok($longest, '<', $within, sprintf '%s: callbacks were taken again soon (%.1f s at most)', $server, $longest);
	$l->whole($server, within => $within, patience => 60);
	diag "$server: " . join ', ', map { "$l->{answers}{$_} times $_" } sort keys %{$l->{answers}};
	cmp_ok(scalar $s->lines(qr/signal \d+: finishing the answers under way/), '>=', 3, "$server: the log says why programs end");
	is_deeply([$s->lines(qr/a process died in it|texts were being sent when a worker ended/)], [], "$server: nobody was torn out of the store");
	return;
}

sub told { my ($server, $signal) = @_; return sub { my ($s) = @_; kill $signal, $s->{pid}{$server} } }
# By a signal to its first process, as by hand or by the unit files of distributions.
sub again {
	my ($server, $signal, $start) = @_;
	return sub {
		my ($s) = @_;
		my $pid = delete $s->{pid}{$server};
		kill $signal, $pid;
		$s->await(30, "$server to end", sub { waitpid($pid, WNOHANG) == $pid });
		@{$s->{pids}} = grep { $_ != $pid } @{$s->{pids}};
		$start->($s);
	};
}

my $lighttpd = sub { my ($s) = @_; $s->lighttpd(processes => 2) };
restarts('lighttpd', 6, $lighttpd,
	'told to end and started again' => again('lighttpd', 'TERM', $lighttpd),
	'told to end gracefully and started again' => again('lighttpd', 'INT', $lighttpd),
	'told to restart gracefully' => told('lighttpd', 'USR1'));

my $apache = sub { my ($s) = @_; $s->apache('fcgid', processes => 8) };
# Now and then Apache waits ten seconds for a process of its own.
restarts('mod_fcgid', 30, $apache,
	'told to end and started again' => again('apache', 'TERM', $apache),
	'told to end gracefully and started again' => again('apache', 'WINCH', $apache),
	'told to restart' => told('apache', 'HUP'),
	'told to restart gracefully' => told('apache', 'USR1'));
done_testing();
