# Attacks of src/THREATS that are no other test's subject: what a cookie, a token or an address is worth to whom it does
# not belong, what other sites can do, what a stranger's words do to pages, what a process shows to its neighbours.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Compress::Zlib ();
use FCGI;
use JSON::PP;
use Test::More;

my $r = FCGI->new;
my $pid = $r->start;
my $w = $r->{world};
my %s = map { $_ => $r->sign_in("$_\@example.org") } qw(owner admin);

sub get { my ($path, $who, %h) = @_; return $r->request(GET => $path, headers => { $who ? (Cookie => $s{$who}{cookie}) : (), %h }) }
sub post { my ($path, %form) = @_; return $r->request(POST => $path, headers => { Cookie => $s{owner}{cookie}, Origin => $r->{origin} },
	form => { csrf => $s{owner}{csrf}, %form }) }
sub api { my ($method, $path, %o) = @_; return $r->request($method, "/api/orgs/1$path", headers => { Authorization => "Bearer $w->{both}", %{delete $o{headers} || {}} }, %o) }
sub text { my (%m) = @_; return encode_json([{ type => 'message-received', to => '+19195550100', time => '2026-11-23T18:00:00.000Z',
	message => { id => 'id' . rand, direction => 'in', from => '+19195550177', to => ['+19195550100'], text => 'Hello', %m } }]) }
# Everything stored but what only says when somebody was last seen.
sub stored { return join "\n", grep { !/^(sessions|tokens|counters|throttle)\t/ } split /\n/, $r->seed('dump') }

# ---- sessions ---------------------------------------------------------------------------
{
	my $planted = 'spoke=' . 'A' x 43;
	my $a = $r->request(POST => '/login', headers => { Origin => $r->{origin}, Cookie => $planted }, form => { email => 'owner@example.org', password => $w->{password} });
	like($a->{headers}{'set-cookie'}, qr/^spoke=(?!A{43})/, 'whoever signs in gets a new cookie, not the one that was planted');
	is($r->request(GET => '/admin/1/messages', headers => { Cookie => $planted })->{status}, 303, 'which stays worth nothing');
	my ($own) = $a->{headers}{'set-cookie'} =~ /^(spoke=[^;]+)/;
	is($r->request(GET => '/admin/1/messages', headers => { Cookie => $own })->{status}, 200, 'the new one is good');

	$r->ctl(\"another good password\n", 'user', 'add', 'owner@example.org', '--org', 1, '--role', 'OWNER', '--password-stdin');
	is($r->request(GET => '/admin/1/messages', headers => { Cookie => $own })->{status}, 303, 'a new password ends the sessions of the old one');
	is(get('/admin/1/messages', 'owner')->{status}, 303, 'in every browser');
	$s{owner} = $r->sign_in('owner@example.org', password => 'another good password');

	my $leaver = sub { $r->ctl(\"$w->{password}\n", 'user', 'add', 'leaver@example.org', '--org', 1, '--role', 'OWNER', '--password-stdin');
		$r->ctl('user', 'add', 'leaver@example.org', '--org', 2, '--role', 'ADMIN'); return $s{leaver} = $r->sign_in('leaver@example.org') };
	$leaver->();
	is(get('/admin/1/messages', 'leaver')->{status}, 200, 'somebody who will leave');
	$r->ctl('user', 'remove', 'leaver@example.org');
	is(get('/admin/1/messages', 'leaver')->{status}, 303, 'a removed user\'s open session is over at once');
	is($r->request(POST => '/admin/1/pause', headers => { Cookie => $s{leaver}{cookie}, Origin => $r->{origin} }, form => { csrf => $s{leaver}{csrf}, do => 'pause' })->{headers}{location},
	    'http://localhost:3000/login', 'and nothing can be posted with it');
	$leaver->();
	$r->ctl('user', 'remove', 'leaver@example.org', '--org', 1);
	$s{leaver} = $r->sign_in('leaver@example.org');
	is(get('/admin/1/messages', 'leaver')->{status}, 404, 'who lost one role sees nothing of that organization');
	is(get('/admin/2/messages', 'leaver')->{status}, 200, 'but of the other');
	$r->ctl('user', 'add', 'leaver@example.org', '--org', 2, '--role', 'OWNER');
	$s{leaver} = $r->sign_in('leaver@example.org');
	$r->ctl('user', 'add', 'leaver@example.org', '--org', 2, '--role', 'ADMIN');
	is($r->request(POST => '/admin/2/pause', headers => { Cookie => $s{leaver}{cookie}, Origin => $r->{origin} }, form => { csrf => $s{leaver}{csrf}, do => 'pause' })->{status},
	    403, 'who is an owner no more may change nothing, also with the session of before');
	$r->ctl('token', 'revoke', $r->ctl('token', 'list', '--org', 2)->{tokens}[0]{id}, '--org', 2);
	is($r->request(GET => '/api/orgs/2/messages', headers => { Authorization => "Bearer $w->{foreign}" })->{status}, 401, 'a revoked token is worth nothing at once');
}

