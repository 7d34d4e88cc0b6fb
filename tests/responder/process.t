# The life of a process: threads, signals, wrong settings, deaths of others, letting go of the store.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FCGI;
use IO::Select;
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Test::More;
use Time::HiRes qw(sleep time);

my $serial = 0;
sub event {
	my $id = $$ . '-' . $serial++ . '-' . time;
	return (encode_json([{ type => 'message-received', to => '+19195550100', time => '2026-11-23T18:00:00.000Z',
		message => { id => $id, direction => 'in', from => '+19195550199', to => ['+19195550100'], text => 'Hi' } }]), $id);
}

sub threads { my ($pid) = @_; my @t = glob "/proc/$pid/task/*"; return scalar @t }

# A callback of which only a part has been sent: the request is being read.
sub half {
	my ($r) = @_;
	my ($body) = event();
	return $r->begin(POST => '/bandwidth/1', body => substr($body, 0, 20), length => length $body, open => 1,
		headers => FCGI::basic('bandwidth.com', $r->{world}{callback_1}), type => 'application/json');
}

# ---- threads ---------------------------------------------------------------------

{
	my $r = FCGI->new(settings => { THREADS => 6 });
	my $pid = $r->start;
	my $at_first = threads($pid);
	$r->request(GET => '/healthz') for 1 .. 20;
	cmp_ok(threads($pid), '<=', $at_first + 2, 'one request after the other needs hardly more threads');
	my @open = map { half($r) } 1 .. 5;
	is($r->request(GET => '/healthz')->{status}, 200, 'five that dawdle leave room for the sixth');
	is(threads($pid), $at_first + 4, 'four threads more, six in all');
	push @open, half($r);
	my $c = $r->begin(GET => '/healthz');
	ok(!IO::Select->new($c->{socket})->can_read(0.3), 'with six that dawdle, the seventh waits');
	is(threads($pid), $at_first + 4, 'and no further thread is started');
	close $_->{socket} for @open;
	is(FCGI::finish($c, 10)->{status}, 200, 'until one of them goes');

	# Kept connections give way.
	my @kept = map { my $s = $r->connect; FCGI::finish($r->begin(GET => '/healthz', socket => $s, keep => 1)); $s } 1 .. 6;
	is($r->request(GET => '/healthz', timeout => 10)->{status}, 200, 'six idle kept connections do not starve a new one');
	is($r->stop, 0, 'ends in order');
}

# ---- SIGTERM ---------------------------------------------------------------------

for my $signal (qw(TERM INT HUP QUIT USR1)) {
	my $r = FCGI->new;
	my $pid = $r->start(1);
	my ($body, $id) = event();
	my $c = $r->begin(POST => '/bandwidth/1', body => substr($body, 0, 20), length => length $body, open => 1,
		headers => FCGI::basic('bandwidth.com', $r->{world}{callback_1}), type => 'application/json');
	sleep 0.1;
	kill $signal, $pid;
	sleep 0.2;
	syswrite $c->{socket}, FCGI::record(5, 1, substr $body, 20) . FCGI::record(5, 1, '');
	my $a = FCGI::finish($c, 5);
	is("$a->{status} $a->{ended}", '200 1', "SIG$signal: the answer under way is finished");
	my $began = time;
	is($r->stop('CONT', $pid), 0, "SIG$signal: it ends with status 0");
	cmp_ok(time - $began, '<', 3, "SIG$signal: at once");
	ok((grep { /\Q$id\E/ } $r->records('events')), "SIG$signal: the event is kept");
	unlike($r->log, qr/recovered in \d+ ms, because (?!it was not opened here before)/, "SIG$signal: nothing needed to be recovered") or diag $r->log;
}
{
	my $r = FCGI->new;
	my $pid = $r->start(1);
	my $c = half($r);
	sleep 0.1;
	my $began = time;
	is($r->stop('TERM', $pid), 0, 'a body that never comes does not keep it from ending');
	cmp_ok(time - $began, '<', 8, 'within the time that mod_fcgid allows');
	is(FCGI::finish($c, 2)->{status}, 400, 'and is told so');
}

