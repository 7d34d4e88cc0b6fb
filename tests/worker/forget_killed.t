# A worker killed between any two steps of forgetting a person: nothing is half done for good. The person is not texted
# from the moment it was asked for, the next worker goes on, and in the end the number is nowhere, the others' record
# is there, and everything agrees.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use MIME::Base64;
use Test::More;
use Time::HiRes qw(sleep);
use Worker;

my $build = $ENV{BUILD} || '.';
my $w = Worker->new(settings => { MEDIA_FREE_BYTES => 0 });
is($w->run, 0, 'the credentials are checked first');
my $trace = "$w->{dir}/trace";
my $serial = 0;

sub ctl {
	my (@args) = @_;
	my $log = "$w->{dir}/ctl.$$";
	my $pid = $w->child($log, "$build/spokectl", @args);
	waitpid $pid, 0;
	return ($? >> 8, Worker::slurp("$log.out"));
}
sub event {
	my ($event) = @_;
	open my $f, '>', "$w->{dir}/event" or die $!;
	print $f encode_json([$event]);
	close $f;
	my $pid = fork // die;
	if ($pid == 0) {
		%ENV = %{$w->{env}};
		open STDIN, '<', "$w->{dir}/event";
		open STDOUT, '>', '/dev/null';
		exec $Worker::HAND, 'event', $w->{org} or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	die 'event' if $?;
}
sub text_in {
	my ($from, %o) = @_;
	my $to = $o{to} || [$Worker::NUMBER];
	return { type => 'message-received', time => '2026-11-23T18:00:00.000Z', to => $to->[0], description => 'x', message => {
		id => 'in-' . $serial++, time => '2026-11-23T18:00:00.000Z', direction => 'in', from => $from, to => $to,
		owner => $to->[0], segmentCount => 1, text => $o{text} // 'Hello', media => $o{media} || [] } };
}

# Somebody new with a conversation, a picture, groups, and a call that was not understood; the number.
sub person {
	my $number = sprintf '+1919555%04d', 1000 + 10 * $serial++;
	my $next = sprintf '+1%010d', substr($number, 2) + 1;
	my $r = $w->sim(POST => 'inbound', { from => $number, to => $Worker::NUMBER,
		media => [{ name => 'x.png', content_type => 'image/png', base64 => encode_base64("\x89PNG\r\n\x1a\n" . 'x' x 900, '') }] });
	event(text_in($number, media => ["$w->{url}/api/v2/users/$Worker::ACCOUNT/media/$r->{ids}[0]/0/x.png"]));
	event(text_in($number, text => "I am $number")) for 1 .. 3;
	event(text_in($next, to => [$Worker::NUMBER, $number], text => 'to all of us'));
	event({ type => 'message-odd', who => $number });
	$w->queue(1, $number);
	$w->queue(2, $number, 'group');
	$w->run;
	$w->hand('opt-out', $w->{org}, $number);
	return ($number, $next);
}
sub found {
	my ($number) = @_;
	my $digits = substr $number, 2;
	my $key = unpack 'H*', $digits;
	return grep { /\Q$digits\E|\Q$key\E/ } split /\n/, (ctl('dump'))[1];
}
sub files { return scalar(() = glob "$w->{dir}/data/media/*/*/*") }
sub mortal {
	my ($at) = @_;
	unlink $trace;
	local $Worker::WORKER = "$build/tests/worker/mortal-worker";
	local $w->{env}{DIE_AT} = $at;
	local $w->{env}{DIE_SOON} = 1;
	local $w->{env}{DIE_TRACE} = $trace;
	$w->run;
	return $? & 127, split /\n/, Worker::slurp($trace);
}

sub over {
	my ($job, $number, $next, $what) = @_;
	my (undef, $out) = ctl('forget', $w->{org}, '--job', $job, '--json');
	my $j = decode_json($out);
	is($j->{state}, 'done', "$what: it is done") or diag $out;
	is($j->{texts}, 5, "$what: five texts went");
	is($j->{groups}, 2, "$what: in two of a group the number is written over");
	is_deeply([found($number)], [], "$what: the number is nowhere");
	is(files(), 0, "$what: the picture is gone");
	my @left = map { $_->{text} } grep { ($_->{contact_number} // '') eq $next } $w->messages;
	is_deeply([sort @left], ['Hello from the tests', 'to all of us'], "$what: the others' texts are there");
}

# All steps in their order, with nobody killed.
my ($number, $next) = person();
cmp_ok(scalar(found($number)), '>', 8, 'the number is in many places');
is(files(), 1, 'and the picture on the disk');
my $job = $w->hand('forget', $w->{org}, $number);
my ($signal, @steps) = mortal(0);
is($signal, 0, 'a worker that is not killed');
over($job, $number, $next, 'not killed');
is((ctl('verify'))[0], 0, 'all of it agrees');

my %before;
for my $at (1 .. @steps + 1) {
	($number, $next) = person();
	$job = $w->hand('forget', $w->{org}, $number);
	my ($signal, @done) = mortal($at);
	last if $signal == 0;
	my $what = "killed before step $at, $done[-1]";
	is($signal, 9, $what);
	my ($state) = map { decode_json($_)->{state} } (ctl('forget', $w->{org}, '--job', $job, '--json'))[1];
	$before{$state}++;
	# Trying to text them brings the number here again: for its own killings only.
	my $texted = $at % 4 == 0 && $state ne 'done';
	if ($texted) {
		my ($id) = $w->queue(1, $number);
		is($w->state($id), 'failed', "$what: not texted all the while");
	}
	is($w->run, 0, "$what: the next worker");
	if ($texted && found($number)) {
		$w->hand('forget', $w->{org}, $number);
		is($w->run, 0, "$what: once more, for that");
	}
	is_deeply([found($number)], [], "$what: the number is nowhere");
	is(files(), 0, "$what: the picture is gone");
	my @theirs = map { $_->{text} } grep { ($_->{contact_number} // '') eq $next } $w->messages;
	is_deeply([sort @theirs], ['Hello from the tests', 'to all of us'], "$what: the others' texts are there");
	is((ctl('verify'))[0], 0, "$what: all of it agrees") if $at % 5 == 0;
}
diag scalar(@steps), ' steps; the job was ', join ', ', map { "$_ $before{$_} times" } sort keys %before;
ok($before{running} && $before{running} > 15, 'it was killed in the middle of the job many times');
is((ctl('verify'))[0], 0, 'in the end all of it agrees');
done_testing();
