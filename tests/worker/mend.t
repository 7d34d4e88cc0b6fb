# What is damaged, what a dead worker left, and what a person decides at the last moment: none of it stops
# the rest, and none of it is forgotten.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use IO::Select;
use JSON::PP;
use Socket;
use Test::More;
use Time::HiRes qw(time sleep);
use Worker;

my $w = Worker->new;
is($w->run, 0, 'the credentials are checked first');

# ---- a job that cannot be read ---------------------------------------------------
{
	$w->hand('again', $w->{org});
	my $ruined = $w->job->{id};
	sleep 0.01;
	$w->hand('again', $w->{org});
	my $next = $w->job->{id};
	$w->hand('ruin', $w->{org}, 'job', $ruined);
	my $pid = $w->spawn('--once');
	is(Worker::ended($pid, 20), 0, 'with a ruined job at the head a worker ends');
	is($w->job->{id}, $next, 'the job behind it');
	is($w->job->{state}, 'done', 'is done');
	like($w->log, qr/job $ruined cannot be read/, 'the ruined one is in the log');
}

# ---- a contact that cannot be read while its text is under way ----------------------
{
	$w->faults({ where => 'messages', answer_delay_ms => 1500 });
	my ($id) = $w->queue(1, '+19195550601');
	my $pid = $w->spawn('--watch');
	Worker::await(10, 'the POST', sub { $w->state($id) eq 'sending' });
	$w->hand('ruin', $w->{org}, 'contact', '+19195550601');
	Worker::await(10, 'its end', sub { $w->state($id) ne 'sending' });
	is($w->state($id), 'sent', 'what came of the text is stored all the same');
	my ($other) = $w->queue(1, '+19195550602');
	$w->hand('wake', 1);
	$w->await_state(10, $other, 'sent');
	pass('others go on');
	$w->faults({ where => 'messages', cut => 'accepted' });
	my ($lost) = $w->queue(1, '+19195550699');
	$w->hand('wake', 1);
	$w->await_state(10, $lost, 'unknown');
	$w->no_faults;
	$w->hand('ruin', $w->{org}, 'contact', '+19195550699');
	Worker::await(20, 'the look', sub {
		$w->hand('due', $w->{org}, $lost, 0);
		$w->hand('wake', 1);
		sleep 0.3;
		return $w->state($lost) =~ /^(sent|delivered)$/;
	});
	pass('a look finds a text whose contact cannot be read');
	kill 'TERM', $pid;
	is(Worker::ended($pid, 10), 0, 'the end');
}

# ---- what a dead worker left, where nothing but requests starts one ------------------------
{
	$w->faults({ where => 'messages', answer_delay_ms => 3000 });
	my $pid = $w->spawn('--watch');
	my ($id) = $w->queue(1, '+19195550603');
	$w->hand('wake', 1);
	Worker::await(10, 'the POST', sub { $w->state($id) eq 'sending' });
	kill 'KILL', $pid;
	waitpid $pid, 0;
	$w->no_faults;
	unlink "$w->{dir}/data/starter.lock";
	$w->hand('wake-if-due');
	Worker::await(10, 'a worker', sub { $w->state($id) ne 'sending' });
	pass('a text left "sending" is reason enough to start a worker');
	kill 'KILL', $_ for $w->workers;
	Worker::await(10, 'its end', sub { !$w->workers });
	is($w->state($id), 'unknown', 'it is unknown');
	$w->hand('due', $w->{org}, $id, 3600_000);
	unlink "$w->{dir}/data/starter.lock";
	$w->hand('due', $w->{org}, $_->{id}, 3600_000) for grep { $_->{state} eq 'unknown' } $w->messages;
	$w->hand('wake-if-due');
	sleep 0.3;
	is(scalar $w->workers, 0, 'a look that is not due is none');
	$w->hand('due', $w->{org}, $id, -1000);
	$w->hand('wake-if-due');
	Worker::await(10, 'a worker', sub { $w->state($id) =~ /^(sent|delivered)$/ });
	pass('one that is due is');
	Worker::await(30, 'its end', sub { kill 'TERM', $w->workers; !$w->workers });
}

# ---- renewals are counted for the account, by all workers together -----------------------------
{
	my $refused = sub {
		my ($to) = @_;
		$w->sim(POST => 'expire');
		my ($id) = $w->queue(1, $to);
		my $pid = $w->spawn('--watch');
		sleep 4;
		kill 'TERM', $pid;
		Worker::ended($pid, 10);
		return $w->state($id);
	};
	my $tokens = $w->counters->{tokens};
	like($refused->('+19195550701'), qr/^(sent|delivered)$/, 'a token that is refused is renewed');
	is($w->counters->{tokens} - $tokens, 1, 'once');
	is($refused->('+19195550702'), 'queued', 'another worker within the same minute waits');
	is($w->counters->{tokens} - $tokens, 1, 'and does not renew again');
	is($w->record->{cred_state}, 'confirmed', 'nor calls the credentials refused');
}

