# Answers that do not come: what that costs, and what it must not cost.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use HTTP::Tiny;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;
use Time::HiRes qw(time sleep);
use Worker;

plan skip_all => 'takes minutes: set SPOKE_TEST_LONG=1' unless $ENV{SPOKE_TEST_LONG};

# ---- no answer within 30 s -----------------------------------------------------
my $w = Worker->new(settings => { SEGMENTS_PER_SECOND => 4 });
is($w->run, 0, 'the credentials are checked first');
$w->faults({ where => 'messages', answer_delay_ms => 45000, times => 0 });
my $pid = $w->spawn('--watch');
my @ids = $w->queue(100, '+19195551000');
my $began = time;
$w->hand('wake', 1);
sleep 15;
my $posts = $w->counters->{posts};
cmp_ok($posts, '>', 10, 'posting begins at the pace');
cmp_ok($posts, '<', 40, "and stops when nothing is answered for 5 s ($posts posts)");
unlike($w->log, qr/: unknown/, 'nothing is given up yet');
Worker::await(40, 'the end of the time', sub { $w->log =~ /: unknown, HTTP 0, 3\d{4} ms: no whole answer came in time/ });
cmp_ok(time - $began, '>', 28, 'after 30 s there is no answer');
sleep 8;
cmp_ok($w->counters->{posts}, '<=', $posts + 1, 'then one at a time is tried');
$w->no_faults;
Worker::await(90, 'the looks', sub { my $n = $w->states; !$n->{unknown} && ($n->{sent} || 0) + ($n->{delivered} || 0) >= $posts });
pass('those without an answer were found in the list');
Worker::await(240, 'the rest', sub { !$w->states->{queued} && !$w->states->{sending} });
my $states = $w->states;
is(($states->{sent} || 0) + ($states->{delivered} || 0), 100, 'all were sent');
is_deeply($w->duplicates, [], 'none twice');
kill 'TERM', $pid;
is(Worker::ended($pid, 40), 0, 'the end');

# ---- a long list -----------------------------------------------------------------
{
	my $http = HTTP::Tiny->new;
	for (1 .. 130) {
		my $r = $http->post("$w->{url}/api/v2/users/$Worker::ACCOUNT/messages", {
			headers => { 'content-type' => 'application/json', authorization => 'Basic ' . encode_base64('user:hush', '') },
			content => encode_json({ applicationId => $Worker::APPLICATION, to => ['+19195559999'], from => $Worker::NUMBER,
				text => 'x' x 200 }) });
		die "$r->{status} $r->{content}" if $r->{status} != 202;
	}
	$w->faults({ where => 'messages', match => { to => '+19195559999' }, cut => 'accepted' });
	my ($id) = $w->queue(1, '+19195559999');
	$pid = $w->spawn('--watch');
	Worker::await(30, 'the look', sub { $w->state($id) =~ /sent|delivered/ });
	pass('found among 130 others, on the second page');
	my $listed = $w->sim(GET => 'ledger?kind=requests')->{requests};
	ok(scalar(grep { $_->{target} =~ /pageToken=/ } @$listed), 'by the token of the next page');
	kill 'TERM', $pid;
	is(Worker::ended($pid, 40), 0, 'the end');
}
done_testing();
