# What a web server hands over: paths, proxies, kept connections, mount points, heads of answers.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FCGI;
use Test::More;

# ---- mounted below a path, over https ------------------------------------------

my $r = FCGI->new(settings => { BASE_URL => 'https://example.org/texting', TRUSTED_PROXIES => '192.0.2.7 192.0.2.8 2001:db8::7' });
$r->start;

sub at { my ($uri, %env) = @_; return $r->request(GET => '/x', env => { REQUEST_URI => $uri, %env }) }
is(at('/texting/healthz')->{status}, 200, 'below the path of BASE_URL');
is(at('/texting/healthz?x=1')->{status}, 200, 'with a query');
is(at('/healthz')->{status}, 404, 'beside it is nothing');
is(at('/textinghealthz')->{status}, 404, 'a longer name is not below it');
is(at('/texting')->{status}, 303, 'the path itself is the first page');
is(at('/%74exting/healthz')->{status}, 200, 'an escaped letter is that letter');
for my $uri ('/texting/%2e%2e/healthz', '/texting/../texting/healthz', '/texting//healthz', '/texting/./healthz', '/texting/healthz%2F',
	'/texting/healthz%00', '/texting/%zz', '/texting/%ff', '/texting/a%5cb', '/texting/healthz#x', "/texting/\x01") {
	is(at($uri)->{status}, 400, sprintf('%s is no address', $uri =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ger));
}
is(at(undef, SCRIPT_NAME => '/texting', PATH_INFO => '/healthz')->{status}, 200, 'without REQUEST_URI: SCRIPT_NAME and PATH_INFO');
is(at('http://example.org/texting/healthz', SCRIPT_NAME => '/texting/healthz', PATH_INFO => undef)->{status}, 200, 'an absolute REQUEST_URI falls back on them');
is(at(undef, SCRIPT_NAME => '/texting', PATH_INFO => '/../healthz')->{status}, 400, 'dots are refused there too');
is(at('*', SCRIPT_NAME => undef, PATH_INFO => undef)->{status}, 404, 'no path at all');
is(at('/texting/healthz?' . join('&', map { "a$_=1" } 1 .. 300))->{status}, 400, 'too many fields');
is(at('/texting/healthz?a=%ff')->{status}, 400, 'a query that is not UTF-8');
is(at('/texting/' . 'a' x 60000)->{status}, 404, 'a path of 60 KB');

my $a = at('/texting/admin/1/settings?saved=1&x=%26');
is($a->{headers}{location}, 'https://example.org/texting/login?next=%2Fadmin%2F1%2Fsettings%3Fsaved%3D1%26x%3D%2526', 'sign-in comes back to the page');
is($r->request(GET => '/admin/1/messages', env => { HTTP_HOST => 'evil.example' })->{headers}{location},
    'https://example.org/texting/login?next=%2Fadmin%2F1%2Fmessages', 'the Host header decides nothing');

# ---- heads -----------------------------------------------------------------------

$a = $r->request(GET => '/login');
my $h = $a->{headers};
like($h->{'content-security-policy'}, qr/default-src 'none'.*frame-ancestors 'none'/, 'content security policy');
unlike($h->{'content-security-policy'}, qr/unsafe|\*|data:/, 'without holes');
is($h->{'x-content-type-options'}, 'nosniff', 'no sniffing');
is($h->{'referrer-policy'}, 'same-origin', 'referrer policy');
is($h->{'cache-control'}, 'no-store', 'not to be stored');
like($h->{'strict-transport-security'}, qr/max-age=\d{7,}/, 'https only');
like($h->{'x-request-id'}, qr/^[0-9a-f]{12}$/, 'request id');
ok($r->await(5, 'the line', sub { $r->log =~ /info $h->{'x-request-id'} .*GET \/login 200/ }), 'which is in the log');
is($h->{'content-length'}, length $a->{body}, 'the length is right');
ok((grep { @$_ > 1 } values %{ $a->{list} }) == 0, 'no header twice');
my $head = $r->request(HEAD => '/login');
is($head->{status}, 200, 'HEAD');
is($head->{body}, '', 'has no body');
is($head->{headers}{'content-length'}, $h->{'content-length'}, 'but its length');
is($r->request(GET => '/nothing', headers => { Accept => 'text/html,*/*' })->{headers}{'content-type'}, 'text/html; charset=utf-8', 'an error for a browser is a page');
is($r->request(GET => '/nothing')->{json}{error}{code}, 'not_found', 'for others it is JSON');
like($r->request(POST => '/bandwidth/1', body => '[]', headers => { Accept => 'text/html' })->{headers}{'content-type'}, qr/json/, 'callbacks never get a page');

