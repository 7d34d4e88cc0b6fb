# Signing in and out, sessions and their cookie.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FCGI;
use Test::More;
use Time::HiRes qw(sleep time);

sub post {
	my ($r, $email, $password, %o) = @_;
	return $r->request(POST => '/login', headers => { Origin => $r->{origin}, %{ $o{headers} || {} } }, env => $o{env} || {},
		form => { email => $email, password => $password, %{ $o{fields} || {} } });
}

my $r = FCGI->new;
$r->start;
my $w = $r->{world};
my ($me, $right) = ('owner@example.org', $w->{password});

# ---- the page ----------------------------------------------------------------------

my $page = $r->request(GET => '/login?next=/admin/1/settings');
is($page->{status}, 200, 'the page');
like($page->{body}, qr/<label for="email">/, 'a label for the address');
like($page->{body}, qr/autocomplete="username"/, 'which password managers know');
like($page->{body}, qr/<label for="password">/, 'a label for the password');
like($page->{body}, qr/type="password"[^>]*autocomplete="current-password"/, 'which they know too');
like($page->{body}, qr/name="next" value="\/admin\/1\/settings"/, 'where to go afterwards');
unlike($page->{body}, qr/<script(?![^>]*src=)|\son\w+=|style="/, 'nothing inline');

# ---- right and wrong ----------------------------------------------------------------

my $a = post($r, $me, $right);
is($a->{status}, 303, 'the right password');
is($a->{headers}{location}, 'http://localhost:3000/admin', 'leads to the organizations');
like($a->{headers}{'set-cookie'}, qr/^spoke=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/, 'with a session');
my ($cookie) = $a->{headers}{'set-cookie'} =~ /^([^;]+)/;
is(post($r, ' OWNER@Example.ORG', $right)->{status}, 303, 'capitals in the address do not matter') ;

for (['a wrong password', $me, 'wrong'], ['an empty one', $me, ''], ['an unknown user', 'who@example.org', $right],
	['no address', 'owner', $right], ['nothing', '', ''], ['a disabled user', 'former@example.org', $right]) {
	my ($name, $email, $password) = @$_;
	my $b = post($r, $email, $password);
	is($b->{status}, 403, $name);
	like($b->{body}, qr/The e-mail address or the password is not right/, "$name: the same sentence");
	ok(!$b->{headers}{'set-cookie'}, "$name: no session");
	unlike($b->{body}, qr/\Q$right\E/, "$name: the password is not shown again");
}
is(post($r, $me, $right)->{status}, 303, 'a success takes the failures back');

# Unknown users take as long as known ones.
{
	my %took;
	for my $email ('admin@example.org', 'who2@example.org') {
		my $began = time;
		post($r, $email, 'wrong', env => { REMOTE_ADDR => '192.0.2.50' });
		$took{$email} = time - $began;
	}
	my ($known, $unknown) = @took{'admin@example.org', 'who2@example.org'};
	ok($unknown > $known / 3 && $unknown < $known * 3, sprintf 'known %.0f ms, unknown %.0f ms', $known * 1000, $unknown * 1000);
}

# ---- other sites ---------------------------------------------------------------------

is(post($r, $me, $right, headers => { Origin => 'https://evil.example' })->{status}, 403, 'from another site');
is(post($r, $me, $right, headers => { Origin => 'null' })->{status}, 403, 'from nowhere');
is(post($r, $me, $right, headers => { Origin => undef })->{status}, 403, 'without Origin and Referer');
is(post($r, $me, $right, headers => { Origin => undef, Referer => 'http://localhost:3000/login' })->{status}, 303, 'with Referer alone');
is(post($r, $me, $right, headers => { Origin => undef, Referer => 'http://localhost:30001/login' })->{status}, 403, 'with one that begins like ours');
is(post($r, $me, $right, headers => { Origin => 'https://localhost:3000' })->{status}, 403, 'another scheme is another site');

# ---- where to go afterwards -------------------------------------------------------------

for (['/admin/1/settings?x=1', '/admin/1/settings?x=1'], ['/admin', '/admin'], ['https://evil.example/', '/admin'], ['//evil.example/', '/admin'],
	['/\\evil.example', '/admin'], ['/admin/../../x', '/admin'], ['/administrator', '/admin'], ['javascript:alert(1)', '/admin'],
	["/admin\r\nSet-Cookie: x=y", '/admin'], ['/admin@evil.example/', '/admin'], ['/admin//evil.example', '/admin'], ['', '/admin'], ['/login', '/admin'],
	['/admin/1/messages#x', '/admin']) {
	my ($next, $want) = @$_;
	my $b = post($r, $me, $right, fields => { next => $next });
	is($b->{headers}{location} // $b->{status}, "http://localhost:3000$want", "next=$next" =~ s/[\r\n]+/ /r);
}

# ---- the session ---------------------------------------------------------------------------

sub get { my ($path, $c, %o) = @_; return $r->request(GET => $path, headers => { Cookie => $c }, %o) }
is(get('/admin/1/messages', $cookie)->{status}, 200, 'the session opens pages');
is(get('/login', $cookie)->{status}, 303, 'whoever is signed in is sent on');
is(get('/admin', $cookie)->{headers}{location}, 'http://localhost:3000/admin/1/messages', 'one organization: straight to it');
is(get('/admin/1', $cookie)->{headers}{location}, 'http://localhost:3000/admin/1/messages', 'its address leads to its messages');
my ($value) = $cookie =~ /=(.*)/;
for (['another name', "Spoke=$value"], ['one character less', 'spoke=' . substr($value, 1)], ['one more', "${cookie}A"], ['quotes', "spoke=\"$value\""],
	['one changed', 'spoke=' . ($value =~ /^A/ ? 'B' : 'A') . substr($value, 1)], ['an empty one', 'spoke='], ['none', ''], ['only blanks', ' ; ;; ']) {
	is(get('/admin/1/messages', $_->[1])->{status}, 303, "the cookie with $_->[0] is worth nothing");
}
is(get('/admin/1/messages', "a=b; $cookie; c=d")->{status}, 200, 'among others it is found');
is(get('/admin/1/messages', "xspoke=1;$cookie")->{status}, 200, 'and not mixed up with another that ends like it');
is(scalar(grep { /\Q$value\E/ } split /\n/, $r->seed('dump')), 0, 'the store does not hold the cookie itself');

{
	my $b = post($r, $me, $right, headers => { Cookie => $cookie });
	my ($second) = $b->{headers}{'set-cookie'} =~ /^([^;]+)/;
	isnt($second, $cookie, 'signing in again gives another session');
	is(get('/admin/1/messages', $cookie)->{status}, 303, 'and ends the one the browser had');
	is(get('/admin/1/messages', $second)->{status}, 200, 'the new one works');
	my ($csrf) = get('/admin/1/messages', $second)->{body} =~ /name="csrf" value="([^"]+)"/;
	my $out = $r->request(POST => '/logout', headers => { Cookie => $second, Origin => $r->{origin} }, form => { csrf => $csrf });
	is($out->{headers}{location}, 'http://localhost:3000/login', 'signing out');
	like($out->{headers}{'set-cookie'}, qr/^spoke=; .*Max-Age=0/, 'takes the cookie back');
	is(get('/admin/1/messages', $second)->{status}, 303, 'and ends the session');
}
like(join("\n", $r->records('audit')), qr/owner\@example\.org.*sign-in/, 'signing in is in the audit');
unlike(join("\n", $r->records('audit')), qr/who2?\@example\.org/, 'tries at accounts that there are not do not fill it');