# ---- a message that cannot be read when its answer comes -------------------------------
{
	my $v = Worker->new;
	is($v->run, 0, 'another installation');
	$v->faults({ where => 'messages', answer_delay_ms => 1500 });
	my ($id) = $v->queue(1, '+19195550604');
	my $pid = $v->spawn('--watch');
	Worker::await(10, 'the POST', sub { $v->state($id) eq 'sending' });
	$v->hand('ruin', $v->{org}, 'message', $id);
	Worker::await(10, 'the answer', sub { $v->log =~ /message $id: it is damaged/ });
	pass('that it is damaged is in the log');
	my ($other) = $v->queue(1, '+19195550605');
	$v->hand('wake', 1);
	$v->await_state(10, $other, 'sent');
	pass('others go on');
	is(scalar(grep { $_->{tag} =~ /\|$id$/ } $v->posts), 1, 'and it is not posted again');
	$v->no_faults;
	kill 'TERM', $pid;
	is(Worker::ended($pid, 10), 0, 'the end');
}

# ---- what is learned while the connection is made -----------------------------------------------
$w = Worker->new;
is($w->run, 0, 'the credentials are checked first');
is($w->run, 0, 'and the numbers compared');
$w->stop_sim;
# do: what happens between claim and connection; state: what becomes of the text.
sub withheld {
	my ($what, $number, $do, $state) = @_;
	socket my $l, PF_INET, SOCK_STREAM, 0 or die $!;
	setsockopt $l, SOL_SOCKET, SO_REUSEADDR, 1;
	bind $l, pack_sockaddr_in($w->{port}, INADDR_LOOPBACK) or die "bind: $!";
	listen $l, 0 or die $!;
	my @full = map { # its queue is full: further connections have to wait
		socket my $s, PF_INET, SOCK_STREAM, 0 or die $!;
		$s->blocking(0);
		connect $s, pack_sockaddr_in($w->{port}, INADDR_LOOPBACK);
		$s;
	} 1 .. 2;
	my ($id) = $what =~ /HELP/ ? help($number) : $w->queue(1, $number);
	my $pid = $w->spawn('--watch');
	Worker::await(10, 'the claim', sub { $w->state($id) eq 'sending' });
	$do->($number);
	is($w->state($id), 'sending', "$what between claim and connection");
	my ($bytes, $end) = ('', time + 8);
	my $select = IO::Select->new($l);
	while (time < $end && $w->state($id) ne $state) {
		for my $fd ($select->can_read(0.1)) {
			if ($fd == $l) {
				accept my $c, $l or next;
				$select->add($c);
			} elsif (!sysread $fd, $bytes, 4096, length $bytes) {
				$select->remove($fd);
			}
		}
	}
	is($w->state($id), $state, "the text is $state");
	unlike($bytes, qr/POST|Hello/, 'not a byte of it left');
	kill 'TERM', $pid;
	is(Worker::ended($pid, 40), 0, 'the end');
}
sub says {
	my ($number, $text) = @_;
	my $file = "$w->{dir}/event";
	open my $f, '>', $file or die $!;
	print $f encode_json([{ type => 'message-received', time => '2026-11-23T18:00:00.000Z', to => $Worker::NUMBER,
		message => { id => "in-$number-" . length $text, direction => 'in', from => $number, to => [$Worker::NUMBER], text => $text } }]);
	close $f;
	is(system("$Worker::HAND event $w->{org} <$file >/dev/null"), 0, "$number says \"$text\"");
}
# The automatic answer to it.
sub help {
	my ($number) = @_;
	says($number, 'HELP!!');
	return map { $_->{id} } grep { ($_->{by} // '') eq 'auto-help' && $_->{contact_number} eq $number } $w->messages;
}
%ENV = (%ENV, %{$w->{env}});
$w->hand('help-reply', $w->{org});
withheld('STOP after HELP', '+19195550607', sub { says($_[0], 'STOP') }, 'cancelled');
withheld('STOP', '+19195550605', sub { says($_[0], 'STOP') }, 'cancelled');
withheld('what may be a wish to stop', '+19195550606', sub { says($_[0], 'please stop texting me, i am not interested') }, 'held');
withheld('PAUSE SENDING', '+19195550604', sub { $w->hand('pause', $w->{org}, 'yes') }, 'queued');
done_testing();
