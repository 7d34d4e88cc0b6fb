# Attachments that came in, as they are served: to whom, as what, in which parts.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Digest::SHA qw(sha256_hex);
use FCGI;
use JSON::PP;
use POSIX ();
use Test::More;

my $r = FCGI->new(settings => { MEDIA_PER_MESSAGE => 12 });
$r->start;
my $w = $r->{world};
my $owner = { Cookie => $r->sign_in('owner@example.org')->{cookie} };
my $read = { Authorization => "Bearer $w->{read}" };

sub get { my ($id, $place, %o) = @_; my %h = (%$owner, %{delete $o{headers} || {}}); my $q = delete $o{query} // '';
	return $r->request($o{method} || 'GET', "/admin/1/messages/$id/media/$place$q", headers => \%h) }
sub api { my ($path, %h) = @_; return $r->request(GET => "/api/orgs/1$path", headers => { %$read, %h }) }

# ---- what it is served as ---------------------------------------------------------------------
my @shown = (
	['image/png', 'png', "\x89PNG\r\n\x1a\n\0\0\0\rIHDR" . 'x' x 50],
	['image/jpeg', 'jpg', "\xff\xd8\xff\xe0\0\x10JFIF" . 'x' x 50],
	['image/gif', 'gif', 'GIF89a' . 'x' x 50],
	['image/webp', 'webp', "RIFF\x40\0\0\0WEBPVP8 " . 'x' x 50],
	['video/mp4', 'mp4', "\0\0\0\x20ftypisom" . 'x' x 50],
	['audio/mpeg', 'mp3', "ID3\4\0\0\0\0\2\1TSSE" . 'x' x 50],
);
my @not = (
	['svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
	['html', '<!doctype html><script>alert(1)</script>'],
	['xml', '<?xml version="1.0"?><x/>'],
	['html behind a comment', '<!-- GIF89a --><html>'],
	['pdf', '%PDF-1.7'],
	['nothing', ''],
);
# What is one thing at its beginning and another behind it is only ever the first.
my $page = '<!doctype html><script>alert(document.cookie)</script>';
my @two = (
	['image/gif', 'a picture that is a script', 'GIF89a/*' . "\0" x 20 . "*/=1;alert(1)//$page"],
	['image/png', 'a picture with a page in it', "\x89PNG\r\n\x1a\n\0\0\0\rIHDR$page"],
	['image/jpeg', 'a picture with a page behind it', "\xff\xd8\xff\xe0\0\x10JFIF\0$page"],
	['image/webp', 'a picture that ends as a page', "RIFF\x40\0\0\0WEBPVP8 $page"],
	['video/mp4', 'a video with a page in it', "\0\0\0\x20ftypisom$page"],
	['audio/mpeg', 'a sound whose tag is a page', "ID3\4\0\0\0\0\2\1$page"],
	[undef, 'a signature with a page for a head', "\x89PNG\r\n\x1a\n$page"],
	[undef, 'a video of no kind', "\0\0\0\x20ftyphtml$page"],
	[undef, 'a large first box', "<!--ftypisom-->$page"],
	[undef, 'a tag of no version', "ID3<$page"],
	[undef, 'zeros', "\0" x 600],
	[undef, 'a page behind zeros', "\0" x 16 . $page],
	[undef, 'a page behind blanks and marks of order', "\xef\xbb\xbf \n\t$page"],
	[undef, 'a page in UTF-16', "\xff\xfe" . join('', map { "$_\0" } split //, $page)],
	[undef, 'a packed drawing', "\x1f\x8b\x08\0\0\0\0\0\0\3" . 'x' x 30],
	[undef, 'a program', "MZ\x90\0\3\0\0\0"],
);
my $both = $r->attachments(map { $_->[2] } @two);
for my $place (0 .. $#two) {
	my ($type, $what, $bytes) = @{$two[$place]};
	my $a = get($both, $place);
	is($a->{headers}{'content-type'}, $type // 'application/octet-stream', "$what: is served as " . ($type // 'no kind'));
	like($a->{headers}{'content-disposition'}, $type ? qr/^inline; filename="$both-$place\.\w+"$/ : qr/^attachment; filename="$both-$place\.bin"$/, 'and so treated');
	is($a->{headers}{'x-content-type-options'}, 'nosniff', 'and as nothing else');
	like($a->{headers}{'content-security-policy'}, qr/^sandbox; default-src 'none';/, 'and runs nothing');
	ok($a->{body} eq $bytes, 'as it came');
}
my $id = $r->attachments((map { $_->[2] } @shown), (map { $_->[1] } @not));
for my $place (0 .. $#shown) {
	my ($type, $extension, $bytes) = @{$shown[$place]};
	my $a = get($id, $place);
	is($a->{status}, 200, "$type is served");
	is($a->{body}, $bytes, 'byte for byte');
	is($a->{headers}{'content-type'}, $type, 'as what it is');
	is($a->{headers}{'content-disposition'}, "inline; filename=\"$id-$place.$extension\"", 'to be shown, under a name of ours');
	is($a->{headers}{'content-length'}, length $bytes, 'with its length');
	like(get($id, $place, query => '?download=1')->{headers}{'content-disposition'}, qr/^attachment; filename="$id-$place\.$extension"$/, 'or as a download');
}
for my $i (0 .. $#not) {
	my ($what, $bytes) = @{$not[$i]};
	my $place = @shown + $i;
	for my $a (get($id, $place), api("/messages/$id/media/$place")) {
		is($a->{body}, $bytes, "$what is served");
		is($a->{headers}{'content-type'}, 'application/octet-stream', 'as something that nobody opens');
		is($a->{headers}{'content-disposition'}, "attachment; filename=\"$id-$place.bin\"", 'as a download');
	}
}
for my $a (get($id, 0), get($id, 6), api("/messages/$id/media/0"), api("/messages/$id/media/6")) {
	my %h = %{$a->{headers}};
	is($h{'x-content-type-options'}, 'nosniff', 'no sniffing');
	like($h{'content-security-policy'}, qr/^sandbox; default-src 'none';/, 'a policy that lets it run nothing');
	unlike($h{'content-security-policy'}, qr/allow-|script|unsafe|\*/, 'without holes');
	is(scalar @{$a->{list}{'content-security-policy'}}, 1, 'and no second one');
	is($h{'cache-control'}, 'no-store', 'not to be stored');
	is($h{'cross-origin-resource-policy'}, 'same-origin', "not for other sites' pages");
}
like($r->request(GET => "/admin/1/messages/$id", headers => $owner)->{headers}{'content-security-policy'}, qr/img-src 'self'; media-src 'self'/, 'pages may show our own files');

# ---- HEAD, and parts ----------------------------------------------------------------------------
my $png = $shown[0][2];
my $size = length $png;
my $a = get($id, 0, method => 'HEAD');
is($a->{status}, 200, 'HEAD');
is($a->{body}, '', 'has no body');
is($a->{headers}{'content-length'}, $size, 'but its length');
is($a->{headers}{'accept-ranges'}, 'bytes', 'and says that parts can be had');
is($a->{headers}{etag}, '"' . sha256_hex($png) . '"', 'and the hash');
for (['bytes=0-3', 0, 4], ['bytes=5-', 5, $size - 5], ['bytes=-7', $size - 7, 7], ["bytes=10-99999", 10, $size - 10], ["bytes=-99999", 0, $size], ['bytes=0-0', 0, 1]) {
	my ($range, $from, $length) = @$_;
	my $p = get($id, 0, headers => { Range => $range });
	is($p->{status}, 206, $range);
	is($p->{body}, substr($png, $from, $length), 'that part');
	is($p->{headers}{'content-range'}, sprintf('bytes %d-%d/%d', $from, $from + $length - 1, $size), 'and which it is');
}
for my $range ("bytes=$size-", 'bytes=99999-100000', 'bytes=-0') {
	my $p = get($id, 0, headers => { Range => $range });
	is($p->{status}, 416, "$range lies outside");
	is($p->{headers}{'content-range'}, "bytes */$size", 'and is told the size');
	isnt($p->{body}, '', 'with words');
}
for my $range ('bytes=', 'bytes=-', 'bytes=5-3', 'bytes=x-y', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=0', 'bytes=99999999999999999999-', 'bytes=-5-') {
	my $p = get($id, 0, headers => { Range => $range });
	is("$p->{status} " . length $p->{body}, "200 $size", "$range counts as nothing");
}
is(get($id, 0, headers => { Range => 'bytes=0-3', 'If-Range' => $a->{headers}{etag} })->{status}, 206, 'If-Range with this file');
is(get($id, 0, headers => { Range => 'bytes=0-3', 'If-Range' => '"other"' })->{status}, 200, 'with another one all of it');
is(get($id, 0, method => 'HEAD', headers => { Range => 'bytes=0-3' })->{headers}{'content-length'}, $size, 'HEAD knows no parts');
is(get($id, 11, headers => { Range => 'bytes=0-3' })->{status}, 416, 'a part of a file without bytes');
is($r->request(POST => "/admin/1/messages/$id/media/0", headers => $owner, form => {})->{status}, 405, 'nothing can be posted there');

# ---- a large one ------------------------------------------------------------------------------------
{
	my $large = join '', map { pack 'N', $_ } 0 .. 1_500_000;	# 6 MB
	my $big = $r->attachments($large);
	my $pid = $r->{pids}[-1];
	my $peak = sub { open my $f, '<', "/proc/$pid/status"; my ($kb) = join('', <$f>) =~ /^VmHWM:\s*(\d+)/m; return $kb };
	get($id, 0);
	my $before = $peak->();
	is(sha256_hex(get($big, 0)->{body}), sha256_hex($large), 'a large file comes whole') for 1 .. 3;
	cmp_ok($peak->() - $before, '<', 3000, 'without being held in memory');
	is(get($big, 0, headers => { Range => 'bytes=5999990-5999999' })->{body}, substr($large, 5999990, 10), 'or in parts');
	# Somebody who goes away in the middle.
	my $c = $r->begin(GET => "/admin/1/messages/$big/media/0", headers => $owner);
	sysread $c->{socket}, my $some, 100;
	close $c->{socket};
	ok($r->await(10, 'the line', sub { $r->log =~ /media.*did not take the answer/ }), 'one who leaves in the middle is noticed');
	is(get($id, 0)->{status}, 200, 'and the next is served');
	# One that is cut while it is sent: what is missing is not made up.
	$c = $r->begin(GET => "/admin/1/messages/$big/media/0", headers => $owner);
	sysread $c->{socket}, $some, 100;
	truncate $r->attachment_path($big, 0), 1000 or die;
	my $came = length $some;
	while (my $n = sysread $c->{socket}, $some, 65536) { $came += $n }
	cmp_ok($came, '<', length $large, 'one that is cut while it is sent comes short');
	ok($r->await(10, 'the line', sub { $r->log =~ /a file that was being sent cannot be read/ }), 'which is noticed');
	open my $again, '>', $r->attachment_path($big, 0) or die;
	print $again $large;
	close $again;
	my $open = () = glob "/proc/$pid/fd/*";
	get($big, 0, headers => { Range => 'bytes=0-9' }) for 1 .. 20;
	my $now = () = glob "/proc/$pid/fd/*";
	cmp_ok($now, '<=', $open + 2, 'no descriptor is left open');
}

# ---- what is not there ------------------------------------------------------------------------------
my $mixed = $r->attachments(undef, 'x', ('y') x 10, undef);
is(get($mixed, 0)->{status}, 404, 'one that is still being fetched');
is(api("/messages/$mixed/media/0")->{json}{error}{code}, 'not_yet', 'says so');
is(api("/messages/$mixed/media/0")->{headers}{'retry-after'}, 5, 'and when to ask again');
is(api("/messages/$mixed/media/12")->{json}{error}{code}, 'not_fetched', 'one too many');
is(api("/messages/$mixed/media/13")->{json}{error}{code}, 'not_found', 'one that never was');
for my $path ("/messages/$mixed/media/x", "/messages/$mixed/media/256", "/messages/$mixed/media/-1", "/messages/$mixed/media/", "/messages/$mixed/media", "/messages/x/media/0", "/messages/$mixed/media/01", "/messages/$mixed/media/0/0") {
	is(api($path)->{status}, 404, "$path");
}
is($r->request(GET => "/api/orgs/2/messages/$mixed/media/1", headers => { Authorization => "Bearer $w->{foreign}" })->{status}, 404, "another organization's token finds nothing in its own");
is($r->request(GET => "/api/orgs/1/messages/$mixed/media/1", headers => { Authorization => "Bearer $w->{foreign}" })->{status}, 404, 'nor in this one');
is($r->request(GET => "/api/orgs/1/messages/$mixed/media/1", headers => { Authorization => "Bearer $w->{send}" })->{status}, 403, 'a token that may only send');
is($r->request(GET => "/api/orgs/1/messages/$mixed/media/1")->{status}, 401, 'nobody');
is(api("/messages/$mixed/media/1")->{status}, 200, 'one that is there');
my $path = $r->attachment_path($mixed, 1);
open my $f, '>', $path; print $f 'xx'; close $f;
is(api("/messages/$mixed/media/1")->{json}{error}{code}, 'file_missing', 'a file of another size is not served');
unlink $path;
symlink '/etc/passwd', $path;
is(api("/messages/$mixed/media/1")->{json}{error}{code}, 'file_missing', 'nor one behind a link');
unlink $path;
is(api("/messages/$mixed/media/1")->{json}{error}{code}, 'file_missing', 'nor one that is gone');
for my $make (['a pipe that nobody writes to', sub { POSIX::mkfifo($path, 0600) }, sub { unlink $path }], ['a folder', sub { mkdir $path }, sub { rmdir $path }]) {
	my ($what, $there, $gone) = @$make;
	$there->() or die "$path: $!";
	is(api("/messages/$mixed/media/1")->{json}{error}{code}, 'file_missing', "nor $what");
	$gone->();
}

# ---- in the API's messages ----------------------------------------------------------------------------
my $m = api("/messages/$id")->{json};
is(scalar @{$m->{attachments}}, 12, 'a message names its attachments');
is_deeply($m->{attachments}[0], { place => 0, state => 'stored', type => 'image/png', size => $size, sha256 => sha256_hex($png), why => undef, meaning => undef,
	url => "http://localhost:3000/api/orgs/1/messages/$id/media/0" }, 'each with all that is known');
is($m->{attachments}[6]{type}, undef, 'a page is of no kind');
like($m->{media}[0], qr{^https://messaging\.bandwidth\.com/}, 'media stays what Bandwidth said');
my ($listed) = grep { $_->{id} eq $mixed } @{api('/messages')->{json}{messages}};
is_deeply([@{$listed->{attachments}[0]}{qw(state url meaning)}], ['waiting', undef, 'It is being fetched from Bandwidth.'], 'also in lists, and while it waits');
is_deeply([@{$listed->{attachments}[12]}{qw(state why)}], ['failed', 'too-many'], 'or when it is not kept');
($listed) = grep { $_->{id} eq $mixed } @{api('/messages?order=oldest')->{json}{messages}};
is(scalar @{$listed->{attachments}}, 13, 'in either order');
my $out = $r->request(POST => '/api/orgs/1/messages', headers => { Authorization => "Bearer $w->{both}" }, json => { to => '+19195550177', text => 'Hi', media => ['https://example.org/x.png'] })->{json}{messages}[0]{id};
is_deeply(api("/messages/$out")->{json}{attachments}, [], 'what goes out has none here');

# ---- on the page --------------------------------------------------------------------------------------
$page = $r->request(GET => "/admin/1/messages/$id", headers => $owner)->{body};
like($page, qr{<a href="/admin/1/messages/$id/media/0"><img loading="lazy" src="/admin/1/messages/$id/media/0" alt="Picture 1 of 12">}, 'a picture');
like($page, qr{<video controls preload="metadata" src="/admin/1/messages/$id/media/4"}, 'a video');
like($page, qr{<audio controls preload="metadata" src="/admin/1/messages/$id/media/5"}, 'a sound');
is(scalar(() = $page =~ /<(?:img|video|audio) /g), 6, 'and nothing else is shown');
like($page, qr{href="/admin/1/messages/$id/media/6\?download=1">Download<}, 'others are downloads');
unlike($page, qr/http-equiv="refresh"/, 'a page on which all is there keeps still');
$page = $r->request(GET => "/admin/1/messages/$mixed", headers => $owner)->{body};
like($page, qr/being fetched from Bandwidth/, 'one that is being fetched says so');
like($page, qr/more attachments than are kept here/, 'one too many says so');
like($page, qr/http-equiv="refresh"/, 'and the page looks again');
my $list = $r->request(GET => '/admin/1/messages', headers => $owner)->{body};
like($list, qr{href="/admin/1/messages/$id#media">See the attachments</a>}, 'the list of messages leads to them');

# ---- after the time for which they are kept -----------------------------------------------------------
$r->seed('retain', 'text');
$m = api("/messages/$id")->{json};
is_deeply([@$m{qw(text media)}], [undef, []], 'words and addresses are gone');
like($m->{text_removed}, qr/^\d{4}-\d\d-\d\dT/, 'and since when is told');
is($m->{attachments_removed}, undef, 'the attachments are not');
is(scalar @{$m->{attachments}}, 12, 'they are still named');
($listed) = grep { $_->{id} eq $id } @{api('/messages')->{json}{messages}};
is(scalar @{$listed->{attachments}}, 12, 'in lists, too');
is(api("/messages/$id/media/0")->{body}, $png, 'and served');
$page = $r->request(GET => "/admin/1/messages/$id", headers => $owner)->{body};
like($page, qr{<i>The words were removed after 1 day \(RETAIN_TEXT_DAYS\)\.</i>}, 'the page says that the words were removed');
like($page, qr{alt="Picture 1 of 12"}, 'and shows the pictures');
$list = $r->request(GET => '/admin/1/messages', headers => $owner)->{body};
is(scalar(() = $list =~ /words were removed after 1 day/g), 4, 'so does the list');
like($list, qr{>Hi</p>}, 'what still waits keeps its words');
like($r->request(GET => '/admin/1/messages?contact=%2B19195550123', headers => $owner)->{body}, qr/class="bubble" dir="auto"><i>The words were removed/, 'and the conversation');
$r->seed('retain', 'media');
$m = api("/messages/$id")->{json};
is_deeply($m->{attachments}, [], 'then the attachments go');
like($m->{attachments_removed}, qr/^\d{4}-\d\d-\d\dT/, 'and since when is told');
is(api("/messages/$id/media/0")->{json}{error}{code}, 'removed', 'one that was there says what became of it');
like(api("/messages/$id/media/0")->{json}{error}{message}, qr/after 1 day \(RETAIN_MEDIA_DAYS\)/, 'in words');
is(api("/messages/$out/media/0")->{json}{error}{code}, 'not_found', 'one that never was does not');
like($r->request(GET => "/admin/1/messages/$id", headers => $owner)->{body}, qr{<h2>Attachments</h2>\n<p>The attachments were removed after 1 day \(RETAIN_MEDIA_DAYS\)\.</p></section>}, 'the page says so');
my $kept = $r->attachments('x', 'y');
$r->seed('retain', 'media');
$list = $r->request(GET => '/admin/1/messages', headers => $owner)->{body};
like($list, qr{2 attachments, removed</span>}, 'the list says so of a text that has its words');
unlike($list, qr{$kept#media}, 'and leads nowhere');
done_testing();
