# Bandwidth's callbacks: as Bandwidth publishes them, and as nobody should send them.  200 only for what is on disk.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FCGI;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;

my $top = $ENV{SOURCE} || "$FindBin::Bin/../..";
my $r = FCGI->new(settings => { BASE_URL => 'https://texting.example.org', BASE_URL_PREVIOUS => 'https://old.example.org/spoke',
	SESSION_SECRET_PREVIOUS => 'the-former-secret-of-the-tests-9876543210' });
$r->start;
my $w = $r->{world};

sub event {
	my (%o) = @_;
	my %message = (id => $o{id} // 'id' . rand, owner => '+19195550100', applicationId => '93de2206-9669-4e07-948d-329f4b722ee2',
		time => '2026-11-23T18:00:00.000Z', segmentCount => 1, direction => 'in', to => ['+19195550100'],
		from => '+19195550199', text => 'Hello', %{ $o{message} || {} });
	return { time => '2026-11-23T18:00:00.123456Z', type => 'message-received', to => '+19195550100',
		description => 'Incoming message received', message => \%message, %{ $o{top} || {} } };
}

sub events { return scalar $r->records('events') }
sub says { my ($name) = @_; return grep { /\Q$name\E/ } $r->records('events') }

# ---- as published ------------------------------------------------------------

# Some of them tell of the same thing: an event is known by its message's id, its type and whom it is for.
my %known;
for my $file (sort glob "$top/tests/fixtures/json/callback-*.json") {
	open my $f, '<:raw', $file or die $!;
	my $body = do { local $/; <$f> };
	my ($name) = $file =~ m{([^/]+)$};
	my @list = map { ref $_ eq 'ARRAY' ? @$_ : $_ } decode_json($body);
	$known{"$_->{message}{id} $_->{type} $_->{to}"} = 1 for @list;
	my $a = $r->callback($body);
	is($a->{status}, 200, "$name is taken");
	my $kept = events();
	is($kept, scalar keys %known, "$name is kept");
	is($r->callback($body)->{status}, 200, "$name once more is taken");
	is(events(), $kept, "$name once more changes nothing");
}

# ---- hostile inputs, by name ---------------------------------------------------