# ---- addresses ----------------------------------------------------------------------------
is($r->request(GET => "/api/orgs/1/messages?$_->[0]=$_->[1]")->{status}, 401, "a token in the address is not taken ($_->[0])")
    for ['token', $w->{both}], ['access_token', $w->{both}], ['api_key', $w->{both}], ['X-Api-Key', $w->{both}];
is($r->request(GET => '/admin/1/messages?' . $s{owner}{cookie})->{status}, 303, 'nor is a session');
is($r->request(POST => "/bandwidth/1?user=bandwidth.com&password=$w->{callback_1}", body => '[]')->{status}, 401, 'nor the callback password');
for my $back ('https://evil.example/', '//evil.example/', '/\\evil.example', '/admin/1/../../x', '/admin/2/look', "/admin/1/look\r\nSet-Cookie: a=b") {
	my $a = post('/admin/1/pause', do => 'resume', back => $back);
	is($a->{headers}{location} // "status $a->{status}", 'http://localhost:3000/admin/1/messages?done=resumed', 'a form does not lead to ' . ($back =~ s/[\r\n]+/ /r));
	is($a->{headers}{'set-cookie'}, undef, 'and sets no cookie');
}
is_deeply([sort keys %{get('/healthz')->{json}}], ['status'], 'what monitors see says nothing about contents');
{
	my %answers = map { my $a = $r->callback('[]', headers => $_); ("$a->{status} $a->{body}" => 1) } FCGI::basic('bandwidth.com', 'wrong'),
	    FCGI::basic('someone', $w->{callback_1}), FCGI::basic('', ''), FCGI::basic('bandwidth.com', $w->{callback_2});
	is(scalar keys %answers, 1, 'every wrong pair of a callback gets the same answer');
}

# ---- other sites ----------------------------------------------------------------------------
{
	my $message = api(POST => '/messages', json => { to => '+19195550166', text => 'Hi' })->{json}{messages}[0]{id};
	my $job = decode_json($r->seed(job => 'numbers-search'))->{job};
	my $mms = $r->attachments('a file');
	$r->callback(text(text => 'perhaps you could stop texting me'));
	my $top = $ENV{SOURCE} || "$FindBin::Bin/../..";
	open my $table, '<', "$top/src/responder/routes.c" or die "routes.c: $!";
	my @gets = map { /^\s*\{METHOD_GET, "(\/admin[^"]+)"/ ? $1 : () } <$table>;
	cmp_ok(scalar @gets, '>=', 10, 'pages that can be asked for');
	my $before = stored();
	my %cors;
	for my $path (@gets) {
		$path =~ s/\{org\}/1/;
		$path =~ s/\{place\}/0/;
		my $item = $path =~ /jobs/ ? $job : $path =~ /media/ ? $mms : $message;
		$path =~ s/\{item\}/$item/;
		for my $query ('do=pause', 'do=resume', 'do=cancel-all', 'action=cancel', 'action=send', 'action=done&contact=%2B19195550177', 'action=opt-out&contact=%2B19195550177',
			'do=add&number=%2B19195550178', 'do=order&kind=area&area=919&quantity=1', 'do=backup', 'do=moved&stopped=on', 'section=limit&dailySegments=9', 'section=credentials&accountId=9900000') {
			my $a = get("$path?$query&csrf=$s{owner}{csrf}", 'owner', Origin => 'https://evil.example');
			$cors{"$path $_"} = 1 for grep { /^access-control/ } keys %{$a->{headers}};
			fail("$path?$query: $a->{status}") if $a->{status} >= 400;
		}
	}
	is(stored(), $before, 'asking for a page changes nothing, whatever the address says');
	for my $a (api(GET => '/messages', headers => { Origin => 'https://evil.example' }), $r->request(OPTIONS => '/api/orgs/1/messages', headers => {
		Origin => 'https://evil.example', 'Access-Control-Request-Method' => 'POST', 'Access-Control-Request-Headers' => 'authorization' })) {
		$cors{"$a->{status} $_"} = 1 for grep { /^access-control/ } keys %{$a->{headers}};
	}
	is_deeply([keys %cors], [], 'no answer may be read by the script of another site');
}

# ---- strangers' words ---------------------------------------------------------------------------
{
	my $evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'&amp;{{7*7}}</pre></textarea></title>javascript:alert(3)';
	$r->ctl('org', 'add', $evil);
	my ($org) = map { $_->{number} // $_->{organization} // $_->{id} } grep { $_->{name} eq $evil } @{$r->ctl('org', 'list')->{organizations}};
	$r->ctl(\"$w->{password}\n", 'user', 'add', 'evil@example.org', '--org', $org, '--role', 'OWNER', '--password-stdin');
	$r->ctl('numbers', 'add', $org, '+19195550150');
	my $password = $r->ctl('callback-password', $org)->{callback_password};
	my $call = sub { return $r->callback(encode_json(\@_), org => $org, password => $password)->{status} };
	is($call->({ type => 'message-received', to => '+19195550150', description => $evil, carrierName => $evil, message => { id => $evil, direction => 'in', applicationId => $evil,
		tag => $evil, from => '+19195550177', to => ['+19195550150', $evil], text => "stop it please $evil", media => ["https://example.org/$evil"] } },
		{ type => $evil, to => $evil, message => { id => "2$evil", from => $evil, text => $evil } },
		{ type => 'message-failed', to => $evil, errorCode => $evil, description => $evil, message => { id => "3$evil", to => [$evil] } }), 200, 'hostile words by every field of a callback');
	$r->callback($evil, org => $org, password => $password);
	my $token = $r->ctl('token', 'add', '--org', $org, '--name', $evil)->{token};
	my $sent = $r->request(POST => "/api/orgs/$org/messages", headers => { Authorization => "Bearer $token" }, json => { to => '+19195550188', text => $evil, reference => $evil })->{json}{messages}[0]{id};
	my ($in) = map { $_->{id} } @{$r->request(GET => "/api/orgs/$org/messages?direction=in", headers => { Authorization => "Bearer $token" })->{json}{messages}};
	$s{evil} = $r->sign_in('evil@example.org');
	$s{evil}{csrf} = (get("/admin/$org/messages", 'evil')->{body} =~ /name="csrf" value="([^"]+)"/)[0];
	my $escaped = FCGI::escape($evil);
	my ($shown, @wrong) = (0);
	for my $a ((map { get("/admin/$org/$_", 'evil') } 'messages', 'look', 'settings', 'check', 'data', 'numbers', 'buy', "messages/$sent", "messages/$in", "messages?contact=$escaped&state=$escaped",
		"messages?contact=%2B19195550177", "numbers?look=$escaped&state=$escaped&after=$escaped", "settings?saved=$escaped", "messages?done=$escaped", "messages?new=1&to=$escaped"),
		get("/login?next=$escaped"), get("/login?next=/admin/$escaped"), $r->request(GET => "/$escaped", headers => { Accept => 'text/html' }),
		$r->request(POST => '/login', headers => { Origin => $r->{origin} }, env => { REMOTE_ADDR => '198.51.100.77' }, form => { email => $evil, password => $evil, next => $evil }),
		map({ my ($path, %form) = @$_; $r->request(POST => "/admin/$org/$path", headers => { Cookie => $s{evil}{cookie}, Origin => $r->{origin}, Accept => 'text/html' }, form => { csrf => $s{evil}{csrf}, %form }) }
			['messages', to => $evil, text => $evil], ['settings', section => 'credentials', map({ $_ => $evil } qw(accountId userName siteId sipPeerId applicationId city zip country))],
			['settings', section => 'limit', dailySegments => $evil], ['settings', section => 'answers', helpText => $evil x 30], ['settings', section => $evil],
			['numbers', do => 'add', number => $evil], ['buy', do => 'search', kind => 'city', city => $evil, cityState => $evil, quantity => $evil], ['check', do => $evil, to => $evil], ['look', action => $evil, event => $evil])) {
		$shown++ if $a->{body} =~ /&lt;script&gt;alert\(1\)/;
		push @wrong, substr($a->{body}, $-[0] > 80 ? $-[0] - 80 : 0, 200) if $a->{body} =~ /<script>alert|<img src=x|<\/pre><\/textarea>|"><script|href="javascript:/;
		push @wrong, "another type: $a->{headers}{'content-type'}" if $a->{status} != 303 && $a->{headers}{'content-type'} !~ /^(text\/html|application\/json); charset=utf-8$/;
		push @wrong, "status $a->{status}" if $a->{status} >= 500 || !$a->{status};
		push @wrong, 'no policy' if ($a->{headers}{'content-security-policy'} // '') !~ /script-src 'self';/;
	}
	is_deeply(\@wrong, [], 'on no page are they anything but words');
	cmp_ok($shown, '>=', 10, "where they are shown ($shown pages)");
	my $api = $r->request(GET => "/api/orgs/$org/messages", headers => { Authorization => "Bearer $token", Accept => 'text/html' });
	like($api->{headers}{'content-type'}, qr/^application\/json/, 'the API answers JSON, whatever is asked for');
	is($api->{headers}{'x-content-type-options'}, 'nosniff', 'which nobody takes for a page');
}

# ---- bodies ------------------------------------------------------------------------------------
{
	my $bomb = Compress::Zlib::memGzip('[' . '0,' x 10_000_000 . '0]');
	cmp_ok(length $bomb, '<', 100_000, 'a body of 20 MB, compressed');
	my $a = $r->callback($bomb, headers => { 'Content-Encoding' => 'gzip' });
	is($a->{status}, 400, 'is not unpacked');
	is($r->callback(text(), headers => { 'Transfer-Encoding' => 'chunked' })->{status}, 200, 'only the length counts that the web server found');
}

# ---- a process and its neighbours -----------------------------------------------------------------
{
	my $read = sub { open my $f, '<:raw', "/proc/$_[0]" or return ''; local $/; return <$f> };
	like($read->("$pid/limits"), qr/Max core file size\s+[01]\s/, 'the responder leaves no core dump');
	unlike($read->("$pid/cmdline"), qr/\Q$r->{settings}{SESSION_SECRET}\E|$w->{callback_1}/, 'and has no secret in its command line');
	my $data = $r->{settings}{DATA_DIR};
	is(sprintf('%04o', (stat $data)[2] & 07777), '0700', 'nobody else can look into its data');
	is_deeply([grep { my @st = lstat; -f _ && $st[2] & 077 } glob "$data/*"], [], 'or at any file there');

	# Links that somebody put among the attachments.
	my $mms = $r->attachments('mine');
	my $path = $r->attachment_path($mms, 0);
	(my $folder = $path) =~ s{/[^/]+$}{};
	symlink '/etc', "$folder/etc" or die $!;
	symlink '/etc/passwd', "$folder/passwd" or die $!;
	my $made = $r->ctl('backup', "$r->{dir}/backups")->{path};
	ok(-f "$made/media/" . ($path =~ m{/media/(.*)})[0], 'a backup has the attachments');
	is(scalar(my @links = `find $made -type l -o -name passwd -o -name etc`), 0, 'and follows no link out of the data directory');
	unlink "$folder/etc", "$folder/passwd";
}
is($r->stop, 0, 'ends in order');
unlike($r->log, qr/spk_|another good password|\Q$w->{callback_1}\E|\Q$w->{password}\E|runtime error|Sanitizer/, 'no secret is in the log');
done_testing();
