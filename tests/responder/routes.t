# Every address against everybody who might ask for it, for an organization of their own, somebody else's, and none.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Digest::SHA qw(hmac_sha256_base64);
use FCGI;
use JSON::PP;
use Test::More;

my $r = FCGI->new;
my @ids = @{ decode_json($r->seed(messages => 6))->{messages} };
my $job = decode_json($r->seed(job => 'numbers-search'))->{job};
$r->start;
my $w = $r->{world};
my $mms = $r->attachments('a file');

my %person = map { $_ => $r->sign_in("$_\@example.org") } qw(owner admin other nobody);
ok($person{$_}{cookie} && $person{$_}{csrf}, "$_ is signed in") for sort keys %person;
is($r->sign_in('former@example.org')->{answer}{status}, 403, 'a disabled user is not');

sub callback_password {
	my ($org) = @_;
	my $p = hmac_sha256_base64("$r->{settings}{BASE_URL}$org", $r->{settings}{SESSION_SECRET});
	$p .= '=' while length($p) % 4;
	return $p;
}
is(callback_password(1), $w->{callback_1}, 'the callback password is what the documentation says');

my @actors = ('none', sort(keys %person), qw(read send both foreign expired invented bandwidth wrong));

# Headers and form of an actor; a person's browser sends Origin and the form's token with a post.
sub credentials {
	my ($actor, $org) = @_;
	return {} if $actor eq 'none';
	return { Cookie => $person{$actor}{cookie}, Origin => $r->{origin} } if $person{$actor};
	return FCGI::basic('bandwidth.com', callback_password($org)) if $actor eq 'bandwidth';
	return FCGI::basic('bandwidth.com', callback_password($org + 1)) if $actor eq 'wrong';
	return { Authorization => 'Bearer spk_' . 'A' x 43 } if $actor eq 'invented';
	return { Authorization => "Bearer $w->{$actor}" };
}

# What an actor is to a route's demand: "pass", or the status that refuses.
sub expected {
	my ($who, $actor, $org) = @_;
	my $is_person = exists $person{$actor};
	return 'pass' if $who eq 'anyone';
	if ($who eq 'signed-in') { return $is_person ? 'pass' : 'login' }
	if ($who eq 'admin' || $who eq 'owner') {
		return 'login' unless $is_person;
		my %role = (owner => { 1 => 'owner' }, admin => { 1 => 'admin' }, other => { 2 => 'owner' }, nobody => {});
		my $role = $role{$actor}{$org} or return 404;
		return $who eq 'owner' && $role ne 'owner' ? 403 : 'pass';
	}
	if ($who eq 'bandwidth') {
		return 401 unless $actor eq 'bandwidth';
		return $org == 99 ? 404 : 'pass';
	}
	my %token = (read => [1, 'read'], send => [1, 'send'], both => [1, 'read', 'send'], foreign => [2, 'read', 'send']);
	my ($own, @rights) = @{ $token{$actor} || return 401 };
	return 404 if $own != $org;
	return (grep { "token-$_" eq $who } @rights) ? 'pass' : 403;
}

