# The worker's life: started on demand, one at a time, clean; ends when told; leaves the store when it must; and
# however it dies, no text goes out twice.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fcntl;
use Test::More;
use Time::HiRes qw(time sleep);
use Worker;

my $w = Worker->new;
is($w->run, 0, 'the credentials are checked first');
my $next = 1000;
sub queue { my ($n) = @_; $next += $n; return $w->queue($n, '+1919555' . ($next - $n)) }
sub alive { return scalar $w->workers }
sub done_with { my (@ids) = @_; my %s = map { $_->{id} => $_->{state} } $w->messages; return !grep { $s{$_} !~ /^(sent|delivered)$/ } @ids }

# ---- on demand -----------------------------------------------------------------
{
	my @ids = queue(20);
	my $took = $w->hand('wake', 32);
	cmp_ok($took, '<', 1500, "32 threads wake it ($took ms)");
	Worker::await(10, 'the texts', sub { done_with(@ids) });
	my @pids = $w->workers;
	is(scalar @pids, 1, 'and there is one worker');
	my $log = Worker::slurp("$w->{dir}/data/worker.log");
	is(scalar(() = $log =~ /at work/g), 2, 'and only one was ever at work') or diag $log;
	my ($pid) = @pids;
	my %fd = map { m{(\d+)$} => readlink $_ } glob "/proc/$pid/fd/*";
	is_deeply([@fd{0, 1}], ['/dev/null', '/dev/null'], '0 and 1 are /dev/null');
	is($fd{2}, "$w->{dir}/data/worker.log", 'what it has to say goes to worker.log');
	my @foreign = grep { $_ !~ m{^(/dev/null|\Q$w->{dir}\E/data(/|$)|socket:|anon_inode:|pipe:|/dev/urandom)} } values %fd;
	is_deeply(\@foreign, [], 'nothing of its parent is open in it');
	my @env = map { /^([^=]+)=/ } split /\0/, Worker::slurp("/proc/$pid/environ");
	is_deeply([grep { !/^(BASE_URL|SESSION_SECRET|DATA_DIR|REHEARSAL|SEGMENTS_PER_SECOND|DAILY_SEGMENTS|WORKER|BANDWIDTH_\w+|SPOKE_CONF)$/ } @env], [],
		'its environment holds our settings only');
	my @stat = split ' ', Worker::slurp("/proc/$pid/stat") =~ s/.*\) //r;
	isnt($stat[2], getpgrp, 'a group of its own');
	like(Worker::slurp("/proc/$pid/limits"), qr/Max core file size\s+[01]\s/, 'no core dumps');
	is((stat "$w->{dir}/data/worker.log")[2] & 0777, 0600, 'its log is nobody else\'s');
	# woken again while it lingers
	my ($id) = queue(1);
	my $began = time;
	$w->hand('wake', 1);
	Worker::await(5, 'a text', sub { done_with($id) });
	cmp_ok(time - $began, '<', 2, 'a lingering worker is woken at once');
	is_deeply([$w->workers], [$pid], 'and is the same');
	is($w->run('--once'), 0, 'a second one ends at once');
	ok(Worker::await(20, 'its end', sub { !alive() }), 'with nothing to do it ends');
	$w->hand('wake-if-due');
	sleep 0.3;
	is(alive(), 0, 'nothing is overdue: none is started');
}

# ---- told to end ------------------------------------------------------------------
{
	$w->faults({ where => 'messages', answer_delay_ms => 1500, times => 0 });
	my $pid = $w->spawn('--watch');
	my @ids = queue(3);
	$w->hand('wake', 1);
	Worker::await(10, 'the POSTs', sub { ($w->states->{sending} || 0) == 3 });
	kill 'TERM', $pid;
	my ($late) = queue(1);
	is(Worker::ended($pid, 10), 0, 'told to end, it ends');
	ok(done_with(@ids), 'after what was under way was stored');
	is($w->state($late), 'queued', 'and begins nothing new');
	$w->no_faults;
	is($w->run, 0, 'the next one');
	ok(done_with($late), 'sends what was left');
}

