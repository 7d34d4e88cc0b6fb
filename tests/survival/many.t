# Many at once: workers that are started beside one another while texts go out, and 64 responders from a cold start,
# some of which are killed.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use POSIX qw(WNOHANG);
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);

my $worker = Spoke::build() . '/spoke-worker';

# ---- workers ----------------------------------------------------------------------------
{
	my $s = Survival->new;
	$s->sim(receipt_delay_ms => 30, set => ['retry_cap_ms=300'])->init->lighttpd(processes => 2);
	$s->sim_credentials;
	# So long that texts are under way all the time.
	$s->sim_faults({ where => 'messages', times => 0, answer_delay_ms => 150 });
	my $l = Ledger->new($s, callers => 2, senders => 2)->begin;
	my $serial = 0;
	# Starts so many at once; their process numbers by mode.
	my $many = sub {
		my ($count, @modes) = @_;
		my %by;
		push @{$by{$modes[$_ % @modes] // 'none'}}, $s->start('worker-' . $serial++, $worker, grep { defined } $modes[$_ % @modes]) for 0 .. $count - 1;
		return %by;
	};
	my $ended = sub {
		my ($what, @pids) = @_;
		my %status;
		for my $pid (@pids) {
			$s->await(20, $what, sub { waitpid($pid, WNOHANG) == $pid && ($status{$?}++, 1) });
			@{$s->{pids}} = grep { $_ != $pid } @{$s->{pids}};
		}
		return \%status;
	};
	$s->await(20, 'texts', sub { $s->sim_counters->{accepted} > 5 });
	my ($first) = $s->workers;
	my %by = $many->(1, '--once');
	is_deeply($ended->('its end', @{$by{'--once'}}), { 0 => 1 }, 'a worker beside another one ends at once');
	is_deeply([$s->workers], [$first], 'and the other one works on');
	%by = $many->(10, '--once', undef);
	is_deeply($ended->('their end', map { @$_ } values %by), { 0 => 10 }, 'so do ten at once');
	is_deeply([$s->workers], [$first], 'and there is one');

	# Those of a service manager wait for their turn, however the one that works ends.
	%by = $many->(10, '--watch', '--once');
	is_deeply($ended->('their end', @{$by{'--once'}}), { 0 => 5 }, 'five of ten end at once');
	my @watch = @{$by{'--watch'}};
	sleep 0.5;
	is(scalar(grep { kill 0, $_ } @watch), 5, 'and five wait');
	for my $signal (qw(KILL TERM KILL)) {
		my $accepted = $s->sim_counters->{accepted};
		my $one = $s->await(20, 'the one that works', sub { my ($pid) = working($s); $pid });
		kill $signal, $one;
		$s->await(30, 'texts to go on', sub { $s->sim_counters->{accepted} > $accepted + 5 });
		cmp_ok(scalar(working($s)), '<=', 1, "one that works ends by $signal: another one goes on, and no more than that");
	}
	waitpid $_, WNOHANG for @watch;
	my @left = grep { kill 0, $_ } @watch;
	cmp_ok(scalar @left, '>=', 2, 'some still wait');
	# From nothing: nobody works, and ten begin.
	kill 'TERM', @left;
	my $told = $ended->('their end', @left);
	is_deeply($told, { 0 => scalar @left }, 'told to end, they end');
	$s->await(20, 'its end', sub { kill 'TERM', $s->workers; !$s->workers });
	my $accepted = $s->sim_counters->{accepted};
	%by = $many->(10, '--once', undef);
	$s->await(30, 'texts to go on', sub { $s->sim_counters->{accepted} > $accepted + 5 });
	cmp_ok(scalar(working($s)), '<=', 1, 'of ten that begin at once one works');
	$l->end->whole('many workers', patience => 60);
	my @lines = $s->lines(qr/worker: at work/);
	cmp_ok(scalar @lines, '<=', 30, 'the log has one line for each that got to work: ' . @lines);
	is_deeply([$s->lines(qr/ error - worker/)], [], 'and no errors');
}

# Those that have the worker's lock: what stands in /proc/locks cannot tell of this kind, so by the store that they use.
sub working {
	my ($s) = @_;
	return grep { Spoke::slurp("/proc/$_/maps") =~ m{\Q$s->{data}\E/gate} } $s->workers;
}

# ---- responders ---------------------------------------------------------------------------
{
	my $s = Survival->new(settings => { THREADS => 4 });
	$s->sim(receipt_delay_ms => 30, set => ['retry_cap_ms=300'])->init;
	$s->sim_credentials;
	my $attached = sub { return scalar grep { Spoke::slurp("/proc/$_/maps") =~ m{\Q$s->{data}\E/gate} } $s->responders };
	# Those who ask are there before anybody can answer.
	my $l = Ledger->new($s, callers => 16, senders => 1, rest => 0, timeout => 30)->begin;
	my $begun = time;
	$s->lighttpd(processes => 64);
	$s->await(30, 'the first answer', sub { $s->request(GET => '/healthz')->{status} == 200 });
	my $first = time - $begun;
	$s->await(60, 'all of them', sub { $attached->() == 64 });
	my $all = time - $begun;
	cmp_ok($first, '<', 15, sprintf '64 responders begin at once: the first answer (%.1f s)', $first);
	cmp_ok($all, '<', 40, sprintf 'and all are in the store (%.1f s)', $all);
	sleep 1;
	my $slowest = 0;
	for (1 .. 2) {
		my @some = ($s->responders)[3, 20, 41];
		my $kill = time;
		kill 'KILL', @some;
		$s->await(60, 'all of them', sub { $attached->() == 64 });
		my $took = time - $kill;
		$slowest = $took if $took > $slowest;
		sleep 0.5;
	}
	cmp_ok($slowest, '<', 40, sprintf 'three are killed: all 64 are back by themselves (%.1f s)', $slowest);
	$l->end->whole('64 responders', within => 15, patience => 60);
	my @lines = $s->lines(qr/store: recovered in \d+ ms, because/);
	cmp_ok(scalar @lines, '>=', 1, 'the log says that the store was recovered');
	cmp_ok(scalar @lines, '<=', 12, 'and not for each of them') or diag join "\n", @lines;
}
done_testing();
