# The messages API: submitting, reading back, following changes, taking back.
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Encode qw(encode_utf8);
use FCGI;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $r = FCGI->new;
$r->start;
my $w = $r->{world};

sub api {
	my ($method, $path, $body, %o) = @_;
	my $token = $o{token} // $w->{both};
	return $r->request($method, "/api/orgs/1$path", headers => { Authorization => "Bearer $token", %{ $o{headers} || {} } },
		defined $body ? (ref $body ? (json => $body) : (body => $body)) : (), %{ $o{more} || {} });
}
sub queued { return scalar grep { /"state":"queued"/ } $r->records('messages') }
sub error { my ($a) = @_; my $e = $a->{json}{error} || {}; return join ' ', $a->{status}, map { $_ // '-' } @$e{qw(code field)} }

# ---- submitting ------------------------------------------------------------------------

my $a = api(POST => '/messages', { to => '(919) 555-0123', text => 'Hello' });
is($a->{status}, 202, 'a text');
my $m = $a->{json}{messages}[0];
like($m->{id}, qr/^[0-9a-f]{16}$/, 'has an id');
is_deeply([@$m{qw(to state segments error)}], ['+19195550123', 'queued', 1, undef], 'its number, state and segments');
like($m->{send_before}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'its deadline as RFC 3339 has it');
ok(!exists $a->{json}{rehearsal}, 'no rehearsal');

is(scalar @{ api(POST => '/messages', { to => ['+19195550131', '919-555-0132', '+19195550131'], text => 'Hi' })->{json}{messages} }, 2,
    'a list makes one for each, repeated ones once');
$a = api(POST => '/messages', { to => ['+19195550131', '+19195550132'], text => 'Hi', group => JSON::PP::true });
is(scalar @{ $a->{json}{messages} }, 1, 'a group is one');
is_deeply($a->{json}{messages}[0]{to}, ['+19195550131', '+19195550132'], 'to all of them');
is(api(POST => '/messages', { to => '+19195550124', media => ['https://example.org/a.png'] })->{status}, 202, 'media alone');
is(api(POST => '/messages', { to => '+19195550124', text => 'x', from => '+19195550100' })->{status}, 202, 'from our number');
is(api(POST => '/messages', { to => '+19195550124', text => '😀' x 70, send_before => '2100-12-01T21:00:00+02:00' })->{json}{messages}[0]{segments}, 3, 'emoji count as they do at Bandwidth');
is($r->request(POST => '/api/orgs/1/messages', headers => { 'X-Api-Key' => $w->{send} }, json => { to => '+19195550124', text => 'x' })->{status}, 202, 'with X-Api-Key');
is(api(POST => '/messages', encode_json({ to => '+19195550124', text => 'x' }), more => { type => 'Application/JSON; charset=UTF-8' })->{status}, 202, 'with a charset');
{
	my $many = api(POST => '/messages', { to => [map { sprintf '+1212555%04d', $_ } 1 .. 1000], text => 'Hi' });
	is(scalar @{ $many->{json}{messages} || [] }, 1000, 'a thousand at once');
}

my $before = queued();
for (['no number', { text => 'x' }, '400 no_recipient to'],
	['a number that is none', { to => '12', text => 'x' }, '400 invalid_number to'],
	['a number as a number', { to => 19195550123, text => 'x' }, '400 invalid_field to'],
	['a list with a number', { to => ['+19195550123', 1], text => 'x' }, '400 invalid_field to'],
	['more than a thousand', { to => [map { sprintf '+1212555%04d', $_ } 1 .. 1001], text => 'x' }, '400 too_many_recipients to'],
	['nothing to send', { to => '+19195550123' }, '400 empty text'],
	['a text that is none', { to => '+19195550123', text => ['x'] }, '400 invalid_field text'],
	['NUL in the text', { to => '+19195550123', text => "a\0b" }, '400 invalid_field text'],
	['a control character', { to => '+19195550123', text => "a\x07b" }, '400 text_invalid text'],
	['a text without end', { to => '+19195550123', text => 'x' x 2049 }, '400 text_too_long text'],
	['media over http', { to => '+19195550123', media => ['http://example.org/'] }, '400 media_invalid media'],
	['media as an object', { to => '+19195550123', media => [{}] }, '400 invalid_field media'],
	['somebody else\'s number', { to => '+19195550123', text => 'x', from => '+19195550200' }, '400 from_not_ours from'],
	['a deadline in words', { to => '+19195550123', text => 'x', send_before => 'tomorrow' }, '400 invalid_field send_before'],
	['a deadline that has passed', { to => '+19195550123', text => 'x', send_before => '2020-01-01T00:00:00Z' }, '400 deadline_passed send_before'],
	['a deadline at the beginning of time', { to => '+19195550123', text => 'x', send_before => '1970-01-01T00:00:00Z' }, '400 deadline_passed send_before'],
	['a group in words', { to => '+19195550123', text => 'x', group => 'yes' }, '400 invalid_field group'],
	['a misspelt field', { to => '+19195550123', text => 'x', send_befor => '2100-01-01T00:00:00Z' }, '400 unknown_field send_befor'],
	['a list', [], '400 invalid_body -'],
	['null', 'null', '400 invalid_body -'],
	['what is not JSON', '{', '400 invalid_json -'],
	['duplicate keys', '{"to":"+19195550123","to":"+19195550124","text":"x"}', '400 invalid_json -'],
	['nothing', '', '400 invalid_json -']) {
	my ($name, $body, $want) = @$_;
	my $b = api(POST => '/messages', $body);
	is(error($b), $want, $name);
	ok(length($b->{json}{error}{message} // '') > 10, "$name: in words");
}
is(error(api(POST => '/messages', '{}', more => { type => 'text/plain' })), '415 content_type -', 'another content type');
is(error(api(POST => '/messages', 'x' x (1024 * 1024 + 1))), '413 too_large -', 'above 1 MiB');
is(error(api(POST => '/messages', '{}', more => { length => undef })), '411 length_required -', 'without a length');
is(queued(), $before, 'none of them queued anything');

# ---- once only ---------------------------------------------------------------------------

{
	my %key = (headers => { 'Idempotency-Key' => 'order-17' });
	my $body = { to => '+19195550140', text => 'Once' };
	my $first = api(POST => '/messages', JSON::PP->new->canonical->encode($body), %key);
	is($first->{status}, 202, 'with a key');
	my $count = queued();
	my $again = api(POST => '/messages', JSON::PP->new->canonical->encode($body), %key);
	is($again->{status}, 202, 'once more');
	is($again->{body}, $first->{body}, 'the first answer');
	is($again->{headers}{'idempotent-replayed'}, 'true', 'and says so');
	is(queued(), $count, 'nothing further is queued');
	is(error(api(POST => '/messages', { to => '+19195550141', text => 'Twice' }, %key)), '422 key_reused Idempotency-Key', 'another body');
	is(api(POST => '/messages', JSON::PP->new->canonical->encode($body), %key, token => $w->{send})->{status}, 202, 'another token has keys of its own');
	is(queued(), $count + 1, 'and queues');
	my $reference = encode_json({ to => '+19195550142', text => 'Hi', reference => 'order-17' });
	is(api(POST => '/messages', $reference)->{status}, 202, 'a reference that reads like the key is not the key');
	is(api(POST => '/messages', $reference)->{headers}{'idempotent-replayed'}, 'true', 'but serves as one');
	is(error(api(POST => '/messages', { to => '+19195550143', text => 'Hi', reference => 'order-17' })), '422 key_reused reference', 'with another body');
	is(error(api(POST => '/messages', $body, headers => { 'Idempotency-Key' => 'x' x 256 })), '400 invalid_key Idempotency-Key', 'a key of 256 bytes');
	is(error(api(POST => '/messages', $body, headers => { 'Idempotency-Key' => "a\tb" })), '400 invalid_key Idempotency-Key', 'a key with a tab');
	is(api(POST => '/messages', $body, headers => { 'Idempotency-Key' => encode_utf8('é' x 127) })->{status}, 202, 'a key of 254 bytes in UTF-8');
}
{
	my @t = gmtime(time + 3);
	my $before = sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0];
	my $body = encode_json({ to => '+19195550145', text => 'Soon', send_before => $before });
	my %key = (headers => { 'Idempotency-Key' => 'soon' });
	my $first = api(POST => '/messages', $body, %key);
	is($first->{status}, 202, 'a text with a deadline');
	sleep 4;
	my $again = api(POST => '/messages', $body, %key);
	is($again->{status}, 202, 'asked for again behind its deadline');
	is($again->{body}, $first->{body}, 'gets the first answer');
	is(api(POST => '/messages', $body)->{status}, 400, 'asked for anew it is too late');
}
{
	my $count = queued();
	my $body = encode_json({ to => '+19195550150', text => 'At once' });
	my @c = map { $r->begin(POST => '/api/orgs/1/messages', headers => { Authorization => "Bearer $w->{both}", 'Idempotency-Key' => 'race' }, body => $body) } 1 .. 20;
	my %seen;
	for (@c) { my $b = FCGI::finish($_); $seen{"$b->{status} $b->{body}"}++ }
	is(scalar keys %seen, 1, 'twenty equal requests at once get one answer') or diag explain \%seen;
	is(queued(), $count + 1, 'and queue one text');
}

# ---- reading back --------------------------------------------------------------------------

my $id = $m->{id};
$a = api(GET => "/messages/$id");
is($a->{status}, 200, 'a message');
is_deeply([@{ $a->{json} }{qw(id direction state contact_number text media segments service_id error reference)}],
    [$id, 'out', 'queued', '+19195550123', 'Hello', [], 1, undef, undef, undef], 'as it was submitted');
like($a->{json}{created}, qr/^\d{4}-\d\d-\d\dT.*Z$/, 'with its times');
is(error(api(GET => '/messages/0000000000000000')), '404 not_found -', 'one that is not there');
is(error(api(GET => '/messages/none')), '404 not_found -', 'what is no id');
is(error($r->request(GET => "/api/orgs/2/messages/$id", headers => { Authorization => "Bearer $w->{foreign}" })), '404 not_found -', 'another organization does not see it');
$r->callback(encode_utf8('[{"type":"message-received","to":"+19195550100","time":"2026-11-23T18:00:00Z","message":{"id":"in1","from":"+19195550123","to":["+19195550100"],"text":"Grüße 😀\u0000!","direction":"in"}}]'));
$a = api(GET => '/messages?direction=in');
is(scalar @{ $a->{json}{messages} }, 1, 'the reply');
is_deeply([@{ $a->{json}{messages}[0] }{qw(direction state contact_number user_number service_id)}], ['in', 'received', '+19195550123', '+19195550100', 'in1'], 'is there');
is($a->{json}{messages}[0]{text}, "Grüße 😀\x{FFFD}!", 'with its text');
is($a->{json}{next}, undef, 'and nothing more');
$r->callback('[{"type":"message-received","to":"+19195550100","message":{"id":"in2","from":"+19195550199","to":["+19195550100"],"text":"STOP","direction":"in"}}]');
$a = api(POST => '/messages', { to => '+19195550199', text => 'Hello?' });
is_deeply([@{ $a->{json}{messages}[0] }{qw(state)}, $a->{json}{messages}[0]{error}{code}], ['failed', 'opted-out'], 'who said STOP is not texted');

# Newest first, page by page.
{
	my (@ids, $cursor);
	for (1 .. 30) {
		my $b = api(GET => '/messages?limit=100' . ($cursor ? "&cursor=$cursor" : ''));
		is($b->{status}, 200, "page $_") or last;
		push @ids, map { $_->{id} } @{ $b->{json}{messages} };
		$cursor = $b->{json}{next} // last;
	}
	my %once = map { $_ => 1 } @ids;
	is(scalar @ids, scalar(my @all = $r->records('messages')), 'every message is on one of the pages');
	is(scalar keys %once, scalar @ids, 'and on one only');
	is_deeply(\@ids, [reverse sort @ids], 'newest first');
}
is(scalar @{ api(GET => '/messages')->{json}{messages} }, 50, 'fifty unless asked');
is(scalar(grep { $_->{contact_number} ne '+19195550123' } @{ api(GET => '/messages?contact=%28919%29+555-0123')->{json}{messages} }), 0, 'of one contact');
is(scalar(grep { $_->{state} ne 'failed' } @{ api(GET => '/messages?state=failed')->{json}{messages} }), 0, 'in one state');
is(scalar @{ api(GET => '/messages?since=2100-01-01T00:00:00Z')->{json}{messages} }, 0, 'since a time');
for (['direction=up', 'direction'], ['limit=0', 'limit'], ['limit=201', 'limit'], ['limit=x', 'limit'], ['state=lost', 'state'], ['since=now', 'since'],
	['order=random', 'order'], ['cursor=x', 'cursor'], ['order=oldest&cursor=0192f0c1a2b3c4d5', 'cursor'], ['cursor=c5', 'cursor'], ['contact=1', 'contact']) {
	is(error(api(GET => "/messages?$_->[0]")), "400 invalid_parameter $_->[1]", $_->[0]);
}
is(error(api(GET => '/messages?staet=failed')), '400 unknown_parameter staet', 'a misspelt parameter');
is(api(GET => '/messages?limit=1&limit=2')->{status}, 400, 'a parameter given twice');

# In the order of commits: whoever keeps the cursor misses nothing.
{
	my ($cursor, %latest) = ('c0');
	my $follow = sub {
		my $n = 0;
		while (1) {
			my $b = api(GET => "/messages?order=oldest&limit=200&cursor=$cursor");
			last if $b->{status} != 200 || $b->{json}{next} eq $cursor;
			$latest{ $_->{id} } = $_->{state} for @{ $b->{json}{messages} };
			$n += @{ $b->{json}{messages} };
			$cursor = $b->{json}{next};
		}
		return $n;
	};
	$follow->();
	is(scalar keys %latest, scalar(my @all = $r->records('messages')), 'following from the start shows all');
	is($follow->(), 0, 'then nothing');
	my $new = api(POST => '/messages', { to => '+19195550160', text => 'New' })->{json}{messages}[0]{id};
	api(DELETE => "/messages/$id");
	is($follow->(), 2, 'then what is new and what has changed');
	is_deeply([@latest{$new, $id}], ['queued', 'cancelled'], 'as it is now');
	api(POST => '/messages', { to => '+19195550161', text => 'In' }) for 1 .. 3;
	is(scalar @{ api(GET => "/messages?order=oldest&direction=in&cursor=$cursor")->{json}{messages} }, 0, 'a filter leaves out');
	like(api(GET => "/messages?order=oldest&direction=in&cursor=$cursor")->{json}{next}, qr/^c\d+$/, 'but moves on');
}

# ---- what holds everything ----------------------------------------------------------------------

{
	my $m = api(POST => '/messages', { to => '+19195550170', text => 'Held?' })->{json}{messages}[0];
	is_deeply([@$m{qw(state held)}], ['queued', 'not-configured'], 'without credentials the answer says what is missing');
	like($m->{held_meaning}, qr/not entered yet/, 'in words');
	is(api(GET => "/messages/$m->{id}")->{json}{held}, 'not-configured', 'so does the message read back');
	is((grep { $_->{id} eq $m->{id} } @{ api(GET => '/messages?state=queued')->{json}{messages} })[0]{held}, 'not-configured', 'and the list');
	my ($record) = grep { $_->{id} eq $m->{id} } map { decode_json($_) } $r->records('messages');
	is($record->{held_why}, undef, 'nothing of it is stored');
}

# ---- taking back -----------------------------------------------------------------------------

is($r->request(GET => "/api/orgs/1/messages/$id", headers => { Authorization => "Bearer $w->{read}" })->{json}{state}, 'cancelled', 'what was taken back says so');
is(error(api(DELETE => "/messages/$id")), '409 not_cancellable -', 'once more is refused');
is(error(api(DELETE => '/messages/0000000000000000')), '404 not_found -', 'what is not there');

# ---- how long it takes ---------------------------------------------------------------------------

{
	my $q = api(GET => '/queue')->{json};
	is($q->{texts}, queued(), 'the queue has as many texts as the records say');
	cmp_ok($q->{segments}, '>', $q->{texts}, 'of more segments');
	is_deeply([@$q{qw(waits expected_end not_before sharing segments_per_second)}], ['not-configured', undef, undef, 0, 1],
	    'without credentials nobody can tell when it ends');
	like($q->{waits_meaning}, qr/not entered yet/, 'and why is told');
	is($q->{takes_seconds}, $q->{segments} - 1, 'but how long it would take at one segment a second');
	is($r->request(GET => '/api/orgs/1/queue', headers => { Authorization => "Bearer $w->{send}" })->{status}, 403, 'not for a token that may only send');
	my $page = $r->request(GET => '/admin/1/messages', headers => { Cookie => $r->sign_in('owner@example.org')->{cookie} })->{body};
	like($page, qr{<p class="soft" id="queue">$q->{texts} texts \($q->{segments} segments\) are waiting\. .*not entered yet\. Once it goes on, the queue takes about \d+ minutes at 1 segment a second\.</p>}, 'the page says the same');
}
is($r->stop, 0, 'ends in order');
unlike($r->log, qr/spk_|Hello|5550123|runtime error|Sanitizer/, 'no token, text or number is in the log');

# ---- pace and rehearsal -----------------------------------------------------------------------

$r = FCGI->new(settings => { API_REQUESTS_PER_SECOND => 5, REHEARSAL => 'yes', BANDWIDTH_MESSAGING_URL => 'http://127.0.0.1:9/api/v2',
	BANDWIDTH_NUMBERS_URL => 'http://127.0.0.1:9/api/v2', BANDWIDTH_TOKEN_URL => 'http://127.0.0.1:9/token' });
$r->start;
$w = $r->{world};
my @all = map { api(GET => '/messages') } 1 .. 12;
my @late = grep { $_->{status} == 429 } @all;
cmp_ok(scalar @late, '>=', 4, 'more than five a second have to wait');
like($late[0]{headers}{'retry-after'}, qr/^[1-9]$/, 'and are told how long');
is(api(GET => '/messages', undef, token => $w->{read})->{status}, 200, 'another token does not');
sleep 1.1;
$a = api(GET => '/messages');
is($a->{status}, 200, 'a second later it goes on');
ok($a->{json}{rehearsal}, 'a rehearsal says so');
is($a->{headers}{'x-rehearsal'}, 'yes', 'in the head too');
ok(api(POST => '/messages', { to => '+19195550124', text => 'x' })->{json}{rehearsal}, 'also when submitting');
ok(api(GET => '/queue')->{json}{rehearsal}, 'and when asked for the queue');
is($r->stop, 0, 'ends in order');
done_testing();
