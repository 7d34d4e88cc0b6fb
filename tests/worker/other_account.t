# A text in doubt, and its organization leaves the account that it was posted to: looked for in vain elsewhere, it
# would be posted a second time by an owner who says UNKNOWN_RESEND=yes.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time sleep);
use Worker;

my ($OTHER, $APPLICATION, $to) = ('9900777', '5f1d8e5c-1b0e-4b7e-9d5b-0a7c9b1f2e3d', '+19195550601');
my $w = Worker->new(settings => { UNKNOWN_RESEND => 'yes' });
$w->config(accounts => [{ id => $OTHER }], clients => [{ id => 'elsewhere', secret => 'hush', accounts => [$OTHER] }],
	applications => [{ id => $APPLICATION, account => $OTHER }]);
is($w->run, 0, 'the credentials are checked first');
my $watch = $w->spawn('--watch');
my ($behind, $lost);

sub posts_of { my ($id) = @_; return scalar grep { $_->{tag} =~ /\|$id$/ } $w->posts }
sub lists { my ($account) = @_; return scalar grep { $_->{method} eq 'GET' && $_->{target} =~ m{/users/$account/messages} } @{$w->sim(GET => 'ledger?kind=requests')->{requests}} }

$w->faults({ where => 'messages', match => { to => $to }, cut => 'accepted' });
($lost) = $w->queue(1, $to);
$w->hand('wake', 1);
$w->await_state(10, $lost, 'unknown');
is($w->message($lost)->{account}, $Worker::ACCOUNT, 'a text whose answer was lost knows where it was posted');
$w->hand('save', $w->{org}, 'elsewhere', 'hush', $OTHER, $APPLICATION);
$w->hand('wake', 1);
Worker::await(20, 'the other account', sub { $w->record->{cred_state} eq 'confirmed' && $w->record->{account_id} eq $OTHER });
my $before = lists($OTHER);

Worker::await(30, 'its first look', sub {
	$w->hand('due', $w->{org}, $lost, 0);
	$w->hand('wake', 1);
	sleep 0.3;
	my $m = $w->message($lost);
	return $m->{looks} || $m->{held_why};
});
is($w->message($lost)->{held_why}, 'other-account', 'once the organization has another account, a person decides');
is($w->state($lost), 'unknown', 'nobody knows');
is(lists($OTHER), $before, 'the other account was not asked for it');
($behind) = $w->queue(1, $to);
$w->hand('wake', 1);
$w->await_state(20, $behind, 'held');
is(posts_of($lost), 1, 'it is not posted again');
is(posts_of($behind), 0, 'nor is another to that person');

# The account that was left goes on to call.
my $file = "$w->{dir}/event";
open my $f, '>', $file or die $!;
print $f encode_json([{ type => 'message-delivered', time => '2026-11-23T18:00:00.000Z', to => $to, description => 'x',
	message => { id => 'of-the-first-account', time => '2026-11-23T18:00:00.000Z', direction => 'out', owner => $Worker::NUMBER,
		from => $Worker::NUMBER, to => [$to], segmentCount => 1, text => '', applicationId => $Worker::APPLICATION,
		tag => "$w->{org}|$lost" } }]);
close $f;
my $pid = fork // die;
if ($pid == 0) {
	%ENV = %{$w->{env}};
	open STDIN, '<', $file;
	open STDOUT, '>', '/dev/null';
	exec $Worker::HAND, 'event', $w->{org} or POSIX::_exit(127);
}
waitpid $pid, 0;
is($?, 0, 'a receipt comes');
is($w->state($lost), 'delivered', 'and tells what became of it');
$w->await_state(20, $behind, 'sent');
pass('then the next one goes out, by the account of now');

# Credentials that are refused: nobody can look then either.
$w->faults({ where => 'messages', match => { to => $to }, cut => 'accepted' });
($lost) = $w->queue(1, $to);
$w->hand('wake', 1);
$w->await_state(10, $lost, 'unknown');
$w->hand('save', $w->{org}, 'client', 'wrong', $Worker::ACCOUNT, $Worker::APPLICATION);
$w->hand('wake', 1);
Worker::await(20, 'the refusal', sub { $w->record->{cred_state} eq 'refused' });
Worker::await(20, 'its look', sub {
	$w->hand('due', $w->{org}, $lost, 0);
	$w->hand('wake', 1);
	sleep 0.3;
	return $w->message($lost)->{held_why};
});
is($w->message($lost)->{held_why}, 'other-account', 'with credentials that are refused a person gets to know, too');
is_deeply($w->duplicates, [], 'nothing was accepted twice');
kill 'TERM', $watch;
is(Worker::ended($watch, 10), 0, 'told to end, it ends');
done_testing();