# Nobody yet, and several.
{
	my $s = $r->sign_in('nobody@example.org');
	like(get('/admin', $s->{cookie})->{body}, qr/belong to an organization yet/, 'without an organization the page says so');
}

# ---- growing delay ----------------------------------------------------------------------------

{
	my @status = map { post($r, 'throttled@example.org', 'wrong', env => { REMOTE_ADDR => '198.51.100.1' })->{status} } 1 .. 6;
	is(join(' ', @status[0 .. 2]), '403 403 403', 'three wrong tries are free');
	is($status[5], 429, 'then one has to wait');
	my $b = post($r, 'throttled@example.org', $right, env => { REMOTE_ADDR => '198.51.100.2' });
	is($b->{status}, 429, 'with the right password and from elsewhere, too');
	like($b->{headers}{'retry-after'}, qr/^[1-9]\d*$/, 'and is told how long');
	like($b->{body}, qr/Try again in \d+ seconds/, 'in words');
	sleep $b->{headers}{'retry-after'};
	is(post($r, 'throttled@example.org', $right, env => { REMOTE_ADDR => '198.51.100.2' })->{status}, 303, 'never locked out');
	# A stranger who goes on without a pause.
	for my $i (1 .. 12) {
		my $try = post($r, 'throttled@example.org', 'wrong', env => { REMOTE_ADDR => "198.51.101.$i" });
		sleep $try->{headers}{'retry-after'} if $i < 6 && $try->{status} == 429;
	}
	is(post($r, 'throttled@example.org', $right, env => { REMOTE_ADDR => '198.51.101.99' })->{status}, 429, 'a stranger goes on trying');
	is(post($r, 'throttled@example.org', $right, env => { REMOTE_ADDR => '198.51.100.2' })->{status}, 303, 'keeps nobody out where they signed in before');
}
{
	my @status = map { post($r, "guess$_\@example.org", 'wrong', env => { REMOTE_ADDR => "2001:db8:1:2::$_" })->{status} } 1 .. 14;
	is($status[9], 403, 'ten tries from one network are free');
	is($status[13], 429, 'then it has to wait, whatever accounts it tries and whichever address of its /64 it uses');
	is(post($r, $me, $right, env => { REMOTE_ADDR => '2001:db8:1:3::1' })->{status}, 303, 'other networks do not');
}
{
	# Tries at the same moment do not all see a clean record.
	my @c = map { $r->begin(POST => '/login', headers => { Origin => $r->{origin} }, env => { REMOTE_ADDR => "203.0.113.$_" },
		form => { email => 'admin@example.org', password => "guess$_" }) } 1 .. 20;
	my %count;
	$count{ FCGI::finish($_)->{status} }++ for @c;
	cmp_ok($count{403} // 0, '<=', 6, 'of twenty tries at once only the first few are judged: ' . join ', ', map { "$_: $count{$_}" } sort keys %count);
}
{
	# Nor do tries from one network, each at another account.
	my @c = map { $r->begin(POST => '/login', headers => { Origin => $r->{origin} }, env => { REMOTE_ADDR => '203.0.113.200' },
		form => { email => "guess$_\@example.net", password => 'wrong' }) } 1 .. 30;
	my %count;
	$count{ FCGI::finish($_)->{status} }++ for @c;
	cmp_ok($count{403} // 0, '<=', 12, 'of thirty from one network only the first ten or so: ' . join ', ', map { "$_: $count{$_}" } sort keys %count);
}
{
	my @status = map { post($r, $me, $right, env => { REMOTE_ADDR => '203.0.113.201' })->{status} } 1 .. 14;
	is(join(' ', @status), join(' ', (303) x 14), 'signing in fills no network\'s count');
}

# ---- many at once ------------------------------------------------------------------------------

# From everywhere, each at another account, so that no count is full: callbacks are answered meanwhile.
{
	my $s = FCGI->new(settings => { THREADS => 8 });
	$s->start;
	my @c = map { $s->begin(POST => '/login', headers => { Origin => $s->{origin} }, env => { REMOTE_ADDR => sprintf '2001:db8:%x::1', $_ },
		form => { email => "guess$_\@example.net", password => 'wrong' }) } 1 .. 150;
	sleep 0.2;
	my $began = time;
	is($s->callback('[]')->{status}, 200, 'a callback among a hundred and fifty who sign in');
	cmp_ok(time - $began, '<', 1.5, 'does not wait for their passwords');
	my %count;
	$count{ FCGI::finish($_)->{status} }++ for @c;
	cmp_ok($count{503} // 0, '>=', 75, 'some of them are told to try again: ' . join ', ', map { "$_: $count{$_}" } sort keys %count);
	ok($s->sign_in('owner@example.org')->{csrf}, 'and then it works');
	is($s->stop, 0, 'ends in order');
}

# ---- a short code that is held ------------------------------------------------------------------

{
	$r->callback('[{"type":"message-received","to":"+19195550100","message":{"id":"short1","from":"72345",'
		. '"to":["+19195550100"],"direction":"in","text":"wrong number"}}]');
	my $s = $r->sign_in($me);
	my $look = sub { return get('/admin/1/look', $s->{cookie})->{body} };
	like($look->(), qr/name="contact" value="72345"/, 'a short code may have asked to stop, too');
	my $b = $r->request(POST => '/admin/1/look', headers => { Cookie => $s->{cookie}, Origin => $r->{origin} },
		form => { csrf => $s->{csrf}, contact => '72345', action => 'release', seen => 1 });
	is($b->{status}, 409, 'what came in since the page was shown is shown first');
	like($b->{body}, qr/They wrote again meanwhile/, 'with the reason');
	my ($seen) = $b->{body} =~ /name="contact" value="72345">\s*<input type="hidden" name="seen" value="(\d+)"/;
	$b = $r->request(POST => '/admin/1/look', headers => { Cookie => $s->{cookie}, Origin => $r->{origin} },
		form => { csrf => $s->{csrf}, contact => '72345', action => 'release', seen => $seen });
	is($b->{status}, 303, 'a person can release it');
	unlike($look->(), qr/value="72345"/, 'and it is done');
}
is($r->stop, 0, 'ends in order');
unlike($r->log, qr/\Q$right\E|\Q$value\E|throttled|guess/, 'no password, cookie or address is in the log');

# ---- over https, below a path --------------------------------------------------------------------

for (['https://example.org', qr/^__Host-spoke=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/],
	['https://example.org/a/b', qr/^__Secure-spoke=[\w-]{43}; Path=\/a\/b; HttpOnly; SameSite=Lax; Secure$/]) {
	my ($base, $want) = @$_;
	my $s = FCGI->new(settings => { BASE_URL => $base });
	$s->start;
	my $b = $s->sign_in('owner@example.org');
	like($b->{answer}{headers}{'set-cookie'}, $want, "$base: the cookie stays at home");
	ok($b->{csrf}, "$base: and is taken");
	is($s->stop, 0, 'ends in order');
}
done_testing();