my $long = 'i' x 500;
my @taken = (
	['an array of null', '[null]'],
	['an array without events', '[]', 0],
	['an empty object', '{}'],
	['a number and a string', '[1,"x"]', 2],
	['a number alone', '17'],
	['null alone, which is the same once more', 'null', 0],
	['a bare event', JSON::PP->new->utf8->encode(event())],
	['media as a string', encode_json([event(message => { media => 'https://example.org/a.png' })])],
	['media as a number', encode_json([event(message => { media => 7 })])],
	['media as an object', encode_json([event(message => { media => {} })])],
	['NUL in the text', '[{"type":"message-received","to":"+19195550100","message":{"id":"nul1","from":"+19195550199","to":["+19195550100"],"text":"a\u0000b"}}]'],
	['emoji beyond the BMP', encode_json([event(message => { text => "\x{1F600}\x{1F1E9}\x{1F1EA}" })])],
	['half an emoji as an escape', '[{"type":"message-received","to":"+19195550100","message":{"id":"emo3","from":"+19195550199","to":["+19195550100"],"text":"\ud83d"}}]'],
	['emoji as escapes', '[{"type":"message-received","to":"+19195550100","message":{"id":"emo2","from":"+19195550199","to":["+19195550100"],"text":"\ud83d\ude00"}}]'],
	['a tag without a bar', encode_json([event(top => { type => 'message-delivered' }, message => { direction => 'out', tag => 'nobar' })])],
	['a tag of another organization', encode_json([event(top => { type => 'message-delivered' }, message => { direction => 'out', tag => '2|0192f0c1a2b3c4d5' })])],
	['an id of 500 characters', encode_json([event(id => $long)])],
	['another id of 500 characters', encode_json([event(id => $long . 'x')])],
	['an id that is a number', '[{"type":"message-received","message":{"id":12345678901234}}]'],
	['a type nobody knows', encode_json([event(top => { type => 'message-teleported' })])],
	['an event without message', '[{"type":"message-received","to":"+19195550100"}]'],
	['a message that is a list', '[{"type":"message-received","to":"+19195550100","message":[]}]'],
	['a number that is not ours', encode_json([event(top => { to => '+13125550000' }, message => { to => ['+13125550000'] })])],
	['nested lists', '[[[[]]]]'],
	['members that clash with ours', '[{"org":2,"__proto__":{},"type":"message-received","message":{"id":"clash","org":2}}]'],
);
for (@taken) {
	my ($name, $body, $count) = @$_;
	my $before = events();
	my $a = $r->callback($body);
	is($a->{status}, 200, "$name is taken: $a->{body}");
	is(events() - $before, $count // 1, "$name is kept");
}

my @refused = (
	['what is not JSON', 'hello'],
	['nothing at all', ''],
	['half of an array', '[{"type":"message-received"'],
	['invalid UTF-8', "[{\"type\":\"message-received\",\"message\":{\"id\":\"u\",\"text\":\"\xff\xfe\"}}]"],
	['duplicate keys', '[{"type":"message-received","type":"message-failed","message":{"id":"dup"}}]'],
	['duplicate keys below', '[{"type":"message-received","message":{"id":"dup","id":"dup2"}}]'],
	['NUL in a key', '[{"ty\u0000pe":1}]'],
	['a control character', "[{\"text\":\"a\x01b\"}]"],
	['nesting without end', '[' x 5000],
	['an integer beyond 64 bits', '[{"message":{"segmentCount":99999999999999999999}}]'],
	['NaN', '[{"errorCode":NaN}]'],
	['bytes after the end', '[] []'],
);
for (@refused) {
	my ($name, $body) = @$_;
	my $before = $r->records('tray');
	my $a = $r->callback($body);
	is($a->{status}, 400, "$name is refused");
	is($a->{headers}{'content-type'}, 'application/json; charset=utf-8', "$name: the answer is JSON");
	cmp_ok(scalar $r->records('tray'), '>', $before, "$name is kept for a person to look at");
	my $kept = $r->records('tray');
	$r->callback($body);
	is(scalar $r->records('tray'), $kept, "$name once more is kept once");
}

# ---- many at once ----------------------------------------------------------------

{
	my $before = events();
	my @many = map { event(id => "many-$_") } 1 .. 250;
	is($r->callback(encode_json(\@many))->{status}, 200, '250 events at once are taken');
	is(events() - $before, 250, 'each is kept');
	is($r->callback(encode_json([@many, event(id => 'many-251')]))->{status}, 200, 'once more, with one new');
	is(events() - $before, 251, 'only the new one is added');
}

# ---- who asks --------------------------------------------------------------------

my $body = encode_json([event()]);
my $count = events();
my $right = $w->{callback_1};
sub flipped {
	my ($password, $bit) = @_;
	substr($password, int($bit / 8), 1) ^= chr(1 << $bit % 8);
	return $password;
}
for my $bit (0, 7, 100, 343) {
	my $a = $r->callback($body, password => flipped($right, $bit));
	is($a->{status}, 401, "the password with bit $bit changed is refused");
	is($a->{headers}{'www-authenticate'}, 'Basic realm="callbacks"', 'and is asked for');
}
is($r->callback($body, password => $w->{callback_2})->{status}, 401, 'the password of another organization is refused');
is($r->callback($body, org => 2, password => $right)->{status}, 401, 'for the other organization too');
is($r->callback($body, password => '')->{status}, 401, 'an empty password is refused');
is($r->callback($body, password => $right . 'x')->{status}, 401, 'a longer password is refused');
is($r->callback($body, headers => FCGI::basic('Bandwidth.com', $right))->{status}, 401, 'another user ID is refused');
is($r->callback($body, headers => { Authorization => "Bearer $right" })->{status}, 401, 'another scheme is refused');
is($r->callback($body, headers => { Authorization => 'Basic !!!' })->{status}, 401, 'what is not base64 is refused');
is($r->callback($body, headers => { Authorization => 'Basic ' . encode_base64('nocolon', '') })->{status}, 401, 'a pair without a colon is refused');
is($r->callback($body, headers => { Authorization => undef })->{status}, 401, 'none at all is refused');
is($r->callback($body, headers => { Authorization => undef }, env => { REMOTE_USER => 'bandwidth.com' })->{status}, 401,
    'the word of the web server is not enough');
is(events(), $count, 'nothing of all that was kept');

sub password { return FCGI::basic('bandwidth.com', hmac(@_)) }
sub hmac { my ($secret, $text) = @_; require Digest::SHA; my $p = Digest::SHA::hmac_sha256_base64($text, $secret); $p .= '=' while length($p) % 4; return $p }
is($r->callback($body, org => 77, password => hmac($r->{settings}{SESSION_SECRET}, 'https://texting.example.org77'))->{status}, 404,
    'an organization that does not exist, with its right password');
is($r->callback($body, org => 77, password => 'wrong')->{status}, 401, 'and with a wrong one');
is($r->request(POST => '/bandwidth/' . $_, body => $body, headers => FCGI::basic('bandwidth.com', 'x'))->{status}, 404, "'$_' is no organization")
    for '0', '01', 'x', '4294967296', '-1', '1/', '';

# Addresses and secrets of before.
is($r->callback($body, headers => password($r->{settings}{SESSION_SECRET}, 'https://old.example.org/spoke1'))->{status}, 200, 'the password made from the previous address');
is($r->callback($body, headers => password('the-former-secret-of-the-tests-9876543210', 'https://texting.example.org1'))->{status}, 200, 'the password made from the previous secret');
is($r->callback($body, env => { REQUEST_URI => '/spoke/bandwidth/1' })->{status}, 200, 'the path of the previous address');
is($r->callback($body, headers => { Authorization => undef }, env => { REDIRECT_HTTP_AUTHORIZATION => FCGI::basic('bandwidth.com', $right)->{Authorization} })->{status}, 200,
    'credentials that Apache passes under another name');
is($r->callback($body, headers => { Authorization => '' }, env => { REDIRECT_HTTP_AUTHORIZATION => FCGI::basic('bandwidth.com', $right)->{Authorization} })->{status}, 200,
    'an empty one does not hide the other');
is($r->callback($body, type => 'text/plain')->{status}, 200, 'another content type loses no event');

# The marks on the settings page, at most one a second.
sleep 1;
$r->callback($body, password => 'wrong') for 1 .. 50;
my ($mark) = grep { /refused/ } map { $r->records($_) } qw(meta counters);
like($mark // '', qr/the callback user ID or password is wrong/, 'the refused callback is on record');
like($mark // '', qr/192\.0\.2\.7/, 'with its address');
{
	# What was counted and is not written down yet, waits in the process.
	my $name = unpack 'H*', 'callback-401';
	my $counted = sub { return (map { /^counters\t00000001$name\w*\t(\d+)$/ ? $1 : () } split /\n/, $r->seed('dump'))[0] // 0 };
	my ($before, @written) = ($counted->());
	for (1 .. 2) {
		$r->callback($body, password => 'wrong') for 1 .. 200;
		push @written, $counted->() - $before;
	}
	ok($written[0] < 200 || $written[1] < 400, 'hundreds of them are not each written down') or diag "@written";
}
like($r->log, qr/hides Authorization|without a user ID/, 'a missing header is called that in the log, not a wrong password');

# ---- lengths ---------------------------------------------------------------------

is($r->callback($body, length => length($body) + 10)->{status}, 400, 'a short body is refused');
is($r->callback($body, length => undef)->{status}, 411, 'a missing length is refused');
is($r->callback($body, length => '')->{status}, 411, 'an empty length is refused');
is($r->callback($body, length => '-1')->{status}, 400, 'a negative length is refused');
is($r->callback($body, length => '12abc')->{status}, 400, 'a length that is no number is refused');
is($r->callback($body, length => '99999999999999999999999')->{status}, 400, 'a length beyond all numbers is refused');
is($r->callback($body, length => 4 * 1024 * 1024 + 1)->{status}, 413, 'a body above 4 MiB is refused before it is read');
{
	my $a = $r->callback(encode_json([event(message => { text => 'x' x 4_000_000 })]));
	is($a->{status}, 200, 'just below it is taken');
	my $c = $r->begin(POST => '/bandwidth/1', length => 21_000_000, body => '[' . '1,' x 100_000, open => 1, type => 'application/json');
	is(FCGI::finish($c, 5)->{status}, 401, '21 MB without credentials are refused before they have come');
}

# ---- larger than Bandwidth's --------------------------------------------------------

# Whoever has the callback password must not be able to make pages and lists that nobody can open.
# It says nothing about threads, and takes minutes where each access to memory is looked at.
if (!$ENV{SPOKE_TEST_THREADS}) {
	my ($pid) = $r->{pids}[-1];
	my $peak = sub { open my $f, '<', "/proc/$pid/status"; my ($kb) = join('', <$f>) =~ /^VmHWM:\s*(\d+)/m; return $kb };
	my $owner = { Cookie => $r->sign_in('owner@example.org')->{cookie} };
	my $get = sub { my ($path) = @_; return $r->request(GET => $path, headers => $owner) };
	my $list = sub { return $r->request(GET => "/api/orgs/1/messages?direction=in&limit=200$_[0]", headers => { Authorization => "Bearer $w->{read}" })->{json} };
	my ($before, $messages, $waiting) = ($peak->(), scalar $r->records('messages'), scalar(() = says('larger than any of Bandwidth')));
	is($r->callback(encode_json([event(message => { text => '<' x 3_900_000 })]))->{status}, 200, 'a text of 4 MB is taken') for 1 .. 3;
	is($r->callback(encode_json([event(top => { type => 'odd' }, message => { text => '"' x 1_900_000 })]))->{status}, 200, 'so is an odd event') for 1 .. 2;
	is($r->callback($_ x 4_000_000)->{status}, 400, sprintf 'and four million times %02x are no JSON', ord) for "\x01", "\xff", '"';
	is($r->callback(encode_json([event(message => { from => '+19195550155', text => 'STOP' . ' ' x 100_000 })]))->{status}, 200, 'and a STOP in a large one');
	is($r->callback(encode_json([event(message => { to => ['+19195550100', map { sprintf '+1212%07d', $_ } 1 .. 200_000] })]))->{status}, 200, 'and a group of 200,000');
	is($r->callback(encode_json([event(message => { to => ['+19195550100', map { sprintf '%03x', $_ } 1 .. 4000] })]))->{status}, 200, 'and one of 4,000 short words');
	is(scalar $r->records('messages'), $messages, 'none of them becomes a message');
	is(scalar(() = says('larger than any of Bandwidth')) - $waiting, 6, 'they wait for a person to look at');
	ok((grep { /5550155/ && /"opted_out":true/ } $r->records('contacts')), 'but the STOP counts');
	is($r->callback(encode_json([event(message => { media => [map { "https://example.org/$_/" . 'x' x 200 } 1 .. 90], text => '<' x 3000 })]))->{status}, 200, 'many as large as they may be') for 1 .. 60;
	is($r->callback(encode_json([event(message => { to => ['+19195550100', map { sprintf '+1212555%04d', $_ } 1 .. 99] })]))->{status}, 200, 'and a group as large as may be');
	my $escaped = encode_json([event(message => { text => 'FACES' })]) =~ s/FACES/'\\ud83d\\ude00' x 5000/er;
	is($r->callback($escaped)->{status}, 200, sprintf 'and 5,000 faces, written in %d bytes', length $escaped);
	is(scalar $r->records('messages'), $messages + 62, 'these are messages');
	cmp_ok($peak->() - $before, '<', 1_000_000, 'all that needs no great memory: ' . $peak->() . ' KiB');
	for my $path ('/admin/1/messages', '/admin/1/messages?contact=%2B19195550199', '/admin/1/look', '/admin/1/messages?direction=in') {
		my $a = $get->($path);
		is($a->{status}, 200, "$path opens");
		cmp_ok(length $a->{body}, '<', 1_000_000, 'and is no burden');
	}
	like($get->('/admin/1/look')->{body}, qr/These are the first of \d+ bytes\. All of it: <code>spokectl tray 1 --raw/, 'the page shows how they begin');
	my (%seen, $pages);
	for (my $next = ''; defined $next && $pages++ < 50;) {
		my $answer = $list->($next) or last;
		$seen{$_->{id}}++ for @{$answer->{messages}};
		$next = defined $answer->{next} ? "&cursor=$answer->{next}" : undef;
	}
	is(scalar(grep { $_ > 1 } values %seen), 0, 'a list that would be too large goes on in the next');
	is(scalar keys %seen, scalar(grep { !/"out":true/ } $r->records('messages')), 'without leaving any out');
	cmp_ok($pages, '>', 1, 'which it was');
	my ($after, $changes) = ('c0', {});
	for (1 .. 60) {
		my $answer = $r->request(GET => "/api/orgs/1/messages?order=oldest&limit=200&cursor=$after", headers => { Authorization => "Bearer $w->{read}" })->{json} or last;
		$changes->{$_->{id}}++ for @{$answer->{messages}};
		last if $answer->{next} eq $after;
		$after = $answer->{next};
	}
	is(scalar keys %$changes, scalar(my @all = $r->records('messages')), 'in the order of changes, too');
}

is($r->request(GET => '/healthz')->{status}, 200, 'after all that it answers');
is($r->stop, 0, 'and ends in order');
my $log = $r->log;
unlike($log, qr/\Q$right\E|Hello|919555019/, 'neither password, text nor a whole number is in the log');
unlike($log, qr/runtime error|AddressSanitizer|ThreadSanitizer/, 'no sanitizer complains');
done_testing();