# ---- killed ---------------------------------------------------------------------------
{
	# while Bandwidth has not answered, but will take it
	$w->faults({ where => 'messages', delay_ms => 4000, times => 0 });
	my $pid = $w->spawn('--watch');
	my @ids = queue(3);
	$w->hand('wake', 1);
	Worker::await(10, 'the POSTs', sub { ($w->states->{sending} || 0) == 3 });
	sleep 1; # what is claimed may not be durable yet, nor posted
	kill 'KILL', $pid;
	waitpid $pid, 0;
	$w->no_faults;
	$w->spawn('--watch');
	Worker::await(30, 'recovery', sub { my $n = $w->states; $n->{unknown} && !$n->{sending} && !$n->{queued} });
	pass('what a dead worker was sending is unknown');
	Worker::await(40, 'the looks', sub { done_with(@ids) });
	pass('and is found in the list');
	is_deeply($w->duplicates, [], 'nothing was accepted twice');
	kill 'TERM', $w->{last};
	is(Worker::ended($w->{last}, 10), 0, 'the end');
}
{
	# at any moment, many times
	$w->set(latency_ms => 20);
	my @ids = queue(150);
	local $w->{env}{SEGMENTS_PER_SECOND} = 100;
	for (1 .. 12) {
		my $pid = $w->spawn('--watch');
		sleep 0.05 + rand 0.25;
		kill 'KILL', $pid;
		waitpid $pid, 0;
	}
	my $states = $w->states;
	diag join ', ', map { "$_ $states->{$_}" } sort keys %$states;
	$w->set(latency_ms => 0);
	my $pid = $w->spawn('--watch');
	Worker::await(60, 'the rest', sub { my $n = $w->states; !$n->{queued} && !$n->{sending} });
	sleep 12; # one look for those in doubt
	my %left;
	my %state = map { $_->{id} => $_->{state} } $w->messages;
	$left{$state{$_}}++ for grep { $state{$_} !~ /^(sent|delivered)$/ } @ids;
	is_deeply([grep { $_ ne 'unknown' } keys %left], [], 'after twelve kills each text was sent, or is in doubt');
	is_deeply($w->duplicates, [], 'and none was accepted twice');
	my %accepted = map { $_->{tag} => 1 } grep { $_->{accepted} } $w->posts;
	my @wrong = grep { ($state{$_} =~ /^(sent|delivered)$/) != ($accepted{"$w->{org}|$_"} || 0) && $state{$_} ne 'unknown' } @ids;
	is_deeply(\@wrong, [], 'what is called sent was accepted, and the reverse');
	kill 'TERM', $pid;
	is(Worker::ended($pid, 10), 0, 'the end');
}

# ---- the store must be left at once --------------------------------------------------------
{
	my $pid = $w->spawn('--watch');
	sleep 0.5;
	eval { $w->hand('die') };
	like($@, qr/status 9/, 'another process dies inside the store');
	my ($id) = queue(1);
	$w->hand('wake', 1);
	ok(eval { Worker::await(15, 'the text', sub { done_with($id) }) }, 'the worker goes on');
	is_deeply([$w->workers], [$pid], 'as the same process');
	like($w->log, qr/leaving the store, beginning again/, 'which began again');
	unlink "$w->{dir}/data/worker.lock";
	isnt(Worker::ended($pid, 20), undef, 'a worker whose lock was taken away ends');
}

# ---- what is called for --------------------------------------------------------------------
{
	local $w->{env}{DATA_DIR} = "$w->{dir}/nowhere";
	is($w->run >> 8, 4, 'without a data directory: not configured');
	like($w->log, qr/There is no data directory/, 'and says so');
	is($w->run('--nonsense') >> 8, 2, 'a wrong option');
}
SKIP: {
	skip 'only for root', 4 if $> != 0;
	chown 65534, 65534, $w->{dir}, "$w->{dir}/data", glob "$w->{dir}/data/*";
	chmod 0755, $w->{dir};
	my $pid = $w->spawn('--watch');
	sleep 1;
	is(scalar((stat "/proc/$pid")[4]), 65534, 'started as root it becomes the owner');
	like(Worker::slurp("/proc/$pid/status"), qr/^Uid:\s+65534\s+65534\s+65534\s+65534$/m, 'for good');
	like(Worker::slurp("/proc/$pid/status"), qr/^Groups:\s*(65534)?\s*$/m, 'without other groups');
	kill 'TERM', $pid;
	is(Worker::ended($pid, 10), 0, 'the end');
}

# ---- the settings file changes while it works ---------------------------------------
{
	my $w = Worker->new;
	my $pid = $w->spawn('--watch');
	my $conf = sub { my ($text) = @_; open my $f, '>', "$w->{dir}/spoke.conf" or die $!; print $f $text; close $f };
	my ($id) = $w->queue(1, '+19195550601');
	$w->await_state(20, $id, 'sent');
	$conf->("LOG_LEVEL=debug\nCOLOUR=red\n");
	Worker::await(20, 'the fault to be told', sub { $w->log =~ /settings file was changed, and cannot be used.*COLOUR/s });
	sleep 6;	# longer than it ever sleeps
	is(scalar(() = $w->log =~ /cannot be used as it is now/g), 1, 'a file with a fault is told once');
	is_deeply([$w->workers], [$pid], 'and it goes on');
	unlike($w->log, qr/beginning again/, 'with the settings it has');
	$conf->("LOG_LEVEL=debug\nSEGMENTS_PER_SECOND=999\n");
	Worker::await(20, 'it to begin again', sub { $w->log =~ /beginning again: the settings file was changed/ });
	is_deeply([$w->workers], [$pid], 'a good one makes it begin again, as the same process');
	($id) = $w->queue(1, '+19195550603');
	$w->await_state(20, $id, 'sent');
	is(scalar @{$w->duplicates}, 0, 'and nothing is sent twice');
	kill 'TERM', $pid;
	is(Worker::ended($pid, 20), 0, 'it ends when told');
}
done_testing();
