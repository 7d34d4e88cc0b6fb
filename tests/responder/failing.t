# Whichever call to the store fails while something is asked for: the answer is a whole 503 or 500 and never half a
# page, nothing of it has happened, and asking once more does it, once. So that Bandwidth, an application and a person
# may all do the same: ask again.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fcntl qw(O_RDWR SEEK_SET);
use FCGI;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;

# tests/store/faulty.h
my ($KV, $FLUSH) = (1 | 2 | 4 | 8 | 16 | 32, 64);
my ($ENOMEM, $EIO, $ENOSPC, $DEADLOCK) = (12, 5, 28, -30993);
my $CALLS_MAX = 400;

my $r = FCGI->new(settings => { LOGIN_ATTEMPTS => undef, THREADS => 2 });
$r->{program} = "$ENV{BUILD}/tests/responder/faulty.fcgi";
$r->{settings}{SPOKE_FAULTS} = "$r->{dir}/faults";
open my $board, '+>:raw', $r->{settings}{SPOKE_FAULTS} or die $!;
syswrite $board, pack 'l7', (0) x 7;

sub board { my ($at) = @_; sysseek $board, 4 * $at, SEEK_SET; sysread $board, my $n, 4; return unpack 'l', $n }
sub faults {
	my ($which, $at, $error) = @_;
	sysseek $board, 4, SEEK_SET;
	syswrite $board, pack 'l4', $at, $error, 0, 0;
	sysseek $board, 0, SEEK_SET;
	syswrite $board, pack 'l', $which;
}
sub no_faults { sysseek $board, 0, SEEK_SET; syswrite $board, pack 'l', 0; return board(4) }

# ---- the world ---------------------------------------------------------------------------

$r->ctl(\"hush\n", 'settings', 'set', 1, 'accountId=9900000', 'userName=client', 'applicationId=93de2206-9669-4e07-948d-329f4b722ee2', '--password-stdin');
$r->ctl('numbers', 'add', 1, map { "+1919555010$_" } 1 .. 6);
my @ids = @{ decode_json($r->seed(messages => 60))->{messages} };
my $job = decode_json($r->seed(job => 'numbers-search'))->{job};
$r->start;
my $w = $r->{world};
my %owner = %{ $r->sign_in('owner@example.org') };
my $mms = $r->attachments("\x89PNG\r\n\x1a\n" . 'x' x 100);
my ($media) = map { $_->{id} } grep { $_->{id} eq $mms } map { decode_json($_) } $r->records('messages');

my $serial = 0;
sub event { my ($id, $text) = @_; return encode_json([{ type => 'message-received', to => '+19195550100', time => '2026-11-23T18:00:00.000Z',
	message => { id => $id, direction => 'in', from => '+19195550199', to => ['+19195550100'], text => $text } }]) }
sub get { my ($path) = @_; return sub { $r->request(GET => $path, headers => { Cookie => $owner{cookie} }) } }
sub api { my ($method, $path, %o) = @_; return sub { $r->request($method, "/api/orgs/1$path", %o, headers => { Authorization => "Bearer $w->{both}", %{ $o{headers} || {} } }) } }
sub post { my ($path, %form) = @_; return sub { $r->request(POST => "/admin/1/$path",
	headers => { Cookie => $owner{cookie}, Origin => $r->{origin} }, form => { csrf => $owner{csrf}, %form }) } }
