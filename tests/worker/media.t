# Attachments that come in: fetched at once, from the one place where they may lie, whole or not at all.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use File::Find ();
use FindBin;
use lib $FindBin::Bin;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use Test::More;
use Time::HiRes qw(time sleep);
use Worker;

my $LIMIT = 1024 * 1024;
my $w = Worker->new(settings => { MEDIA_FILE_BYTES => $LIMIT, MEDIA_PER_MESSAGE => 4, MEDIA_FREE_BYTES => 0 });
is($w->run, 0, 'the credentials are checked first');
my $folder = "$w->{dir}/data/media";
my $png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR" . 'x' x 3000;

# ---- helpers -----------------------------------------------------------------------------------

# Files at Bandwidth, as [name, content type, bytes]; their addresses.
sub at_bandwidth {
	my (@files) = @_;
	my $r = $w->sim(POST => 'inbound', { from => '+19195550123', to => $Worker::NUMBER, media => [map {
		{ name => $_->[0], content_type => $_->[1], base64 => encode_base64($_->[2], '') } } @files] });
	return map { "$w->{url}/api/v2/users/$Worker::ACCOUNT/media/$r->{ids}[0]/$_/$files[$_][0]" } 0 .. $#files;
}
my $watch;	# the worker that stays
sub mms {
	my (@urls) = @_;
	my $id = $w->hand('mms', $w->{org}, $Worker::NUMBER, @urls);
	$w->hand('wake', 1) if $watch;
	return $id;
}
sub media { my ($id) = @_; return @{decode_json($w->hand('media', $w->{org}, $id))} }
sub path { my ($id, $place) = @_; return sprintf '%s/%d/%s/%s.%d', $folder, $w->{org}, substr($id, 0, 4), $id, $place }
sub parts { my @parts = glob "$folder/part/*"; return scalar @parts }
sub all_files {
	my @found;
	return () unless -d $folder;
	File::Find::find({ no_chdir => 1, wanted => sub { push @found, $_ if -f } }, $folder);
	return @found;
}
sub settled { my ($id) = @_; return Worker::await(20, "the attachments of $id", sub { my @m = media($id);
	return @m && !grep({ $_->{state} eq 'waiting' } @m) && \@m }) }
sub requests { return grep { $_->{where} eq 'media' } @{$w->sim(GET => 'ledger?kind=requests')->{requests}} }
# Waits until one was tried so often without success; its record.
sub tried { my ($id, $n) = @_; return Worker::await(20, "$n tries of $id", sub { my ($m) = media($id); ($m->{tries} || 0) >= $n && $m }) }

$watch = $w->spawn('--watch');