# ---- wrong settings, no store -------------------------------------------------------

{
	my $r = FCGI->new(settings => { SERVICE_MANAGERS => 'numpicker-basic,sticky-sender' }, unseeded => 1);
	my $pid = $r->start(1, unready => 1);
	my $a = $r->request(GET => '/healthz');
	is($a->{status}, 503, 'with wrong settings it stays up and answers 503');
	like($a->{headers}{'retry-after'}, qr/^\d+$/, 'with Retry-After');
	like($r->log, qr/SERVICE_MANAGERS/, 'and says what to mend');
	my ($body) = event();
	is($r->request(POST => '/bandwidth/1', body => $body)->{status}, 503, 'Bandwidth will try again');
	my $lines = () = $r->log =~ /SERVICE_MANAGERS/g;
	sleep 4;
	my $later = () = $r->log =~ /SERVICE_MANAGERS/g;
	is($later, $lines, 'it says so once, not at each try');
	is($r->stop, 0, 'and ends when told');
}
{
	my $r = FCGI->new(unseeded => 1);
	my $pid = $r->start(1, unready => 1);
	is($r->request(GET => '/healthz')->{status}, 503, 'without a store: 503');
	ok(!-e "$r->{dir}/data", 'and none is made');
	$r->{world} = decode_json($r->seed);
	$r->await(10, 'the second try', sub { $r->request(GET => '/healthz')->{status} == 200 });
	my ($body, $id) = event();
	is($r->callback($body)->{status}, 200, 'once there is one, it serves, without having been started again');
	ok(waitpid($pid, WNOHANG) == 0, 'by the same process');
	is($r->stop, 0, 'and ends in order');
}

# ---- changed settings -----------------------------------------------------------------

{
	my $r = FCGI->new(settings => { BASE_URL_PREVIOUS => undef });
	my $conf = "$r->{dir}/spoke.conf";
	my $write = sub { open my $f, '>', $conf or die $!; print $f @_; close $f };
	my $pid = $r->start;
	my $c = half($r);
	$write->("THREADS=none\n");
	$r->await(30, 'a word about the fault', sub { $r->log =~ /earlier settings are kept/ });
	is($r->request(GET => '/healthz')->{status}, 200, 'a faulty settings file changes nothing');
	$write->("BASE_URL_PREVIOUS=http://localhost:3001/old\n");
	$r->await(40, 'the new settings', sub { my $n = () = $r->log =~ /ready: up to/g; $n == 2 });
	is($r->request(GET => '/x', env => { REQUEST_URI => '/old/healthz' })->{status}, 200, 'a changed one holds without a restart');
	ok(waitpid($pid, WNOHANG) == 0, 'in the same process');
	close $c->{socket};
	is($r->stop, 0, 'which ends in order');
}

# ---- letting go of the store ------------------------------------------------------------