sub decoded { my ($table) = @_; return map { decode_json($_) } grep { /^{/ } $r->records($table) }
sub texts { my ($text) = @_; return sub { scalar grep { ($_->{text} // '') eq $text } decoded('messages') } }
sub jobs { my ($kind) = @_; return sub { scalar grep { $_->{kind} eq $kind } decoded('jobs') } }
sub number { my ($number, $state) = @_; return sub { scalar grep { $_->{number} eq $number && ($_->{state} // '') eq $state } decoded('numbers') } }
sub audited { my ($what) = @_; return sub { scalar grep { $_->{what} eq $what } decoded('audit') } }
sub message_is { my ($id, $state) = @_; return sub { scalar grep { $_->{id} eq $id && $_->{state} eq $state } decoded('messages') } }
sub org_has { my ($name, $value) = @_; return sub { scalar grep { $_->{id} == 1 && ($_->{$name} // '') eq $value } decoded('orgs') } }
sub contact { my ($number, $name) = @_; return sub { scalar grep { ($_->{number} // '') eq $number && $_->{$name} } decoded('contacts') } }

# What the forms carry, so that one sent twice is one.
sub field { my ($a, $name) = @_; return $a->{body} =~ /name="\Q$name\E" value="([^"]*)"/ ? $1 : undef }
sub asked { my ($path, $ask, @fields) = @_; my $a = post($path, %$ask)->(); return map { $_ => field($a, $_) } @fields }

# What is only looked at, with the status that it has when all is well.
my @looks = (
	['who is asked how it is' => sub { $r->request(GET => '/healthz') }, 200],
	['the first page' => get('/'), 303],
	['the sign-in page' => sub { $r->request(GET => '/login') }, 200],
	['the organizations' => get('/admin'), 303],
	['an organization' => get('/admin/1'), 303],
	['the settings' => get('/admin/1/settings'), 200],
	['the messages' => get('/admin/1/messages'), 200],
	['the messages of a state' => get('/admin/1/messages?state=queued'), 200],
	['a conversation' => get('/admin/1/messages?contact=%2B19195551001'), 200],
	['a new text' => get('/admin/1/messages?new=1'), 200],
	['a message' => get("/admin/1/messages/$ids[0]"), 200],
	['a message with a file' => get("/admin/1/messages/$mms"), 200],
	['its file' => get("/admin/1/messages/$mms/media/0"), 200],
	['the check page' => get('/admin/1/check'), 200],
	['the question before a repair' => get('/admin/1/check?ask=repair'), 200],
	['data and backup' => get('/admin/1/data'), 200],
	['what needs a look' => get('/admin/1/look'), 200],
	['the numbers' => get('/admin/1/numbers'), 200],
	['the numbers of a state' => get('/admin/1/numbers?state=in-service&look=919'), 200],
	['buying' => get('/admin/1/buy'), 200],
	['a job' => get("/admin/1/jobs/$job"), 200],
	['the question before all is cancelled' => get('/admin/1/messages?ask=cancel-all'), 200],
	['the question before a release' => post('numbers', do => 'ask-release', '+19195550101' => 'yes'), 200],
	['the question before an order' => post('buy', do => 'ask', kind => 'area', area => '919', quantity => 2), 200],
	['the list of the API' => api(GET => '/messages?limit=20'), 200],
	['the list by changes' => api(GET => '/messages?order=oldest&limit=20'), 200],
	['a message of the API' => api(GET => "/messages/$ids[0]"), 200],
	['a file of the API' => api(GET => "/messages/$mms/media/0"), 200],
);

# What is done: and how often its effect is there, which is 1 in the end. The name stands in what it writes.
sub changes {
	my ($name) = @_;
	my $n = $serial++;
	my ($queued, $other) = splice @ids, 1, 2;
	my ($from, $phone) = map { sprintf '+1919555%04d', $_ + $n } 3000, 4000;
	my $key = { 'Idempotency-Key' => "key $name" };
	my $new = sprintf '+1984555%04d', 100 + $n;
	return (
		['a reply' => sub { $r->callback(event("in-$name", "In $name")) }, 200, texts("In $name")],
		['a STOP' => sub { $r->callback(event("stop-$name", 'STOP') =~ s/\+19195550199/$from/r) }, 200, contact($from, 'opted_out')],
		['a call without a meaning' => sub { $r->callback("[{\"type\":\"$name\"}]") }, 200, sub { scalar grep { index($_, $name) >= 0 && /"tray":/ } $r->records('events') }],
		['what is no JSON' => sub { $r->callback("{$name") }, 400, sub { scalar grep { index($_, "{$name") >= 0 } $r->records('events') }],
		['a text by the API' => api(POST => '/messages', body => qq({"to":"+19195550123","text":"Api $name"}), headers => $key), 202, texts("Api $name")],
		['taking one back by the API' => api(DELETE => "/messages/$queued"), [200, 409], message_is($queued, 'cancelled')],
		['a text by a page' => post('messages', to => '+19195550124', text => "Page $name", once => "once-$name"), 303, texts("Page $name")],
		['taking one back' => post("messages/$other", action => 'cancel'), [303, 409], message_is($other, 'cancelled')],
		['a test text' => post('check', do => 'text', to => $phone, once => "trial-$name"), 303, sub { scalar grep { $_->{contact_number} eq $phone } decoded('messages') }],
		['a pause' => post('pause', do => 'pause'), 303, sub { scalar grep { $_->{id} == 1 && $_->{paused} } decoded('orgs') }],
		['sending again' => post('pause', do => 'resume'), 303, sub { scalar grep { $_->{id} == 1 && !$_->{paused} } decoded('orgs') }],
		['automatic answers' => post('settings', section => 'answers', helpReply => 'yes', helpText => "Help $name"), 303, org_has(help_text => "Help $name")],
		['a daily limit' => post('settings', section => 'limit', dailySegments => 1000 + $n), 303, org_has(daily_segments => 1000 + $n)],
		['a number by hand' => post('numbers', do => 'add', number => $new), [303, 422], number($new, 'in-service')],
		['draining it' => post('numbers', do => 'drain', $new => 'yes'), 303, number($new, 'draining')],
		['taking it off the list' => post('numbers', do => 'take-off', numbers => $new), 303, number($new, 'gone')],
		['opting out somebody' => post('look', action => 'opt-out', contact => sprintf('+1919556%04d', $n)), 303, contact(sprintf('+1919556%04d', $n), 'opted_out')],
	);
}

# ---- each call once ------------------------------------------------------------------------

# Asks with the first call failing, the second, and so on, until none is left to fail.
sub sweep {
	my ($what, $do, $status, $error, $effect) = @_;
	my @good = ref $status ? @$status : $status;
	my %wrong;
	my $at;
	for ($at = 1; $at < $CALLS_MAX; $at++) {
		faults($KV, $at, $error);
		my $a = $do->();
		my $hits = no_faults();
		my $fine = grep { $a->{status} == $_ } @good;
		last if !$hits && $fine;
		my $whole = $a->{ended} && length($a->{body}) == ($a->{headers}{'content-length'} // -1);
		if ($fine && $effect && $effect->() != 1) { $wrong{$at} = "$a->{status} for nothing"; next }
		next if $hits && $whole && ($fine || ($error != $DEADLOCK && ($a->{status} == 500 || $a->{status} == 503 && $a->{headers}{'retry-after'})));
		$wrong{$at} = "status $a->{status}" . ($whole ? '' : ', not whole');
	}
	ok(!%wrong && $at > 1 && $at < $CALLS_MAX, "$what: with any of " . ($at - 1) . ' calls failing') or diag explain \%wrong;
	return;
}
sub effect {
	my ($what, $effect) = @_;
	is($effect->(), 1, "$what: in the end it is there once");
}

for my $look (@looks) {
	my ($what, $do, $status) = @$look;
	is($do->()->{status}, $status, "$what: without a fault");
	next if $what =~ /sign-in page|first page/;	# which need nothing of the store
	sweep($what, $do, $status, $_) for $ENOMEM;
}
for my $error ($ENOMEM, $EIO, $DEADLOCK) {
	for my $change (changes("error$error,")) {
		my ($what, $do, $status, $effect) = @$change;
		sweep("$what, error $error", $do, $status, $error, $effect);
		effect("$what, error $error", $effect);
	}
}

# ---- a disk that is full ------------------------------------------------------------------------

# What was done may stay, but nobody is told that it did; and doing it once more does nothing further.
for my $change (changes('full')) {
	my ($what, $do, $status, $effect) = @$change;
	faults($FLUSH, -1, $ENOSPC);
	my $a = $do->();
	no_faults();
	like($a->{status}, qr/^50[03]$/, "$what: not durable, no success");
	ok($a->{ended}, "$what: a whole answer");
	my @good = ref $status ? @$status : $status;
	$a = $do->();
	ok((grep { $a->{status} == $_ } @good), "$what: later it goes ($a->{status})");
	effect("$what, flush", $effect);
}

is($r->request(GET => '/healthz')->{status}, 200, 'it still serves');
is($r->stop, 0, 'and ends in order');
unlike($r->log, qr/spk_|correct horse|\Q$w->{callback_1}\E/, 'no secret is in the log');
unlike($r->log, qr/AddressSanitizer|runtime error|recovered in \d+ ms, because (?!it was not opened here before)/, 'nothing needed to be recovered');
done_testing();