# ---- as it should be -----------------------------------------------------------------------------
{
	my @urls = at_bandwidth(['bw.png', 'image/png', $png], ['page.html', 'image/png', '<html><script>1</script>'], ['empty.txt', 'text/plain', '']);
	my $began = time;
	my $id = mms(@urls);
	my ($a, $b, $c) = @{settled($id)};
	cmp_ok(time - $began, '<', 3, 'what comes in is fetched at once');
	is($a->{state}, 'stored', 'a picture is stored');
	is_deeply([@$a{qw(size sha256 type url)}], [length $png, sha256_hex($png), 'image/png', $urls[0]], 'with size, hash and kind');
	is(Worker::slurp(path($id, 0)), $png, 'its file holds its bytes');
	is((stat path($id, 0))[2] & 07777, 0600, 'which nobody else can read');
	is((stat $folder)[2] & 07777, 0700, 'in a folder that nobody else can read');
	is($b->{type}, undef, 'a page that calls itself a picture is none');
	is($b->{state}, 'stored', 'and is kept all the same');
	is(-s path($id, 2), 0, 'a file without bytes');
	is(parts(), 0, 'nothing half written is left');
	my ($m) = grep { $_->{id} eq $id } $w->messages;
	cmp_ok($m->{seq}, '>', 1, 'the message moved up in the order of changes');
	is_deeply($m->{media}, \@urls, 'and its addresses are those received');
	is_deeply([sort map { $_->{target} } requests()], [map { s{^http://[^/]+}{}r } @urls], 'asked for with the slashes of the id as they were');
}

# ---- what is not fetched --------------------------------------------------------------------------
{
	# Whoever listens here would get the credential.
	my $trap = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', LocalPort => 0) or die;
	my $thief = '127.0.0.1:' . $trap->sockport;
	my ($host) = $w->{url} =~ m{//(.*)};
	my $good = "/api/v2/users/$Worker::ACCOUNT/media/1/0/x.png";
	my $before = () = requests();
	my %foreign = (
		'another host' => "http://$thief$good",
		'another port' => "http://127.0.0.1:1$good",
		'another name for the host' => 'http://localhost:' . $trap->sockport . $good,
		'the host as user info' => "http://$host\@$thief$good",
		'user info before the host' => "http://user:pass\@$host$good",
		'a backslash before the other host' => "http://$host\\\@$thief$good",
		'a hash before the other host' => "http://$thief#\@$host$good",
		'another scheme' => "https://$host$good",
		'no scheme' => "//$host$good",
		'a file' => 'file:///etc/passwd',
		'dots that climb' => "http://$host/api/v2/users/$Worker::ACCOUNT/media/../messages",
		'escaped dots that climb' => "http://$host/api/v2/users/$Worker::ACCOUNT/media/%2e%2E/messages",
		'dots behind an escaped slash' => "http://$host/api/v2/users/$Worker::ACCOUNT/media/a%2f..%2F..%2fmessages",
		'no id' => "http://$host/api/v2/users/$Worker::ACCOUNT/media/",
		'messages instead of media' => "http://$host/api/v2/users/$Worker::ACCOUNT/messages/1",
		'a fragment' => "http://$host$good#x",
		'not an address' => 'see attached',
	);
	for my $what (sort keys %foreign) {
		my ($m) = @{settled(mms($foreign{$what}))};
		is_deeply([@$m{qw(state why)}], ['failed', 'foreign'], "$what: not fetched");
	}
	my ($m) = @{settled(mms("http://$host/api/v2/users/9900001/media/1/0/x.png"))};
	is_deeply([@$m{qw(state why)}], ['failed', 'other-account'], 'another account: not fetched');
	($m) = @{settled(mms("http://$host/api/v2/users/${Worker::ACCOUNT}1/media/1/0/x.png"))};
	is($m->{why}, 'other-account', 'nor one whose number only begins like ours');
	$trap->blocking(0);
	is($trap->accept, undef, 'nobody else was connected to');
	is(scalar(my @r = requests()), $before, 'and nothing was asked for');

	# A redirect is not followed.
	my ($url) = at_bandwidth(['bw.png', 'image/png', $png]);
	$w->faults({ where => 'media', status => 302, headers => { Location => "http://$thief$good" }, times => 0 });
	my $id = mms($url);
	$m = tried($id, 1);
	like($m->{words}, qr/another address \(HTTP 302\)/, 'a redirect: said');
	is($trap->accept, undef, 'and not followed');
	is($m->{state}, 'waiting', 'but tried again');
	$w->no_faults;
	$w->hand('media-age', $w->{org}, $id, 0, 0);
	$w->hand('wake', 1);
	is(settled($id)->[0]{state}, 'stored', 'until the file comes');

	# Too many, too large.
	my @urls = at_bandwidth(map { ["$_.png", 'image/png', $png] } 1 .. 5);
	is_deeply([map { $_->{why} // $_->{state} } @{settled(mms(@urls))}], ['stored', 'stored', 'stored', 'stored', 'too-many'], 'more than MEDIA_PER_MESSAGE: the rest is not fetched');
	my @sizes = at_bandwidth(['fits', 'x/y', 'x' x $LIMIT], ['not', 'x/y', 'x' x ($LIMIT + 1)]);
	$id = mms(@sizes);
	my ($fits, $not) = @{settled($id)};
	is($fits->{state}, 'stored', 'as large as MEDIA_FILE_BYTES: kept');
	is_deeply([@$not{qw(state why)}], ['failed', 'too-large'], 'a byte more: not kept');
	ok(!-e path($id, 1), 'without a file');
}

# ---- escapes are left as they are -------------------------------------------------------------------
{
	my ($url) = at_bandwidth(['a b%2F.png', 'image/png', $png]);
	(my $base = $url) =~ s{[^/]+$}{};
	my $id = mms("${base}a%20b%2fx.png");
	like(tried($id, 1)->{words}, qr/does not have it \(HTTP 404\)/, 'an id with an escaped slash is another one');
	like((requests())[-1]{target}, qr{/a%20b%2fx\.png$}, 'asked for as it came');
}

# ---- answers that are not whole ------------------------------------------------------------------------
for my $case (['cut in the middle', { cut => 'answer' }], ['cut with a reset', { cut => 'answer', reset => JSON::PP::true }],
	['without an end that is said', { unsized => JSON::PP::true }], ['404', { status => 404 }], ['500', { status => 500 }],
	['nobody answers', { cut => 'read' }]) {
	my ($what, $fault) = @$case;
	my ($url) = at_bandwidth(['bw.png', 'image/png', $png]);
	$w->faults({ where => 'media', %$fault, times => 1 });
	my $id = mms($url);
	my $m = tried($id, 1);
	is($m->{state}, 'waiting', "$what: it is tried again");
	ok($m->{words}, "and says why: $m->{words}");
	ok(!-e path($id, 0), 'no file meanwhile');
	is(parts(), 0, 'nor a part of one');
	$w->no_faults;
	is(settled($id)->[0]{sha256}, sha256_hex($png), 'and is whole in the end');
}
{
	my ($url) = at_bandwidth(['bw.png', 'image/svg+xml', $png]);
	$w->faults({ where => 'media', stall_ms => 1500 });
	my $id = mms($url);
	is(settled($id)->[0]{type}, 'image/png', 'a slow one with a wrong type comes, and is what its bytes are');
	$w->sim(POST => 'expire');
	($url) = at_bandwidth(['bw.png', 'image/png', $png]);
	is(settled(mms($url))->[0]{state}, 'stored', 'with a token that has expired: renewed, and fetched');
	($url) = at_bandwidth(['bw.png', 'image/png', $png]);
	$w->faults({ where => 'media', status => 429, headers => { 'Retry-After' => 2 } });
	my $began = time;
	is(settled(mms($url))->[0]{state}, 'stored', 'busy: waited for');
	cmp_ok(time - $began, '>=', 2, 'as long as was asked');
}

# ---- the 48 hours ----------------------------------------------------------------------------------------
{
	my $id = mms("$w->{url}/api/v2/users/$Worker::ACCOUNT/media/gone/0/x.png");
	my $m = tried($id, 1);
	my $wait = $m->{due} - time * 1000;
	$w->hand('media-age', $w->{org}, $id, 0, 47 * 3600 * 1000);
	$w->hand('wake', 1);
	$m = tried($id, 2);
	is($m->{state}, 'waiting', 'after 47 hours it is still tried');
	cmp_ok($m->{due} - time * 1000, '>', $wait, 'after longer pauses');
	cmp_ok($m->{due}, '<=', $m->{created} + 48 * 3600 * 1000, 'a last time when they are over');
	$w->hand('media-age', $w->{org}, $id, 0, 3600 * 1000);
	$w->hand('wake', 1);
	is_deeply([@{settled($id)->[0]}{qw(state why)}], ['failed', 'expired'], 'after 48 hours not any more');
}

# ---- removed --------------------------------------------------------------------------------------------------
{
	my ($url) = at_bandwidth(['bw.png', 'image/png', $png]);
	my $id = mms($url, 'http://example.org/x');
	settled($id);
	ok(-e path($id, 0), 'a file');
	$w->hand('media-remove', $w->{org}, $id);
	$w->hand('wake', 1);
	ok(Worker::await(10, 'the removal', sub { !-e path($id, 0) }), 'goes with its message');
	is(scalar media($id), 0, 'and so do the records');
	# while it is being fetched
	$w->faults({ where => 'media', answer_delay_ms => 1000 });
	$id = mms(at_bandwidth(['bw.png', 'image/png', $png]));
	Worker::await(10, 'the part', sub { parts() });
	$w->hand('media-remove', $w->{org}, $id);
	ok(Worker::await(10, 'the end', sub { !parts() }), 'one that is removed while it is fetched');
	sleep 0.3;
	ok(!-e path($id, 0), 'does not come back');
}
# ---- many, and fairly --------------------------------------------------------------------------------------------
{
	my $first = $w->{org};
	$w->org(name => 'Riders Alliance', number => '+19195550101');
	my $second = $w->{org};
	$w->hand('wake', 1);
	Worker::await(10, 'its credentials', sub { $w->record->{cred_state} eq 'confirmed' });
	my @slow = map { at_bandwidth(["slow$_.png", 'image/png', $png]) } 1 .. 12;
	my ($quick) = at_bandwidth(['quick.png', 'image/png', $png]);
	$w->faults({ where => 'media', match => { path => '/slow' }, stall_ms => 6000, times => 0 });
	$w->{org} = $first;
	my @ids = map { mms($_) } @slow;
	sleep 0.3;
	my $began = time;
	my $id = $w->hand('mms', $second, '+19195550101', $quick);
	$w->hand('wake', 1);
	Worker::await(10, 'the quick one', sub { decode_json($w->hand('media', $second, $id))->[0]{state} eq 'stored' });
	cmp_ok(time - $began, '<', 1.5, "one organization's many slow files do not hold up another's");
	is(scalar(grep { (media($_))[0]{state} eq 'stored' } @ids), 0, 'while they are slow');
	$w->no_faults;
	is(settled($_)->[0]{state}, 'stored', 'all of them come in the end') for @ids;
	cmp_ok($w->counters->{connections_most}, '<=', 20, 'over few connections');
}

kill 'TERM', $watch;
is(Worker::ended($watch, 10), 0, 'told to end, it ends');
$watch = undef;

# ---- room on the disk ------------------------------------------------------------------------------------------
{
	local $w->{env}{MEDIA_FREE_BYTES} = 1 << 40;
	my $id = mms(at_bandwidth(['bw.png', 'image/png', $png]));
	is($w->run, 0, 'with less room on the disk than is to be left free');
	my ($m) = media($id);
	is($m->{state}, 'waiting', 'it waits');
	like($m->{words}, qr/too little room/, 'and says so');
	local $w->{env}{MEDIA_FREE_BYTES} = 0;
	$w->hand('media-age', $w->{org}, $id, 0, 0);
	is($w->run, 0, 'with room again');
	is((media($id))[0]{state}, 'stored', 'it is fetched');
}

# ---- a disk that takes no more -----------------------------------------------------------------------------------
{
	my $limited = "$w->{dir}/limited";
	open my $f, '>', $limited or die;
	print $f "#!/bin/sh\nulimit -f 2048\nexec '$Worker::WORKER' \"\$@\"\n";	# 1 MiB: what is longer cannot be written
	close $f;
	chmod 0755, $limited;
	local $w->{env}{MEDIA_FILE_BYTES} = 4 * $LIMIT;
	my $large = 'x' x (3 * $LIMIT);
	my $id = mms(at_bandwidth(['large', 'x/y', $large]));
	{
		local $Worker::WORKER = $limited;
		is($w->run, 0, 'while the disk does not take it');
	}
	my ($m) = media($id);
	is($m->{state}, 'waiting', 'it waits');
	like($m->{words}, qr/could not be written to this machine's disk/, 'and says why');
	is(parts(), 0, 'and what was written has gone');
	$w->hand('media-age', $w->{org}, $id, 0, 0);
	is($w->run, 0, 'with a disk that takes it');
	is(Worker::slurp(path($id, 0)), $large, 'it is fetched');
}

# ---- files that no record knows ----------------------------------------------------------------------------------
{
	my ($known) = grep { m{/[0-9a-f]{16}\.\d+$} } all_files();
	(my $unknown = $known) =~ s{[0-9a-f]{8}\.\d+$}{ffffffff.0};
	my $stranger = $unknown . '.txt';
	for my $path ($unknown, $stranger, "$folder/part/left") {
		open my $f, '>', $path or die "$path: $!";
		print $f 'x';
		close $f;
	}
	is($w->run, 0, 'the next worker');
	ok(!-e $unknown, 'removes a file that no text has');
	ok(!-e "$folder/part/left", 'and what an earlier one left half written');
	ok(-e $known, 'but nothing else');
	ok(-e $stranger, 'nor what is not its own');
}

# ---- told to end in the middle -----------------------------------------------------------------------------------
{
	$w->faults({ where => 'media', stall_ms => 20000 });
	my $id = mms(at_bandwidth(['bw.png', 'image/png', $png]));
	my $pid = $w->spawn('--watch');
	Worker::await(10, 'the part', sub { parts() });
	kill 'KILL', $pid;
	waitpid $pid, 0;
	is((media($id))[0]{state}, 'waiting', 'killed in the middle: it waits');
	ok(!-e path($id, 0), 'without a file');
	$w->no_faults;
	is($w->run, 0, 'the next worker');
	is(Worker::slurp(path($id, 0)), $png, 'fetches it again, whole');
	is(parts(), 0, 'and clears up');
}
done_testing();