{
	my $r = FCGI->new(settings => { THREADS => 8 });
	my $pid = $r->start;
	my @half = map { half($r) } 1 .. 3;
	my $named = $r->begin(POST => '/bandwidth/1', id => 513, body => '[', length => 2, open => 1,
		headers => FCGI::basic('bandwidth.com', $r->{world}{callback_1}), type => 'application/json');
	sleep 0.2;
	my $exe = readlink "/proc/$pid/exe";
	$r->seed('die');
	is($r->{seed_status} & 127, 9, 'somebody is killed inside a transaction');
	# Whoever opens the store next finds out; the responder may have found out before.
	$r->seed('dump');
	for my $c (@half, $named) {
		my $a = FCGI::finish($c, 10);
		is("$a->{status} $a->{ended}", '503 1', 'a request under way gets a whole 503');
		like($a->{headers}{'retry-after'} // '', qr/^\d+$/, 'with Retry-After');
		is($a->{headers}{'content-length'}, length $a->{body}, 'of the length it says');
		is($a->{id}, $c->{id}, 'with its own number');
	}
	my ($body, $id) = event();
	is($r->callback($body, timeout => 20)->{status}, 200, 'the next request is served');
	is(waitpid($pid, WNOHANG), 0, 'by the same process');
	is(readlink "/proc/$pid/exe", $exe, 'of the same program');
	my $sockets = sub { scalar grep { /socket:/ } map { readlink // '' } glob "/proc/$pid/fd/*" };
	ok($r->await(3, 'its connections to be closed', sub { $sockets->() == 1 }), 'with no socket but the listening one');
	is($r->stop, 0, 'which ends in order');
	ok((grep { /\Q$id\E/ } $r->records('events')), 'the event is kept');
}

# A thread that is stuck inside the store for good does not keep its client waiting for good.
{
	my $r = FCGI->new(settings => { THREADS => 8 });
	my $pid = $r->start;
	$r->seed('die');
	my @c = map { my ($body) = event(); $r->begin(POST => '/bandwidth/1', body => $body, headers => FCGI::basic('bandwidth.com', $r->{world}{callback_1}), type => 'application/json') } 1 .. 6;
	my @a = map { FCGI::finish($_, 20) } @c;
	is(scalar(grep { $_->{ended} && ($_->{status} == 503 || $_->{status} == 200) } @a), 6, 'requests behind the lock of a dead process get 200 or a whole 503');
	my $good = $r->await(20, 'service', sub { my ($body) = event(); my $a = $r->callback($body, timeout => 10); $a->{status} == 200 && $a });
	ok($good, 'and the service is back');
	is(waitpid($pid, WNOHANG), 0, 'in the same process');
	is($r->stop, 0, 'which ends in order');
}

# ---- two processes, one killed at load ----------------------------------------------------

for my $round (1 .. 3) {
	my $r = FCGI->new(settings => { THREADS => 8 });
	$r->start(2);
	my @acknowledged;
	my $bad = 0;
	my (@clients, @reads);
	for my $n (1 .. 6) {
		# One pipe each: what several write to one can be mixed.
		pipe my $read, my $write or die;
		my $pid = fork // die;
		if ($pid == 0) {
			close $read;
			my ($end, $out) = (time + 3, '');
			while (time < $end) {
				my ($body, $id) = event();
				my $a = eval { $r->callback($body, timeout => 15) } || { status => -1 };
				# A connection of the killed process ends without an answer: that is its right.
				$out .= "$a->{status} $id\n";
			}
			print $write $out;
			close $write;
			POSIX::_exit(0);
		}
		close $write;
		push @clients, $pid;
		push @reads, $read;
	}
	sleep 1;
	my $victim = $r->{pids}[0];
	$r->stop('KILL', $victim);
	my $text = join '', do { local $/; map { scalar readline $_ } @reads };
	waitpid $_, 0 for @clients;
	my (%count, @ids);
	for (split /\n/, $text) {
		my ($status, $id) = split / /;
		$count{$status}++;
		push @ids, $id if $status == 200;
	}
	cmp_ok($count{200} // 0, '>', 50, "round $round: most are answered: " . join ', ', map { "$_: $count{$_}" } sort keys %count);
	cmp_ok($count{0} // 0, '<=', 8, 'no more are cut off than the killed process had under way');
	is_deeply([grep { !/^(200|503|0)$/ } keys %count], [], 'nothing but 200, 503 and cut off');
	my ($body) = event();
	is($r->callback($body, timeout => 20)->{status}, 200, 'the other one serves');
	my $all = join "\n", $r->records('events');
	is(scalar(grep { index($all, $_) < 0 } @ids), 0, 'every acknowledged event is kept');
	is($r->stop, 0, 'and it ends in order');
	unlike($r->log, qr/runtime error|AddressSanitizer|ThreadSanitizer/, 'no sanitizer complains') or diag $r->log;
}
done_testing();
