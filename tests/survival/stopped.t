# A process is stopped (SIGSTOP) and left so: responders in the middle of traffic, and the worker with requests in its
# hand. The others end it and go on. A worker that is continued meanwhile sends nothing a second time.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);

my $patience = 5;
my $s = Survival->new(settings => { STORE_STALL_SECONDS => $patience, API_REQUESTS_PER_SECOND => 1000 });
$s->sim(receipt_delay_ms => 30, set => ['retry_cap_ms=300'])->init->lighttpd(processes => 4);
$s->sim_credentials;
# So long that the worker always has requests in its hand.
$s->sim_faults({ where => 'messages', times => 0, answer_delay_ms => 300 });

sub gone { my ($pid) = @_; return !kill(0, $pid) || Spoke::slurp("/proc/$pid/stat") =~ /\) Z/ }
sub in_hand {
	my $r = $s->api(GET => '/messages?direction=out&state=sending&limit=1');
	return $r->{status} == 200 && @{$r->{json}{messages}};
}
sub worker_in_hand {
	return $s->await(30, 'a worker that sends', sub { my ($pid) = $s->workers; $pid && in_hand() && $pid });
}
# Lines that say of a process that it was stopped, and why others leave.
sub told { my ($pid) = @_; return $s->lines(qr/process $pid (?:was stopped for more than|is stopped while|, which did not leave)/) }

my $l = Ledger->new($s, callers => 4, senders => 2, timeout => 30)->begin;
$s->await(20, 'traffic', sub { $s->sim_counters->{accepted} > 10 });

# ---- responders ----------------------------------------------------------------------
my @all = $s->responders;
my @stopped = @all[0, 2];
my $begun = time;
kill 'STOP', @stopped;
$s->await(60, 'the end of those that are stopped', sub { !grep { !gone($_) } @stopped });
my $took = time - $begun;
cmp_ok($took, '>=', 1, sprintf 'responders that are stopped are ended (%.1f s)', $took);
$took = $s->back(20);
cmp_ok($took, '<', 10, sprintf 'and all is well again by itself (%.1f s)', $took);
ok((grep { told($_) } @stopped), 'a line of the log says that a process was stopped');
my @lines = map { told($_) } @stopped;
cmp_ok(scalar @lines, '<=', 8, 'and not again and again: ' . @lines) or diag join "\n", @lines;

# ---- the worker, left so ---------------------------------------------------------------
my $worker = worker_in_hand();
$begun = time;
kill 'STOP', $worker;
my $r = $s->await(30, 'an answer', sub {
	my $r = $s->api(POST => '/messages', { to => '+19197000001', text => 'Behind it', reference => 'behind' });
	$r->{status} == 202 && $r;
});
my $id = $r->{json}{messages}[0]{id};
$s->await(90, 'the text', sub { ($s->api(GET => "/messages/$id")->{json}{state} // '') =~ /^(?:sent|delivered)$/ });
$took = time - $begun;
ok(gone($worker), sprintf 'a worker that is stopped is ended, and another one sends (%.1f s)', $took);
@lines = told($worker);
cmp_ok(scalar @lines, '>=', 1, 'a line of the log says so: ' . ($lines[0] // 'none'));
cmp_ok(scalar @lines, '<=', 4, 'and not again and again') or diag join "\n", @lines;

# ---- and continued, with requests in its hand ----------------------------------------------
$worker = worker_in_hand();
kill 'STOP', $worker;
sleep 2;
kill 'CONT', $worker;
sleep 1;
ok(!gone($worker), 'one that goes on before patience is over may stay');
is_deeply([told($worker)], [], 'and nobody speaks of it');

# When it goes on the others have left the store, and somebody who recovers it is about to end it.
for my $after (0.3, 0.9, 1.1) {
	$worker = worker_in_hand();
	kill 'STOP', $worker;
	my ($victim) = $s->responders;
	kill 'KILL', $victim;
	sleep $after;
	kill 'CONT', $worker;
	$s->back(20);
}
worker_in_hand();
pass('continued while others recover the store: a worker sends again');

# ---- nobody is there but those who wait ----------------------------------------------------
$l->end;
$worker = $s->await(30, 'a worker', sub { my ($pid) = $s->workers; $pid });
$s->await(30, 'its being idle', sub { !in_hand() });
sleep 0.5;
kill 'STOP', $worker;
$r = $s->await(30, 'an answer', sub {
	my $r = $s->api(POST => '/messages', { to => '+19197000002', text => 'Behind it', reference => 'quiet' });
	$r->{status} == 202 && $r;
});
$id = $r->{json}{messages}[0]{id};
# Nothing else is asked for meanwhile: what is done is done by itself.
$s->await(60, 'its end', sub { sleep 0.3; gone($worker) });
$s->await(30, 'the text', sub { grep { ($_->{tag} // '') =~ /\|$id/ && $_->{accepted} } $s->sim_posts });
pass('an idle worker that is stopped holds texts up for a while only, without any request');
like(join("\n", told($worker)), qr/was stopped for more than $patience seconds/, 'and the log says so');

# ---- nobody is there at all, but cron --------------------------------------------------------
$worker = $s->await(30, 'a worker', sub { my ($pid) = $s->workers; $pid });
$s->await(60, 'its being idle', sub { !in_hand() });
sleep 0.5;
kill 'STOP', $worker;
$s->stop('lighttpd');
$id = $s->ctl('send', '--org', 1, '--to', '+19197000003', '--text', 'Behind it')->{messages}[0]{id};
$begun = time;
my ($status, undef, $err) = $s->run('', Spoke::build() . '/spoke-worker', '--once');
is($status, 0, sprintf 'one that is started beside a worker that is stopped (%.1f s)', time - $begun) or diag $err;
ok(gone($worker), 'ends it');
ok((grep { ($_->{tag} // '') =~ /\|$id/ && $_->{accepted} } $s->sim_posts), 'and does its work');
like(join("\n", $s->lines(qr/the worker, process $worker,/)), qr/was stopped for more than $patience seconds: killed/, 'and says so');
$s->lighttpd(processes => 4);
$l->whole('after stopped processes', within => 30, patience => 60);
done_testing();