for my $link ($a->{body} =~ m{(?:href|src)="(/texting/static/[^"]+)"}g) {
	my $s = at($link);
	is($s->{status}, 200, "$link is there");
	like($s->{headers}{'cache-control'}, qr/max-age=31536000, immutable/, 'for long');
	is(scalar @{ $s->{list}{'cache-control'} }, 1, 'said once');
	ok(!$s->{headers}{'set-cookie'}, 'without a cookie');
}
is(at('/texting/static/none.css')->{status}, 404, 'another name is not');

# ---- the client's address ------------------------------------------------------------

sub client {
	my ($remote, $forwarded) = @_;
	my $id = $r->request(GET => '/healthz', env => { REMOTE_ADDR => $remote, HTTP_X_FORWARDED_FOR => $forwarded })->{headers}{'x-request-id'};
	return $r->await(5, 'the line', sub { $r->log =~ /$id .* from (\S+)$/m ? $1 : undef });
}
is(client('198.51.100.1', '203.0.113.9'), '198.51.100.1', 'a stranger is not believed about others');
is(client('192.0.2.7', '203.0.113.9'), '203.0.113.9', 'a trusted proxy is');
is(client('192.0.2.7', '10.0.0.1, 203.0.113.9, 192.0.2.8'), '203.0.113.9', 'as far as the trusted ones go');
is(client('192.0.2.7', '203.0.113.9:4711'), '203.0.113.9', 'a port is cut off');
is(client('2001:db8:0::7', '[2001:DB8::99]:443'), '2001:db8::99', 'IPv6, in one way of writing');
is(client('::ffff:192.0.2.7', '203.0.113.9'), '203.0.113.9', 'IPv4 inside IPv6');
is(client('192.0.2.7', 'unknown'), '192.0.2.7', 'what is no address ends the search');
is(client('192.0.2.7', "203.0.113.9\r\nX: y"), '192.0.2.7', 'nor are lines');
is(client('192.0.2.7', undef), '192.0.2.7', 'without the header');
is(client(undef, '203.0.113.9'), '-', 'no address at all');
is(client('unix:', '203.0.113.9'), '-', 'or none that is one');

# ---- FastCGI itself ---------------------------------------------------------------------

{
	my $c = $r->begin(GET => '/healthz', id => 300);
	is(FCGI::finish($c)->{id}, 300, 'a request number above 255');
	my $socket = $r->connect;
	for my $n (1 .. 3) {
		my $k = FCGI::finish($r->begin(GET => '/healthz', socket => $socket, keep => 1, id => $n));
		is($k->{status}, 200, "request $n on a kept connection");
		is($k->{id}, $n, 'has its number');
	}
	close $socket;
	my $mute = $r->connect;
	my $garbage = $r->connect;
	syswrite $garbage, "GET / HTTP/1.0\r\n\r\n" x 10;
	my $half = $r->connect;
	syswrite $half, substr FCGI::record(1, 1, pack 'nCx5', 1, 0), 0, 5;
	is($r->request(GET => '/healthz')->{status}, 200, 'connections that say nothing or nonsense do not hold others up');
}
for my $n (1, 2, 8, 100) {
	my $text = join ', ', map { "header-$_" } 1 .. $n * 300;
	is($r->request(GET => '/healthz', headers => { 'X-Long' => $text })->{status}, 200, 'headers of ' . length($text) . ' bytes');
}

is($r->stop, 0, 'ends in order');
unlike($r->log, qr/runtime error|AddressSanitizer|ThreadSanitizer/, 'no sanitizer complains');
done_testing();
