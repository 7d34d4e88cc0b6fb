#!/usr/bin/perl
# sim.t: the simulator is as strict as Bandwidth's specification, and every
# fault it can be told to make really happens.  Black box: a real client, a
# real callback receiver, sockets.  Run with prove; $BUILD is the build tree.
use strict;
use warnings;
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $BUILD = $ENV{BUILD} // '.';
my $PROGRAM = "$BUILD/tests/sim/bandwidth-sim";
my $ACCOUNT = '9900000';
my $APP = '93de2206-9669-4e07-948d-329f4b722ee2';
my $APP2 = 'cfd4fb83-7531-4acc-b471-42d0bb76a65c';
my $FROM = '+19195550100';
my $TO = '+19195551234';
my $json = JSON::PP->new->utf8->canonical;
my $dir = tempdir(CLEANUP => 1);
my ($sim, $receiver, $base, $callbacks);

END {
	my $status = $?;
	for my $pid (grep { $_ } $sim, $receiver) {
		kill 'TERM', $pid;
		waitpid $pid, 0;
	}
	$? = $status;
}

# ---- the callback receiver ------------------------------------------------

my $log = "$dir/callbacks";

sub read_request {
	my ($s) = @_;
	my ($head, $body) = ('', '');
	while ($head !~ /\r\n\r\n/) {
		sysread($s, $head, 1, length $head) or return;
	}
	my ($length) = $head =~ /^content-length: *(\d+)/mi;
	while (length $body < ($length // 0)) {
		sysread($s, $body, $length - length $body, length $body)
		    or last;
	}
	return ($head, $body);
}

# What the receiver answers depends on the path alone.
sub receiver_answer {
	my ($path, $head, $n) = @_;
	return (503, '') if $path =~ /^.fail(\d+)/ && $n <= $1;
	return (302, "Location: http://127.0.0.1:1/\r\n")
	    if $path =~ /^.redirect/;
	if ($path =~ /^.challenge/ && $head !~ /^authorization: basic/mi) {
		return (401, qq{WWW-Authenticate: Basic realm="x"\r\n});
	}
	return (401, '') if $path =~ /^.mute/ &&
	    $head !~ /^authorization: basic/mi;
	sleep 2 if $path =~ /^.slow/ && $n == 1;
	sleep 0.3 if $path =~ /^.busy/;
	return (204, '');
}

sub receiver_main {
	my ($listen) = @_;
	my %seen;
	local $SIG{CHLD} = 'IGNORE';
	while (my $s = $listen->accept) {
		my ($head, $body) = read_request($s) or next;
		my ($path) = $head =~ /^POST (\S+)/;
		$path //= '/';
		my $n = ++$seen{$path};
		open my $f, '>>', $log or die $!;
		syswrite $f, $json->encode({ path => $path, head => $head,
		    body => $body, time => time }) . "\n";
		close $f;
		next if fork;
		my ($status, $more) = receiver_answer($path, $head, $n);
		print $s "HTTP/1.1 $status X\r\n${more}Content-Length: 0\r\n" .
		    "Connection: close\r\n\r\n";
		close $s;
		POSIX::_exit(0);
	}
}

sub start_receiver {
	my $listen = IO::Socket::INET->new(Listen => 50,
	    LocalAddr => '127.0.0.1', ReuseAddr => 1) or die $!;
	$callbacks = 'http://127.0.0.1:' . $listen->sockport;
	$receiver = fork // die $!;
	if ($receiver == 0) {
		$SIG{TERM} = sub { POSIX::_exit(0) };
		receiver_main($listen);
		POSIX::_exit(0);
	}
}

sub received {
	my ($path) = @_;
	open my $f, '<', $log or return wantarray ? () : 0;
	return grep { $_->{path} eq $path } map { $json->decode($_) } <$f>;
}

sub events {
	my @all = map { @{$json->decode($_->{body})} } received(@_);
	return @all;
}

# ---- the client -----------------------------------------------------------

my $http = HTTP::Tiny->new(timeout => 90, keep_alive => 1);
my $token = '';

sub request {
	my ($method, $path, $body, %h) = @_;
	$h{'content-type'} //= 'application/json; charset=utf-8'
	    if defined $body;
	delete $h{$_} for grep { !defined $h{$_} } keys %h;
	my $r = $http->request($method, "$base$path",
	    { headers => \%h, defined $body ? (content => $body) : () });
	$r->{json} = eval { $json->decode($r->{content}) };
	return $r;
}

sub control {
	my ($path, $o) = @_;
	my $r = request($o ? ('POST', "/_sim/$path", $json->encode($o)) :
	    ('GET', "/_sim/$path"));
	return $r->{json};
}

sub bearer { (authorization => 'Bearer ' . ($_[0] // $token)) }
sub basic { (authorization => 'Basic ' . encode_base64("$_[0]:$_[1]", '')) }

sub ask_token {
	my ($id, $secret, %h) = @_;
	return request('POST', '/api/v1/oauth2/token',
	    'grant_type=client_credentials', basic($id, $secret),
	    'content-type' => 'application/x-www-form-urlencoded', %h);
}

sub message {
	return { applicationId => $APP, to => [$TO], from => $FROM,
	    text => 'Hello', @_ };
}

sub post {
	my ($o, %h) = @_;
	return request('POST', "/api/v2/users/$ACCOUNT/messages",
	    ref $o ? $json->encode($o) : $o, bearer(), %h);
}

sub list {
	my ($query, %h) = @_;
	return request('GET', "/api/v2/users/$ACCOUNT/messages$query", undef,
	    bearer(), %h);
}

sub fault { control('faults', [@_]) }

sub reset_all {
	control('reset', {});
	unlink $log;
}

sub wait_for {
	my ($query) = @_;
	return control("wait?timeout_ms=60000&$query")->{ok};
}

# A raw connection: what comes back until its end.
sub raw {
	my ($text, $timeout) = @_;
	my ($port) = $base =~ /(\d+)$/;
	my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $port) or return "refused: $!";
	local $SIG{PIPE} = 'IGNORE';
	print $s $text or return "\nreset";
	my ($got, $select) = ('', IO::Select->new($s));
	while ($select->can_read($timeout // 60)) {
		my $n = sysread($s, $got, 65536, length $got);
		return defined $n ? $got : "$got\nreset" if !$n;
	}
	return "$got\nopen";
}

sub raw_post {
	my ($body, $timeout) = @_;
	return raw("POST /api/v2/users/$ACCOUNT/messages HTTP/1.1\r\n" .
	    "Host: x\r\nAuthorization: Bearer $token\r\n" .
	    "Content-Type: application/json\r\nConnection: close\r\n" .
	    'Content-Length: ' . length($body) . "\r\n\r\n$body", $timeout);
}

sub start_sim {
	open my $f, '>', "$dir/pw" or die $!;
	print $f "callback secret\n";
	close $f;
	pipe my $r, my $w or die $!;
	$sim = fork // die $!;
	if ($sim == 0) {
		POSIX::dup2(fileno $w, 1);
		exec $PROGRAM, '--port', '0', '--port-file', "$dir/port",
		    '--account', $ACCOUNT, '--application', $APP,
		    '--callback-url', "$callbacks/cb", '--callback-user',
		    'bandwidth.com', '--callback-password-file', "$dir/pw",
		    '--client-id', 'client', '--client-secret', 'secret',
		    '--api-user', 'user', '--api-password', 'password',
		    '--number', "$FROM-+19195550109", '--receipt-delay-ms',
		    '20', '--set', 'retry_factor=0.02' or POSIX::_exit(9);
	}
	close $w;
	my $line = <$r> // '';
	($base) = $line =~ m{^listening on (http://127\.0\.0\.1:\d+)$};
	die "no simulator: $line" if !$base;
	open my $p, '<', "$dir/port" or die $!;
	chomp(my $port = <$p>);
	like $base, qr/:$port$/, 'the port file holds the port it prints';
}

sub field_errors {
	my ($r) = @_;
	return join ' ', sort map { $_->{fieldName} }
	    @{$r->{json}{fieldErrors} // []};
}

# ---- tests ----------------------------------------------------------------

start_receiver();
start_sim();

subtest 'token endpoint' => sub {
	my $r = ask_token('client', 'secret');
	is $r->{status}, 200, 'credentials give a token';
	$token = $r->{json}{access_token};
	is $r->{json}{token_type}, 'bearer', 'token_type';
	is $r->{json}{expires_in}, 3600, 'expires_in';
	my (undef, $payload) = split /\./, $token;
	$payload =~ tr{-_}{+/};
	my $claims = $json->decode(decode_base64($payload));
	is_deeply $claims->{accounts}, [$ACCOUNT], 'the JWT names accounts';
	ok !$claims->{express} && @{$claims->{roles}} &&
	    $claims->{exp} > time, 'and roles, express, exp';
	$r = ask_token('client', 'wrong');
	is $r->{status}, 401, 'a wrong secret is 401';
	ok $r->{json}{error}, 'with JSON';
	is ask_token('user', 'password')->{status}, 401,
	    'an API user is not a client';
	is ask_token('client', 'secret', 'content-type' =>
	    'application/json')->{status}, 415, 'it must be a form';
	is request('POST', '/api/v1/oauth2/token', 'grant_type=password',
	    basic('client', 'secret'), 'content-type' =>
	    'application/x-www-form-urlencoded')->{status}, 400,
	    'of the right grant';
	fault({ where => 'token', status => 429, empty => JSON::PP::true });
	$r = ask_token('client', 'secret');
	is_deeply [$r->{status}, $r->{content}, $r->{headers}{'content-type'}],
	    [429, '', undef], '429 has no body and no type';
};

subtest 'credentials on the API' => sub {
	is post(message())->{status}, 202, 'a token is taken';
	is post(message(), basic('user', 'password'))->{status}, 202,
	    'an API user is taken';
	my $r = post(message(), authorization => undef);
	is $r->{status}, 401, 'nothing is 401';
	is_deeply $r->{json}, { type => 'unauthorized',
	    description => 'Authentication Failed' }, 'as published';
	is post(message(), basic('user', 'Password'))->{status}, 401,
	    'the password is case-sensitive';
	is post(message(), basic('client', 'secret'))->{status}, 401,
	    'client credentials are no API user';
	is post(message(), bearer('x.y.z'))->{status}, 401, 'unknown token';
	control('config', { accounts => [{ id => '9900001' }], clients =>
	    [{ id => 'other', secret => 's', accounts => ['9900001'] }] });
	my $other = ask_token('other', 's')->{json}{access_token};
	$r = post(message(), bearer($other));
	is $r->{status}, 403, 'a token of another account is 403';
	is_deeply $r->{json}, { type => 'forbidden',
	    description => 'Access Denied' }, 'as published';
	control('config', { clients => [{ id => 'other',
	    accounts => [$ACCOUNT], express => JSON::PP::true }] });
	is post(message(), bearer($other))->{status}, 403,
	    'an express account cannot message';
	control('config', { settings => { token_seconds => 2 } });
	my $short = ask_token('client', 'secret')->{json}{access_token};
	is post(message(), bearer($short))->{status}, 202, 'a short token';
	sleep 2.1;
	is post(message(), bearer($short))->{status}, 401, 'expires';
	control('config', { settings => { token_seconds => 3600 } });
	fault({ where => 'messages', expire_token => JSON::PP::true });
	is post(message())->{status}, 401, 'a token can be ended by script';
	is post(message())->{status}, 401, 'and stays ended';
	$token = ask_token('client', 'secret')->{json}{access_token};
	is post(message())->{status}, 202, 'a new one works';
	control('expire', {});
	is post(message())->{status}, 401, 'all can be ended at once';
	$token = ask_token('client', 'secret')->{json}{access_token};
};

subtest 'paths and methods' => sub {
	my $r = request('POST', "/api/v2/users/$ACCOUNT/messages/happy", '{}',
	    bearer());
	is $r->{status}, 404, 'a wrong path is 404';
	is_deeply [sort keys %{$r->{json}}],
	    [qw(error message path status timestamp)],
	    'with a body of the Spring kind';
	is $r->{json}{path}, "/api/v2/users/$ACCOUNT/messages/happy",
	    'that names the path';
	is request('PUT', "/api/v2/users/$ACCOUNT/messages", '{}',
	    bearer())->{status}, 405, 'a wrong method is 405';
	is control('ledger?kind=requests')->{requests}[-1]{status}, 405,
	    'both are in the ledger';
};

subtest 'create message: the 202' => sub {
	reset_all();
	my $media = ['https://example.org/a.png'];
	my $r = post(message(tag => 't1', priority => 'high',
	    media => $media, expiration => '2099-01-01T00:00:00-05:00'));
	is $r->{status}, 202, 'a full message is accepted';
	my $a = $r->{json};
	like delete $a->{time}, qr/^\d{4}-\d\d-\d\dT[\d:]+\.(\d{3}|\d{6})Z$/,
	    'time';
	ok delete $a->{id}, 'id';
	is_deeply $a, { owner => $FROM, applicationId => $APP,
	    segmentCount => 1, direction => 'out', to => [$TO],
	    from => $FROM, text => 'Hello', media => $media, tag => 't1',
	    priority => 'high', expiration => '2099-01-01T00:00:00-05:00' },
	    'all else as published';
	my @ids = map { post(message())->{json}{id} } 1 .. 4;
	is scalar(grep { /^\d{13}[0-9a-z]{15}$/ } @ids), 2,
	    'half of the ids are digits and letters';
	is scalar(grep { /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/ } @ids),
	    2, 'the others are UUIDs';
	is post(message(extra => 1))->{status}, 202,
	    'an unknown field is tolerated';
	is_deeply control('ledger?kind=messages')->{messages}[-1]
	    {unknown_fields}, ['extra'], 'and recorded';
};

subtest 'create message: refusals' => sub {
	my $r = post($json->encode(message()), 'content-type' => 'text/plain');
	is $r->{status}, 415, 'another content type';
	is_deeply $r->{json}, { type => 'unsupported-content-type',
	    description => "Content type 'text/plain' not supported. " .
	    "Please use 'application/json'" }, 'as published';
	is post(message(), accept => 'text/html')->{status}, 406,
	    'another Accept';
	for my $bad ('', '{', '[]', '"x"', "{'to':1}", '{"a":1,}', '{} x',
	    '{"a":NaN}', "{\"a\":\"\xff\"}", '{"a":01}', "{\"a\":\"\t\"}",
	    '/**/{}') {
		is post($bad)->{status}, 400, "not a JSON object: $bad";
	}
	my $u = "\x{1F600}";
	my @cases = (
		[{ applicationId => undef }, 'applicationId'],
		[{ applicationId => 'x' }, 'applicationId'],
		[{ applicationId => $APP2 }, 'applicationId'],
		[{ from => '+invalid' }, 'from'],
		[{ from => '9195550100' }, 'from'],
		[{ from => 'Twelve chars' }, 'from'],
		[{ from => 1 }, 'from'],
		[{ to => $TO }, 'to'],
		[{ to => [] }, 'to'],
		[{ to => ['9195551234'] }, 'to'],
		[{ to => ['+1919555123'] }, 'to'],
		[{ to => ['+0919555123'] }, 'to'],
		[{ to => [$TO, $TO] }, 'to'],
		[{ to => [map { "+1919555120$_" } 0 .. 9, 10] }, 'to to'],
		[{ text => 'x' x 2049 }, 'text'],
		[{ text => $u x 1025 }, 'text'],
		[{ text => '' }, 'text'],
		[{ text => "a\0b" }, 'text text'],
		[{ text => undef }, 'text text'],
		[{ media => 'https://example.org/a' }, 'media'],
		[{ media => ['ftp://example.org/a'] }, 'media'],
		[{ media => ['https://example.org/' . 'a' x 4097] }, 'media'],
		[{ media => [map { "https://example.org/$_" } 1 .. 11] },
		    'media'],
		[{ tag => 'x' x 1025 }, 'tag'],
		[{ tag => 7 }, 'tag'],
		[{ priority => 'urgent' }, 'priority'],
		[{ expiration => '2001-01-01T00:00:00Z' }, 'expiration'],
		[{ expiration => '2099-01-01 00:00:00' }, 'expiration'],
		[{ expiration => '2099-02-30T00:00:00Z' }, 'expiration'],
		[{ from => 'x@', to => ['y'] }, 'from to'],
	);
	for my $case (@cases) {
		my ($change, $fields) = @$case;
		my $what = substr $json->encode($change), 0, 60;
		$r = post(message(%$change));
		is $r->{status}, 400, "400: $what";
		is field_errors($r), $fields, "names $fields";
	}
	for my $field (qw(applicationId to from text)) {
		my $m = message();
		delete $m->{$field};
		is field_errors(post($m)), $field, "$field is required";
	}
	$r = post(message(from => '+invalid'));
	is_deeply $r->{json}, { type => 'request-validation', description =>
	    'Your request could not be accepted', fieldErrors => [{
	    fieldName => 'from', description => "'+invalid' must be " .
	    'replaced with a valid E164 formatted telephone number' }] },
	    'the 400 is as published';
	for my $good ({ text => 'x' x 2048 }, { text => $u x 1024 },
	    { tag => 'x' x 1024 }, { from => '12345' }, { from => 'My Org' },
	    { media => [map { "https://example.org/$_" } 1 .. 10] },
	    { to => [map { "+1919555120$_" } 0 .. 9] },
	    { to => ['+4915112345678'] }) {
		is post(message(%$good))->{status}, 202, 'taken: ' .
		    substr $json->encode($good), 0, 50;
	}
};

subtest 'segments' => sub {
	my $euro = "\x{20ac}";
	my @cases = (['x' x 160, 1], ['x' x 161, 2], ['x' x 306, 2],
	    ['x' x 307, 3], [$euro x 80, 1], ["x$euro" . 'x' x 158, 2],
	    ["\x{4e00}" x 70, 1], ["\x{4e00}" x 71, 2],
	    ["\x{4e00}" x 134, 2], ["\x{1F600}" x 35, 1],
	    ["\x{1F600}" x 36, 2], ['`', 1], ['`' x 71, 2],
	    ["\x{e9}" x 160, 1], [('x' x 152 . '{') . ('x' x 152 . '{'), 3]);
	for my $case (@cases) {
		is post(message(text => $case->[0]))->{json}{segmentCount},
		    $case->[1], length($case->[0]) . ' characters: ' .
		    $case->[1];
	}
	is post(message(text => 'x' x 400, media =>
	    ['https://example.org/a']))->{json}{segmentCount}, 1,
	    'an MMS is one';
	is post(message(text => 'x' x 400, to => [$TO, '+19195551235']))
	    ->{json}{segmentCount}, 1, 'so is a group';
};

subtest 'delivery receipt' => sub {
	reset_all();
	my $id = post(message(tag => 'tag-1'))->{json}{id};
	# One of an earlier text may still be under way.
	my $got;
	for (1 .. 600) {
		last if ($got) = grep { $_->{body} =~ /tag-1/ } received('/cb');
		sleep 0.1;
	}
	ok $got, 'the callback is taken' or return;
	like $got->{head}, qr/^Content-Type: application\/json; charset=utf-8\r$/m,
	    'content type';
	like $got->{head}, qr/^User-Agent: BandwidthAPI\/v2\r$/m, 'agent';
	my $b64 = encode_base64('bandwidth.com:callback secret', '');
	like $got->{head}, qr/^Authorization: Basic \Q$b64\E\r$/m,
	    'Basic credentials, at once';
	my $body = $json->decode($got->{body});
	is ref $body, 'ARRAY', 'the body is an array';
	is scalar @$body, 1, 'of one event';
	my ($e, $m) = ($body->[0], $body->[0]{message});
	is $e->{type}, 'message-delivered', 'type';
	is $e->{to}, $TO, 'to is a text';
	ok !exists $e->{errorCode}, 'no errorCode';
	is_deeply [@$m{qw(id from text tag direction applicationId)}],
	    [$id, $FROM, '', 'tag-1', 'out', $APP], 'message, without text';
	is_deeply $m->{to}, [$TO], 'message.to is an array';
	like $e->{time}, qr/\.\d{6}Z$/, 'microseconds';
	is list("?messageId=$id")->{json}{messages}[0]{messageStatus},
	    'DELIVERED', 'the list says so too';
};

subtest 'outcomes' => sub {
	reset_all();
	is post(message(from => '+12025550100', tag => 'foreign'))->{status},
	    202, 'a number that is not ours is accepted';
	post(message(text => 'fail 4720', tag => 'magic'));
	post(message(to => ['+19995554775'], tag => 'magic number'));
	fault({ where => 'messages', match => { tag => 'scripted' },
	    code => 4770 });
	post(message(tag => 'scripted'));
	post(message(text => 'no receipt', tag => 'none'));
	ok wait_for('callbacks_ok=4'), 'four receipts';
	my %code = map { $_->{message}{tag} => $_->{errorCode} } events('/cb');
	is_deeply \%code, { foreign => 4403, magic => 4720,
	    'magic number' => 4775, scripted => 4770 }, 'failures with codes';
	is scalar(grep { $_->{type} eq 'message-failed' } events('/cb')), 4,
	    'all message-failed';
	is list('?errorCode=4403')->{json}{totalCount}, 1, 'listed with code';
	control('config', { applications => [{ id => $APP,
	    assigned => JSON::PP::false }] });
	is post(message(tag => 'nowhere'))->{status}, 202,
	    'an application without location: accepted';
	control('config', { applications => [{ id => $APP,
	    assigned => JSON::PP::true }] });
	sleep 0.3;
	ok !grep({ $_->{message}{tag} =~ /nowhere|none/ } events('/cb')),
	    'and silent';
};

subtest 'group and MMS' => sub {
	reset_all();
	control('config', { applications => [{ id => $APP, callback_types =>
	    [qw(message-sending message-sent message-delivered
	    message-failed)] }] });
	my $id = post(message(to => [$TO, '+19195551235'], media =>
	    ['https://example.org/a.png']))->{json}{id};
	ok wait_for('callbacks_ok=6'), 'three events for each recipient';
	my @e = events('/cb');
	is_deeply { map { ("$_->{type} $_->{to}" => 1) } @e },
	    { map { my $t = $_; map { ("message-$t $_" => 1) } $TO,
	    '+19195551235' } qw(sending sent delivered) }, 'which ones';
	is_deeply [grep { $_->{message}{id} ne $id ||
	    @{$_->{message}{to}} != 2 } @e], [],
	    'all of one id, with all recipients';
	reset_all();
	post(message());
	ok wait_for('callbacks_ok=2'), 'an SMS';
	sleep 0.1;
	is scalar(grep { $_->{type} eq 'message-sending' } events('/cb')), 0,
	    'has no message-sending';
	control('config', { applications => [{ id => $APP, callback_types =>
	    [qw(message-delivered message-failed)] }] });
};

subtest 'account queue' => sub {
	reset_all();
	control('config', { accounts => [{ id => $ACCOUNT, rate => 0.5,
	    capacity => 3 }] });
	is post(message(text => 'x' x 300))->{status}, 202, 'two segments';
	is post(message())->{status}, 202, 'and one';
	my $r = post(message());
	is $r->{status}, 429, 'the fourth has no room';
	is $r->{json}{type}, 'max-message-queue-size-exceeded', 'type';
	like $r->{json}{description}, qr/allowed rate is 30 messages per minute\. The capacity of this queue is 3 messages/,
	    'rate and capacity in prose';
	is $r->{headers}{'retry-after'}, undef, 'no Retry-After';
	is list('?messageStatus=QUEUED')->{json}{totalCount}, 1,
	    'the second waits';
	sleep 2.2;
	is post(message())->{status}, 202, 'later there is room';
	control('config', { accounts => [{ id => $ACCOUNT, rate => 0.01,
	    capacity => 9 }] });
	post(message());
	my $soon = POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 30));
	is post(message(expiration => $soon, tag => 'late'))->{status}, 202,
	    'one that will expire in the queue is accepted';
	control('hurry', {});
	ok wait_for('callbacks_ok=5'), 'all end';
	my ($late) = grep { ($_->{message}{tag} // '') eq 'late' }
	    events('/cb');
	is $late->{errorCode}, 4360, 'and fails';
	control('config', { accounts => [{ id => $ACCOUNT, rate => 0 }] });
};

subtest 'list messages' => sub {
	reset_all();
	post(message(to => [sprintf '+1919555%04d', $_], text => 'secret',
	    tag => 'hidden')) for 1 .. 5;
	control('inbound', { from => $TO, to => $FROM, text => 'in' });
	is list('')->{status}, 400, 'one parameter is required';
	my $all = list('?sourceTn=%2B19195550100');
	is $all->{status}, 200, 'by source';
	is $all->{json}{totalCount}, 5, 'all five';
	is_deeply [grep { exists $_->{text} || exists $_->{tag} }
	    @{$all->{json}{messages}}], [], 'neither text nor tag';
	is $all->{json}{messages}[0]{destinationTn}, '+19195550005',
	    'newest first';
	is list('?destinationTn=%2B19195550002,%2B19195550003')->{json}
	    {totalCount}, 2, 'two numbers';
	is list('?destinationTn=%2B1919555000')->{json}{totalCount}, 5,
	    'a prefix';
	is list('?messageDirection=INBOUND')->{json}{messages}[0]
	    {messageStatus}, 'RECEIVED', 'inbound';
	is list('?messageType=mms')->{json}{totalCount}, 0, 'by type';
	is list('?sort=destinationTn:asc&messageDirection=OUTBOUND')->{json}
	    {messages}[0]{destinationTn}, '+19195550001', 'sorted';
	my $page = list('?messageDirection=OUTBOUND&limit=2')->{json};
	my (@got, $n);
	while (1) {
		push @got, map { $_->{messageId} } @{$page->{messages}};
		my $next = $page->{pageInfo}{nextPageToken} or last;
		$page = list('?messageDirection=OUTBOUND&limit=2&pageToken=' .
		    ($next =~ s/=/%3D/gr))->{json};
		last if ++$n > 5;
	}
	my %once = map { $_ => 1 } @got;
	is_deeply [scalar @got, scalar keys %once], [5, 5],
	    'pages hold each message once';
	my $from = POSIX::strftime('%Y-%m-%dT%H:%M:%S', gmtime(time - 60));
	is list("?fromDateTime=$from.000Z")->{json}{totalCount}, 6,
	    'by time, with milliseconds';
	is list("?fromDateTime=${from}Z")->{status}, 400,
	    'without them it is 400';
	for my $bad ('sourceTn=+19195550100', 'sourceTn=1919', 'limit=0',
	    'messageStatus=sent', 'messageDirection=OUT', 'messageType=SMS',
	    'limit=10001', 'errorCode=x', 'fromDate=x', 'pageToken=x',
	    'sort=tag:asc', 'sort=sourceTn', 'messageId=%zz',
	    'fromDateTime=2020-01-01T00:00:00.000Z', 'limitTotalCount=1',
	    'destinationTn=' . join ',', map { "%2B1919555120$_" } 0 .. 10) {
		is list("?$bad")->{status}, 400, "refused: $bad";
	}
	fault({ where => 'list', status => 429 });
	my $r = list('?limit=1');
	is $r->{status}, 429, 'answer 429';
	is $r->{headers}{'retry-after'}, 300, 'with Retry-After';
	is $r->{json}{type}, 'rate_limit_exceeded', 'as published';
	control('config', { settings => { list_limit => 1 } });
	is list('?limit=1')->{status}, 429, 'the limit counts by itself, too';
	control('config', { settings => { list_limit => 3500,
	    list_lag_ms => 60000 } });
	is list('?messageDirection=INBOUND')->{json}{totalCount}, 0,
	    'the list can lag';
	control('config', { settings => { list_lag_ms => 0 } });
};

subtest 'media' => sub {
	reset_all();
	my $m = "/api/v2/users/$ACCOUNT/media";
	my $bytes = join '', map { chr } 0 .. 255;
	is request('PUT', "$m/dir/a.png", $bytes, bearer(), 'content-type' =>
	    'image/png')->{status}, 204, 'an upload';
	my $r = request('GET', "$m/dir/a.png", undef, bearer());
	is_deeply [$r->{status}, $r->{content}], [200, $bytes],
	    'comes back, slash and all';
	is request('GET', "$m/dir%2Fa.png", undef, bearer())->{status}, 404,
	    'an encoded slash does not find it';
	is request('GET', "$m/dir/a.png")->{status}, 401,
	    'credentials are needed';
	$r = request('GET', $m, undef, bearer());
	is_deeply [map { "$_->{mediaName} $_->{contentLength}" }
	    @{$r->{json}}], ['dir/a.png 256'], 'the list';
	is request('DELETE', "$m/dir/a.png", undef, bearer())->{status}, 204,
	    'deleted';
	is request('GET', "$m/dir/a.png", undef, bearer())->{status}, 404,
	    'is gone';
	is request('DELETE', "$m/dir/a.png", undef, bearer())->{status}, 404,
	    'and cannot be deleted again';
};

subtest 'inbound' => sub {
	reset_all();
	my $o = control('inbound', { from => $TO, to => $FROM,
	    text => "caf\x{e9}", wait_ms => 60000 });
	is_deeply $o->{status}, [204], 'the answer is reported';
	my ($e) = events('/cb');
	is $e->{type}, 'message-received', 'type';
	is_deeply [@{$e->{message}}{qw(owner from direction text id)}],
	    [$FROM, $TO, 'in', "caf\x{e9}", $o->{ids}[0]], 'message';
	unlink $log;
	$o = control('inbound', { from => $TO, to => [$FROM, '+19195550101',
	    '+12025550199'], text => '', wait_ms => 60000, media => [
	    'https://example.org/a', { name => 'bw.png', base64 =>
	    encode_base64("\x89PNG", ''), content_type => 'image/png' }] });
	is_deeply $o->{status}, [204, 204],
	    'a group: one copy for each own number';
	my @e = events('/cb');
	is_deeply [sort map { $_->{to} } @e], [$FROM, '+19195550101'],
	    'the top-level to is the own number';
	isnt $e[0]{message}{id}, $e[1]{message}{id}, 'with ids of their own';
	my $url = $e[0]{message}{media}[1];
	like $url, qr{/media/\Q$e[0]{message}{id}\E/1/bw\.png$}, 'media URL';
	is request('GET', substr($url, length $base), undef, bearer())
	    ->{content}, "\x89PNG", 'that gives the bytes';
	unlink $log;
	$o = control('callback', { application => $APP, body => 'not json',
	    content_type => 'text/plain', wait_ms => 60000 });
	is_deeply $o->{status}, [204], 'a raw body';
	is +(received('/cb'))[0]{body}, 'not json', 'goes out as it is';
};

subtest 'callback retries' => sub {
	my @url = (application => $APP, from => $TO, to => $FROM);
	my $to = sub { control('config', { applications => [{ id => $APP,
	    callback_url => "$callbacks/$_[0]" }] }) };
	reset_all();
	$to->('fail3');
	control('config', { settings => { retry_factor => 0.1 } });
	control('inbound', { @url, text => 'x' });
	ok wait_for('callbacks_ok=1'), 'tried until it is taken';
	my @got = received('/fail3');
	is scalar @got, 4, 'after three failures';
	ok $got[$_]{time} - $got[$_ - 1]{time} > 0.09 * 2 ** ($_ - 1),
	    "with growing pauses: $_" for 1 .. 3;
	is $got[0]{body}, $got[3]{body}, 'the same event every time';
	control('config', { settings => { retry_factor => 0.02 } });
	$to->('redirect');
	control('inbound', { @url, text => 'x' });
	ok wait_for('callbacks_failed=5'), 'a redirect is a failure';
	control('config', { settings => { retry_window_ms => 0 } });
	ok wait_for('callbacks_dropped=1'), 'dropped after the window';
	control('config', { settings => { retry_window_ms => 86400000,
	    callback_timeout_ms => 200 } });
	reset_all();
	$to->('slow');
	control('inbound', { @url, text => 'x' });
	ok wait_for('callbacks_ok=1'), 'too slow is a failure';
	cmp_ok scalar(received('/slow')), '>=', 2, 'and is tried again';
	control('config', { settings => { callback_timeout_ms => 10000 } });
	reset_all();
	$to->('busy');
	control('inbound', { @url, text => 'x', times => 8 });
	ok wait_for('callbacks_ok=8'), 'eight at once';
	# Each takes 0.3 s: one after the other they would end that far apart.
	my @busy = map { $_->{time} } received('/busy');
	ok grep({ $busy[$_] - $busy[$_ - 1] < 0.29 } 1 .. 7),
	    'over parallel connections';
	for my $way (['challenge', 204], ['mute', 401]) {
		reset_all();
		control('config', { applications => [{ id => $APP,
		    challenge => JSON::PP::true }] });
		$to->($way->[0]);
		is_deeply control('inbound', { @url, text => 'x',
		    wait_ms => 60000 })->{status}, [$way->[1]],
		    "challenge: $way->[0] gives $way->[1]";
	}
	control('config', { applications => [{ id => $APP,
	    challenge => JSON::PP::false }] });
	reset_all();
	$to->('cb');
	control('config', { applications => [{ id => $APP,
	    inbound_callback_url => "$callbacks/in" }] });
	control('inbound', { @url, text => 'x', wait_ms => 60000 });
	is scalar(received('/in')), 1, 'inbound may have a URL of its own';
	control('config', { applications => [{ id => $APP,
	    callback_url => 'http://192.0.2.1/x' }] });
	is_deeply control('inbound', { @url, text => 'x', wait_ms => 60000 })
	    ->{status}, [0], 'only loopback is ever called';
	reset_all();
	$to->('cb');
};

subtest 'faults: answers' => sub {
	reset_all();
	my %type = (400 => 'request-validation', 401 => 'unauthorized',
	    403 => 'forbidden', 404 => undef, 405 => 'method-not-allowed',
	    406 => 'not-acceptable', 415 => 'unsupported-content-type',
	    429 => 'max-message-queue-size-exceeded',
	    500 => 'internal-server-error');
	for my $status (sort keys %type) {
		fault({ where => 'messages', status => 0 + $status });
		my $r = post(message());
		is $r->{status}, $status, "answer $status";
		is $r->{json}{type}, $type{$status}, 'with its body';
	}
	is control('counters')->{accepted}, 0, 'none was accepted';
	fault({ where => 'messages', status => 500, empty => JSON::PP::true });
	is post(message())->{content}, '', 'an empty body';
	fault({ where => 'messages', status => 503, body => '<html>',
	    content_type => 'text/html', headers => { 'X-A' => 'b' } });
	my $r = post(message());
	is_deeply [$r->{status}, $r->{content}, $r->{headers}{'x-a'},
	    $r->{headers}{'content-type'}], [503, '<html>', 'b',
	    'text/html'], 'an own body with own headers';
	fault({ where => 'messages', late_status => 504 });
	is post(message(tag => 'late'))->{status}, 504, 'a late 504';
	is control('counters')->{accepted}, 1, 'comes after acceptance';
	fault({ where => 'messages', delay_ms => 300 });
	my $began = time;
	post(message());
	ok time - $began >= 0.3, 'slow before';
	fault({ where => 'messages', answer_delay_ms => 1000, receipt_ms => 0 });
	$began = time;
	unlink $log;
	post(message(tag => 'slow'));
	ok time - $began >= 1, 'slow after';
	ok +(grep { ($_->{message}{tag} // '') eq 'slow' }
	    events('/cb')), 'while the receipt has overtaken it';
	fault({ where => 'messages', stall_ms => 300 });
	$began = time;
	is post(message())->{status}, 202, 'stalled between its halves';
	ok time - $began >= 0.3, 'for that long';
	fault({ where => 'messages', nth => 2, status => 500,
	    match => { to => '1234', text => 'ell', from => '0100' } });
	is_deeply [map { post(message())->{status} } 1 .. 3], [202, 500, 202],
	    'only the second';
	fault({ where => 'messages', times => 2, status => 500 });
	is_deeply [map { post(message())->{status} } 1 .. 3], [500, 500, 202],
	    'only twice';
	fault({ where => 'messages', match => { tag => 'bad' },
	    status => 500, times => 0 });
	is_deeply [map { post(message(tag => $_))->{status} }
	    qw(bad good bad bad)], [500, 202, 500, 500], 'always, by tag';
	is request('POST', '/_sim/faults', $json->encode($_))->{status}, 400,
	    'a misspelt fault is refused' for { where => 'message' },
	    { where => 'list', stauts => 1 }, { where => 'list', cut => 'x' },
	    { where => 'list', status => '500' },
	    { where => 'list', match => { too => 'x' } };
};

subtest 'faults: cut connections' => sub {
	reset_all();
	my $n = 0;
	for my $case (['head', 0, ''], ['read', 0, ''], ['accepted', 1, ''],
	    ['answer', 1, 'HTTP/1.1 202']) {
		my ($cut, $accepted, $begin) = @$case;
		fault({ where => 'messages', cut => $cut });
		my $got = raw_post($json->encode(message(tag => "cut $cut")));
		$got =~ s/\nreset$//;
		is substr($got, 0, 12), $begin, "cut $cut: what is seen";
		$n += $accepted;
		sleep 0.05;
		is control('counters')->{accepted}, $n,
		    $accepted ? 'the message goes out' : 'nothing goes out';
		if ($cut eq 'answer') {
			my ($head, $body) = split /\r\n\r\n/, $got, 2;
			my ($l) = $head =~ /Content-Length: (\d+)/;
			ok length $body > 0 && length $body < $l,
			    'half of the body';
		}
	}
	ok wait_for('callbacks_ok=2'), 'receipts for those that went out';
	my $rec = control('ledger?kind=messages&tag=cut%20accepted');
	is_deeply [@{$rec->{messages}[0]}{qw(cut accepted status)}],
	    ['accepted', JSON::PP::true, 202], 'the ledger tells';
	fault({ where => 'messages', cut => 'read', reset => JSON::PP::true });
	like raw_post('{}'), qr/reset$/, 'with RST if asked';
	fault({ where => 'connect' });
	# Control requests count as connections: use a raw one only.
	$http = HTTP::Tiny->new(timeout => 90, keep_alive => 1);
	like raw_post('{}'), qr/reset$/, 'cut before a byte is read';
	control('refuse', { ms => 1500 });
	like raw_post('{}'), qr/^refused/, 'connections can be refused';
	my ($until, $got) = (time + 60, 'refused');
	while ($got =~ /^refused/ && time < $until) {
		sleep 0.1;
		$got = raw_post($json->encode(message()));
	}
	like $got, qr/^HTTP\/1.1 202/, 'and are taken again';
};

subtest 'faults: receipts' => sub {
	reset_all();
	fault({ where => 'messages', early => JSON::PP::true });
	my $id = post(message(tag => 'early'))->{json}{id};
	is +(events('/cb'))[0]{message}{id}, $id,
	    'early: the receipt came before the 202';
	reset_all();
	fault({ where => 'messages', duplicate => 2 });
	post(message());
	ok wait_for('callbacks_ok=3'), 'duplicated';
	reset_all();
	fault({ where => 'messages', drop => JSON::PP::true });
	$id = post(message())->{json}{id};
	sleep 0.2;
	is_deeply [scalar(received('/cb')), list("?messageId=$id")->{json}
	    {messages}[0]{messageStatus}], [0, 'DELIVERED'],
	    'missing, though delivered';
	reset_all();
	control('config', { settings => { callback_connections => 1 } });
	fault({ where => 'messages', then_sending => JSON::PP::true });
	post(message());
	ok wait_for('callbacks_ok=2'), 'two events';
	is_deeply [map { $_->{type} } events('/cb')],
	    ['message-delivered', 'message-sending'],
	    'terminal, then sending';
	for my $how (['same', 0], ['reverse', 0], ['same', 1]) {
		my ($order, $batch) = @$how;
		reset_all();
		fault({ where => 'messages', hold => 'h', times => 3 });
		post(message(tag => "$_")) for 1 .. 3;
		sleep 0.1;
		is control('counters')->{held}, 3, 'held';
		is control('release', { hold => 'h', order => $order, batch =>
		    $batch ? JSON::PP::true : JSON::PP::false })->{released},
		    3, 'released';
		ok wait_for('idle=1'), 'sent';
		is_deeply [map { $_->{message}{tag} } events('/cb')],
		    $order eq 'same' ? [1, 2, 3] : [3, 2, 1], $order;
		is scalar(received('/cb')), $batch ? 1 : 3,
		    $batch ? 'in one array' : 'one by one';
	}
	control('config', { settings => { callback_connections => 8,
	    batch_size => 10 } });
	reset_all();
	control('inbound', { from => $TO, to => $FROM, text => 'x',
	    times => 10 });
	ok wait_for('idle=1'), 'batched by the setting';
	is scalar(events('/cb')), 10, 'all events';
	ok scalar(received('/cb')) < 10, 'in fewer requests';
	control('config', { settings => { batch_size => 1 } });
	reset_all();
	fault({ where => 'messages', unlisted => JSON::PP::true });
	$id = post(message())->{json}{id};
	is list("?messageId=$id")->{json}{totalCount}, 0,
	    'accepted but never listed';
	fault({ where => 'messages', outcome => 'silent' },
	    { where => 'messages', outcome => 'failed', code => 9902,
	    receipt_ms => 0 });
	post(message(tag => 'a'));
	post(message(tag => 'b'));
	ok wait_for('idle=1'), 'outcomes by name';
	is_deeply { map { ($_->{message}{tag} // '-') => $_->{errorCode} }
	    grep { $_->{message}{tag} } events('/cb') }, { b => 9902 },
	    'silence, and failure with code';
};

subtest 'faults: callback attempts' => sub {
	my @m = (from => $TO, to => $FROM, text => 'x', wait_ms => 60000);
	reset_all();
	fault({ where => 'callback', wrong_password => JSON::PP::true });
	control('inbound', { @m });
	my $b64 = encode_base64('bandwidth.com:callback secret', '');
	unlike +(received('/cb'))[0]{head}, qr/\Q$b64\E/, 'wrong password';
	unlink $log;
	fault({ where => 'callback', no_auth => JSON::PP::true });
	control('inbound', { @m });
	unlike +(received('/cb'))[0]{head}, qr/^authorization/mi,
	    'no credentials';
	reset_all();
	fault({ where => 'callback', lose_answer => JSON::PP::true });
	control('inbound', { @m });
	ok wait_for('callbacks_ok=1'), 'a lost answer';
	is scalar(received('/cb')), 2, 'makes it come again';
	reset_all();
	fault({ where => 'callback', drop => JSON::PP::true,
	    match => { type => 'message-received' } });
	control('inbound', { @m });
	is_deeply [scalar(received('/cb')),
	    control('counters')->{callbacks_dropped}], [0, 1], 'dropped';
	fault({ where => 'callback', duplicate => 2 });
	control('inbound', { @m });
	ok wait_for('callbacks_ok=3'), 'duplicated';
	reset_all();
	fault({ where => 'callback', delay_ms => 400 });
	my $began = time;
	control('inbound', { @m });
	ok time - $began >= 0.4, 'delayed';
	reset_all();
	control('config', { applications => [{ id => $APP,
	    callback_url => "$callbacks/busy" }] });
	fault({ where => 'callback', abort_ms => 100 });
	is_deeply control('inbound', { @m })->{status}, [0],
	    'the caller hangs up';
	ok wait_for('callbacks_ok=1'), 'and comes again';
	control('config', { applications => [{ id => $APP,
	    callback_url => "$callbacks/cb" }] });
};

subtest 'ledger' => sub {
	reset_all();
	post(message(tag => $_)) for qw(a b a);
	is_deeply [map { [$_->{tag}, $_->{times}] } @{control('duplicates')}],
	    [['a', 2]], 'finds what was sent twice';
	my $l = control('ledger');
	is scalar @{$l->{messages}}, 3, 'has all messages';
	is $l->{messages}[0]{body}{text}, 'Hello', 'with their bodies';
	is scalar @{control("ledger?kind=messages&since=$l->{messages}[1]{seq}")
	    ->{messages}}, 1, 'since a number';
	is scalar @{control('ledger?kind=messages&tag=a')->{messages}}, 2,
	    'by tag';
	my $began = time;
	ok !control('wait?accepted=9&timeout_ms=200')->{ok}, 'waits';
	ok time - $began >= 0.2, 'as long as it may';
	ok !grep({ ref ne 'HASH' } @{$l->{callbacks}}), 'callbacks too';
	control('config', { settings => { ledger_max => 2 } });
	post(message());
	is scalar @{control('ledger?kind=messages')->{messages}}, 2,
	    'holds no more than it may';
	control('config', { settings => { ledger_max => 200000 } });
	is request('POST', '/_sim/config', '{"settings":{"nope":1}}')
	    ->{status}, 400, 'unknown settings are refused';
};

subtest 'HTTP' => sub {
	reset_all();
	my $body = $json->encode(message(tag => 'chunked'));
	my $head = "POST /api/v2/users/$ACCOUNT/messages HTTP/1.1\r\n" .
	    "Host: x\r\nAuthorization: Bearer $token\r\n" .
	    "Content-Type: application/json\r\nConnection: close\r\n";
	my ($one, $two) = (substr($body, 0, 10), substr($body, 10));
	like raw("${head}Transfer-Encoding: chunked\r\n\r\n" .
	    sprintf("%x\r\n%s\r\n%X;x=y\r\n%s\r\n0\r\nT: 1\r\n\r\n",
	    length $one, $one, length $two, $two)), qr/^HTTP\/1.1 202 /, 'chunked';
	like raw("${head}Expect: 100-continue\r\nContent-Length: " .
	    length($body) . "\r\n\r\n$body"),
	    qr/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 202 /, 'expect';
	for my $bad ("GET / HTTP/1.1\r\n\r\n", "x\r\n\r\n",
	    "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
	    "${head}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
	    "${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "${head}Content-Length: -1\r\n\r\n", "${head}Bad Name: x\r\n\r\n",
	    "${head}Content-Length: 99999999\r\n\r\n") {
		like raw($bad), qr/^HTTP\/1.1 400 /, 'malformed';
	}
	my ($port) = $base =~ /(\d+)$/;
	my @open = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $port) } 1 .. 320;
	is scalar(grep { $_ } @open), 320, '320 connections at once';
	my $whole = $head =~ s/Connection: close\r\n//r . 'Content-Length: ' .
	    length($body) . "\r\n\r\n$body";
	print $_ $whole for @open;
	my $good = 0;
	for my $s (@open) {
		sysread $s, my $got, 4096;
		$good++ if $got =~ /^HTTP\/1.1 202/;
	}
	is $good, 320, 'all are answered';
	print $_ $whole for @open[0 .. 9];
	sysread $open[9], my $got, 4096;
	like $got, qr/^HTTP\/1.1 202/, 'and kept alive';
	ok control('counters')->{connections} >= 320, 'and counted';
	ok !IO::Socket::INET->new(PeerAddr => '127.0.0.2', PeerPort => $port),
	    'only 127.0.0.1 is bound';
};

subtest 'the end' => sub {
	fault({ where => 'messages', delay_ms => 60000 });
	my ($port) = $base =~ /(\d+)$/;
	my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $port);
	my $body = $json->encode(message());
	print $s "POST /api/v2/users/$ACCOUNT/messages HTTP/1.1\r\nHost: x\r\n" .
	    "Authorization: Bearer $token\r\nContent-Length: " .
	    length($body) . "\r\n\r\n$body";
	sleep 0.2;
	my $began = time;
	kill 'TERM', $sim;
	waitpid $sim, 0;
	is $?, 0, 'SIGTERM ends it with 0';
	undef $sim;
	ok time - $began < 40, 'at once, whatever is under way';
	is system("$PROGRAM --nope 2>/dev/null") >> 8, 2, 'a wrong call is 2';
	like `$PROGRAM --help`, qr/fail 4720/, '--help tells of the magic';
};

done_testing();