sub outcome {
	my ($a) = @_;
	return 'login' if $a->{status} == 303 && ($a->{headers}{location} // '') =~ m{^\Q$r->{settings}{BASE_URL}\E/login(\?|$)};
	return $a->{status} if $a->{status} =~ /^(401|403|404)$/;
	return $a->{ended} && $a->{status} >= 200 && $a->{status} < 500 ? 'pass' : "broken: $a->{text}";
}

# The last column: body, and what else a request needs to be well-formed.
my @routes = (
	['GET /', 'anyone'],
	['GET /healthz', 'anyone'],
	['GET /login', 'anyone'],
	['POST /bandwidth/ORG', 'bandwidth', body => '[]'],
	['POST /api/orgs/ORG/messages', 'token-send', json => { to => '+19195550123', text => 'Hi' }],
	['GET /api/orgs/ORG/messages', 'token-read'],
	["GET /api/orgs/ORG/messages/$ids[0]", 'token-read'],
	["DELETE /api/orgs/ORG/messages/$ids[1]", 'token-send'],
	['GET /api/orgs/ORG/queue', 'token-read'],
	["GET /api/orgs/ORG/messages/$mms/media/0", 'token-read'],
	['GET /admin', 'signed-in'],
	['GET /admin/ORG', 'admin'],
	['GET /admin/ORG/settings', 'admin'],
	['POST /admin/ORG/settings', 'owner', form => {}],
	['GET /admin/ORG/messages', 'admin'],
	['POST /admin/ORG/messages', 'owner', form => {}],
	["GET /admin/ORG/messages/$ids[2]", 'admin'],
	["POST /admin/ORG/messages/$ids[2]", 'owner', form => {}],
	["GET /admin/ORG/messages/$mms/media/0", 'admin'],
	['GET /admin/ORG/check', 'admin'],
	['POST /admin/ORG/check', 'owner', form => {}],
	['GET /admin/ORG/forget', 'owner'],
	['POST /admin/ORG/forget', 'owner', form => {}],
	['GET /admin/ORG/data', 'admin'],
	['POST /admin/ORG/data', 'owner', form => {}],
	['GET /admin/ORG/look', 'admin'],
	['POST /admin/ORG/look', 'owner', form => {}],
	['GET /admin/ORG/held', 'admin'],
	['POST /admin/ORG/held', 'owner', form => {}],
	['GET /admin/ORG/numbers', 'admin'],
	['POST /admin/ORG/numbers', 'owner', form => {}],
	['GET /admin/ORG/buy', 'owner'],
	['POST /admin/ORG/buy', 'owner', form => {}],
	["GET /admin/ORG/jobs/$job", 'admin'],
	['POST /admin/ORG/pause', 'owner', form => {}],
);

# Nothing is left out: the table of the program itself.
{
	my $top = $ENV{SOURCE} || "$FindBin::Bin/../..";
	open my $table, '<', "$top/src/responder/routes.c" or die "routes.c: $!";
	my %there = map { /^\s*\{METHOD_(\w+), "([^"]+)"/ ? ("$1 $2" => 1) : () } <$table>;
	my %here = map { my $p = $_->[0]; $p =~ s/ORG/{org}/; $p =~ s{/[0-9a-f]{16}(?=$|/)}{/{item}}; $p =~ s{media/0$}{media/{place}}; ($p => 1) } @routes;
	delete @there{'GET /static/{item}', 'POST /login', 'POST /logout'};	# looked at elsewhere
	is_deeply([sort keys %here], [sort keys %there], 'the test knows every route');
}

for my $route (@routes) {
	my ($address, $who, %body) = @$route;
	my ($method, $pattern) = split / /, $address;
	for my $org ($pattern =~ /ORG/ ? (1, 2, 99) : (1)) {
		(my $path = $pattern) =~ s/ORG/$org/;
		for my $actor (@actors) {
			my %o = %body;
			$o{form} = { csrf => $person{$actor}{csrf} } if $o{form} && $person{$actor};
			my $want = expected($who, $actor, $org);
			my $got = outcome($r->request($method, $path, headers => credentials($actor, $org), %o));
			# The messages are organization 1's: for the owner of 2 there is no such message there.
			$got = 'pass' if $got eq '404' && $want eq 'pass' && $org == 2 && $path =~ m{/[0-9a-f]{16}(/media/0)?$};
			is($got, $want, "$method $path, $actor");
		}
	}
}

# The other checks of a post, for whoever may.
my %good = (headers => { Cookie => $person{owner}{cookie}, Origin => $r->{origin} }, form => { csrf => $person{owner}{csrf} });
for my $path ('/admin/1/settings', '/admin/1/messages', '/admin/1/look', '/admin/1/forget', '/admin/1/data', '/admin/1/check', '/admin/1/numbers', '/admin/1/buy', '/admin/1/pause', '/logout') {
	my $try = sub { my (%o) = @_; return $r->request(POST => $path, %good, %o)->{status} };
	my %h = %{ $good{headers} };
	is($try->(headers => { %h, Origin => 'https://evil.example' }), 403, "$path from another site is refused");
	like($r->request(POST => $path, %good, headers => { %h, Origin => 'http://127.0.0.1:3000' })->{body},
	    qr{Open it as http://localhost:3000 and}, "$path opened under another name says which is right");
	is($try->(headers => { %h, Origin => 'null' }), 403, "$path from nowhere is refused");
	is($try->(headers => { %h, Origin => "$r->{origin}.evil.example" }), 403, "$path from a site that begins like ours is refused");
	is($try->(headers => { Cookie => $h{Cookie} }), 403, "$path without Origin and Referer is refused");
	is($try->(headers => { Cookie => $h{Cookie}, Referer => 'https://evil.example/' . $r->{origin} }), 403,
	    "$path with another site's Referer is refused");
	is($try->(form => {}), 403, "$path without the form's token is refused");
	is($try->(form => { csrf => 'x' x 43 }), 403, "$path with an invented token is refused");
	is($try->(form => { csrf => $person{admin}{csrf} }), 403, "$path with somebody else's token is refused");
	is($try->(type => 'text/plain'), 415, "$path as plain text is refused");
	is($try->(type => 'multipart/form-data; boundary=x'), 415, "$path as multipart is refused");
	is($try->(body => 'x' x 65537), 413, "$path above 64 KiB is refused");
	isnt($try->(headers => { Cookie => $h{Cookie}, Referer => "$r->{origin}/admin/1" }), 403,
	    "$path with our Referer alone is taken") unless $path eq '/logout';
}

# Signing out ends the session.
is($r->request(POST => '/logout', %good)->{status}, 303, 'signing out');
is(outcome($r->request(GET => '/admin', headers => { Cookie => $person{owner}{cookie} })), 'login',
    'the cookie is worth nothing afterwards');

# Methods.
for (['GET', '/bandwidth/1', 'POST'], ['DELETE', '/admin', 'GET, HEAD'], ['PUT', '/api/orgs/1/messages', 'GET, HEAD, POST'],
    ['OPTIONS', '/login', 'GET, HEAD, POST'], ['PROPFIND', '/healthz', 'GET, HEAD'], ['POST', '/', 'GET, HEAD']) {
	my ($method, $path, $allow) = @$_;
	my $a = $r->request($method, $path, body => '');
	is($a->{status}, 405, "$method $path is not taken");
	is($a->{headers}{allow}, $allow, "$path says what it takes");
}

# Every process of this test went on serving.
is($r->request(GET => '/healthz')->{json}{status}, 'ok', 'it still answers');
is($r->stop, 0, 'and ends in order');
unlike($r->log, qr/spk_|correct horse|\Q$w->{callback_1}\E/, 'no secret is in the log');
done_testing();
