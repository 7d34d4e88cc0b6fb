# The same program as plain CGI, and started by hand.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FCGI;
use JSON::PP;
use Socket;
use Test::More;

my $r = FCGI->new;
my $w = $r->{world};

# Runs the program with a request's variables; the body comes on standard input.
sub cgi {
	my ($method, $path, %o) = @_;
	my %v = ($r->environment, $r->variables($method, $path, %o), %{ $o{process} || {} });
	delete $v{$_} for grep { !defined $v{$_} } keys %v;
	my $body = $r->body_of(\%o) // '';
	my ($in, $out) = ("$r->{dir}/cgi.in", "$r->{dir}/cgi.out");
	open my $f, '>:raw', $in or die $!;
	print $f $body;
	close $f;
	my $pid = fork // die;
	if ($pid == 0) {
		%ENV = %v;
		open STDIN, '<', $o{stdin} // $in;
		open STDOUT, '>', $out;
		open STDERR, '>>', $r->{log};
		exec { FCGI::program() } FCGI::program(), @{ $o{args} || [] } or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	my $status = $?;
	open $f, '<:raw', $out or die $!;
	my $text = do { local $/; <$f> } // '';
	my ($head, $content) = split /\r\n\r\n/, $text, 2;
	my %a = (exit => $status >> 8, text => $text, body => $content // '', status => ($head // '') =~ /^Status: (\d+)/ ? $1 : 0);
	$a{json} = eval { decode_json($a{body}) };
	return \%a;
}

my $a = cgi(GET => '/healthz');
is($a->{status}, 200, 'a request');
is($a->{json}{status}, 'ok', 'is answered');
is($a->{exit}, 0, 'and the program ends well');
is(cgi(GET => '/healthz', args => ['--version'])->{status}, 200, 'a query handed over as arguments is none of ours');
is(cgi(HEAD => '/login')->{body}, '', 'HEAD has no body');
like(cgi(GET => '/login')->{body}, qr/<form method="post"/, 'a page');

my %auth = (headers => FCGI::basic('bandwidth.com', $w->{callback_1}));
my $event = '[{"type":"message-received","to":"+19195550100","message":{"id":"cgi-1","from":"+19195550199","to":["+19195550100"],"text":"Hi","direction":"in"}}]';
is(cgi(POST => '/bandwidth/1', body => $event, %auth)->{status}, 200, 'a callback');
ok((grep { /cgi-1/ } $r->records('events')), 'is kept');
is(cgi(POST => '/bandwidth/1', body => $event)->{status}, 401, 'not without credentials');
is(cgi(POST => '/bandwidth/1', body => $event, %auth, length => length($event) + 5)->{status}, 400, 'nor when it is short');
is(cgi(POST => '/bandwidth/1', body => $event . 'rubbish', length => length $event, %auth)->{status}, 200, 'what stands behind it is not read');
is(cgi(GET => '/healthz', stdin => '/dev/null')->{status}, 200, 'without standard input');

my $login = cgi(POST => '/login', headers => { Origin => $r->{origin} }, form => { email => 'owner@example.org', password => $w->{password} });
my ($cookie) = $login->{text} =~ /^Set-Cookie: ([^;]+)/m;
like(cgi(GET => '/admin/1/messages', headers => { Cookie => $cookie })->{body}, qr/name="csrf"/, 'signed in, page after page');

my $sent = cgi(POST => '/api/orgs/1/messages', headers => { Authorization => "Bearer $w->{both}" }, json => { to => '+19195550123', text => 'x' });
is($sent->{status}, 202, 'a text');
is(cgi(GET => "/api/orgs/1/messages/$sent->{json}{messages}[0]{id}", headers => { Authorization => "Bearer $w->{both}" })->{json}{state}, 'queued', 'is there for the next process');

# Some servers make standard input and output one socket: a body that nobody reads must not cost the answer.
{
	socketpair my $server, my $program, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die $!;
	my $body = 'x' x 150_000;
	my %v = ($r->environment, $r->variables(POST => '/bandwidth/1', body => $body));
	my $pid = fork // die;
	if ($pid == 0) {
		%ENV = %v;
		close $server;
		open STDIN, '<&', $program;
		open STDOUT, '>&', $program;
		open STDERR, '>>', $r->{log};
		exec FCGI::program() or POSIX::_exit(127);
	}
	close $program;
	FCGI::syswrite_all($server, $body);
	shutdown $server, 1;
	waitpid $pid, 0;
	my ($text, $n) = ('');
	1 while $n = sysread $server, $text, 65536, length $text;
	ok(defined $n, 'the connection is not reset') or diag $!;
	like($text, qr/^Status: 401 .*"no_authorization"/s, 'and the answer arrives whole');
}

# Not in order.
$a = cgi(GET => '/healthz', process => { SERVICE_MANAGERS => 'nonsense' });
is($a->{status}, 503, 'wrong settings: 503');
like($a->{text}, qr/^Retry-After: \d+/m, 'with Retry-After');
is(cgi(GET => '/healthz', process => { DATA_DIR => "$r->{dir}/none" })->{status}, 503, 'no store: 503');
ok(!-e "$r->{dir}/none", 'and none is made');

# After somebody died inside the store: CGI recovers and goes on, beside processes that stay.
$r->start;
$r->seed('die');
$a = cgi(POST => '/bandwidth/1', body => $event =~ s/cgi-1/cgi-2/r, %auth);
is($a->{status}, 200, 'a callback after a death');
is($r->await(10, 'the FastCGI process', sub { my $b = $r->request(GET => '/healthz', timeout => 10); $b->{status} == 200 && $b->{status} }), 200, 'the process beside it is back');
ok((grep { /cgi-2/ } $r->records('events')), 'the event is kept');
is($r->stop, 0, 'ends in order');

# By hand.
sub by_hand {
	my (@args) = @_;
	my $pid = open(my $out, '-|') // die;
	if ($pid == 0) {
		%ENV = (PATH => '/usr/bin:/bin');
		open STDERR, '>&', \*STDOUT;
		open STDIN, '<', '/dev/null';
		exec FCGI::program(), @args or POSIX::_exit(127);
	}
	my $text = do { local $/; <$out> } // '';
	close $out;
	return ($? >> 8, $text);
}
my ($status, $text) = by_hand();
is($status, 2, 'by hand it does not start');
like($text, qr/is started by a web server.*spokectl check/s, 'and says who starts it');
($status, $text) = by_hand('--version');
is($status, 0, '--version');
like($text, qr/^spoke\.fcgi \(spoke-bandwidth\) \d+\.\d+\.\d+$/, 'says it');
unlike($r->log, qr/runtime error|Sanitizer/, 'no sanitizer complains');
done_testing();
