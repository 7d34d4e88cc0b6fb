# Attachments whose server says what no server should: bodies without end, lengths that lie, packed ones, parts; ids and
# folders that lead elsewhere. Each is kept whole or not at all, within the limits, where it belongs.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use FindBin;
use lib $FindBin::Bin;
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time sleep);
use Worker;

my $LIMIT = 256 * 1024;
my $png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR" . 'x' x 3000;
my $crlf = "\r\n";
my $ok = "HTTP/1.1 200 OK$crlf";

# What is answered to an id that ends in a name: pieces, or a function that says them until the other end has enough.
my %wild = (
	'chunks-without-end' => sub { my ($say) = @_; $say->("${ok}Transfer-Encoding: chunked$crlf$crlf"); 1 while $say->("8000$crlf" . 'x' x 0x8000 . $crlf) },
	'chunks-cut' => ["${ok}Transfer-Encoding: chunked$crlf$crlf" . "4${crlf}abcd$crlf"],
	'chunk-of-no-number' => ["${ok}Transfer-Encoding: chunked$crlf$crlf" . "zz${crlf}abcd${crlf}0$crlf$crlf"],
	'identity-cut' => ["${ok}Transfer-Encoding: identity$crlf$crlf" . 'half of a picture'],
	'longer-than-said' => ["${ok}Content-Length: 4$crlf$crlf" . 'abcdefgh'],
	'shorter-than-said' => ["${ok}Content-Length: 5000$crlf$crlf" . 'abcd'],
	'length-beyond-all-numbers' => ["${ok}Content-Length: 99999999999999999999999$crlf$crlf" . 'abcd'],
	'negative-length' => ["${ok}Content-Length: -4$crlf$crlf" . 'abcd'],
	'huge-and-said' => sub { my ($say) = @_; $say->("${ok}Content-Length: 9000000000000$crlf$crlf"); 1 while $say->('x' x 0x8000) },
	'part-of-it' => ["HTTP/1.1 206 Partial Content${crlf}Content-Range: bytes 0-3/3000${crlf}Content-Length: 4$crlf$crlf" . 'abcd'],
	'no-content' => ["HTTP/1.1 204 No Content$crlf$crlf"],
	'not-modified' => ["HTTP/1.1 304 Not Modified$crlf$crlf"],
	'bytes-without-head' => [$png],
	'continue-without-end' => sub { my ($say) = @_; 1 while $say->("HTTP/1.1 100 Continue$crlf$crlf") },
	'head-without-end' => sub { my ($say) = @_; $say->($ok); 1 while $say->('X-Long: ' . 'x' x 1000 . $crlf) },
	'packed' => ["${ok}Content-Encoding: gzip${crlf}Content-Length: 20$crlf$crlf" . "\x1f\x8b\x08" . "\0" x 17],
	'cookie' => ["${ok}Set-Cookie: spy=1; Path=/${crlf}Content-Length: 4$crlf$crlf" . 'abcd'],
	'plain' => ["${ok}Content-Length: " . length($png) . "$crlf$crlf" . $png],
);

# ---- the server --------------------------------------------------------------------------------

# Stands where Bandwidth's messaging interface does: answers as above, and leaves the rest to the simulator.
my $front = IO::Socket::INET->new(Listen => 50, LocalAddr => '127.0.0.1', LocalPort => 0, ReuseAddr => 1) or die;
my $host = '127.0.0.1:' . $front->sockport;
my $w = Worker->new(settings => { MEDIA_FILE_BYTES => $LIMIT, MEDIA_FREE_BYTES => 0, BANDWIDTH_MESSAGING_URL => "http://$host/api/v2" });
my $heads = "$w->{dir}/heads";
sub serve_one {
	my ($c) = @_;
	my $head = '';
	while ($head !~ /\r\n\r\n/) { sysread $c, $head, 1, length $head or return }
	open my $f, '>>', $heads or return;
	syswrite $f, $head;
	close $f;
	my ($name) = $head =~ m{^GET \S*/media/(?:\S*/)?([a-z-]+) };
	my $what = $wild{$name // ''};
	if ($what) {
		my $say = sub { my $n = syswrite $c, $_[0]; return defined $n };
		ref $what eq 'CODE' ? $what->($say) : $say->($_) for ref $what eq 'CODE' ? 1 : @$what;
		return;
	}
	my $sim = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $w->{port}) or return;
	$head =~ s/\r\n\r\n/\r\nConnection: close\r\n\r\n/;
	syswrite $sim, $head;
	my $bytes;
	syswrite $c, $bytes while sysread $sim, $bytes, 65536;
}
my $server = fork // die;
if ($server == 0) {
	$SIG{CHLD} = 'IGNORE';
	while (my $c = $front->accept) {
		my $pid = fork;
		if (defined $pid && $pid == 0) {
			$SIG{PIPE} = 'IGNORE';
			serve_one($c);
			POSIX::_exit(0);
		}
		close $c;
	}
	POSIX::_exit(0);
}
close $front;
END { kill 'KILL', $server if $server }

# ---- helpers -----------------------------------------------------------------------------------

my $folder = "$w->{dir}/data/media";
my $watch;	# the worker that stays
sub mms { my ($id) = @_; my $m = $w->hand('mms', $w->{org}, $Worker::NUMBER, "http://$host/api/v2/users/$Worker::ACCOUNT/media/$id"); $w->hand('wake', 1) if $watch; return $m }
sub media { my ($id) = @_; return @{decode_json($w->hand('media', $w->{org}, $id))} }
sub path { my ($id) = @_; return sprintf '%s/%d/%s/%s.0', $folder, $w->{org}, substr($id, 0, 4), $id }
sub tried { my ($id) = @_; return Worker::await(60, "a try of $id", sub { my ($m) = media($id); ($m->{tries} || 0) >= 1 && $m }) }
sub parts { my @parts = glob "$folder/part/*"; return scalar @parts }

is($w->run, 0, 'the credentials are checked first');
$watch = $w->spawn('--watch');

# ---- answers ---------------------------------------------------------------------------------------
for my $name ('chunks-without-end', 'huge-and-said') {
	my $id = mms($name);
	my $m = tried($id);
	is_deeply([@$m{qw(state why)}], ['failed', 'too-large'], "$name: cut off at MEDIA_FILE_BYTES");
	ok(!-e path($id), 'no file');
}
for my $name (qw(chunks-cut chunk-of-no-number identity-cut shorter-than-said negative-length length-beyond-all-numbers part-of-it
	no-content not-modified bytes-without-head continue-without-end head-without-end)) {
	my $id = mms($name);
	my $m = tried($id);
	is($m->{state}, 'waiting', "$name: not taken for the file");
	ok($m->{words}, 'said: ' . ($m->{words} // ''));
	ok(!-e path($id), 'no file');
}
is(parts(), 0, 'nothing half written is left');
for (['longer-than-said', 'abcd', 'as long as was said, and no more'], ['packed', "\x1f\x8b\x08" . "\0" x 17, 'not unpacked'], ['cookie', 'abcd', 'kept'],
	['a%22%0d%0aSet-Cookie:%20x=1;/plain', $png, 'an id with quotes and line ends: kept'], ['..%252f..%252f/plain', $png, 'an id that is escaped twice: kept'],
	['%3Cscript%3E/plain', $png, 'an id with marks: kept']) {
	my ($name, $bytes, $what) = @$_;
	my $id = mms($name);
	my $m = tried($id);
	is($m->{state}, 'stored', "$name: $what");
	is($m->{sha256}, sha256_hex($bytes), 'with the sum of these bytes');
	ok(Worker::slurp(path($id)) eq $bytes, 'under a name of ours');
}
my $asked = Worker::slurp($heads);
like($asked, qr{^GET /api/v2/users/$Worker::ACCOUNT/media/\.\.%252f\.\.%252f/plain HTTP}m, 'what was escaped is asked for as it came');
like($asked, qr{^GET /api/v2/users/$Worker::ACCOUNT/media/a%22%0d%0aSet-Cookie:%20x=1;/plain HTTP}m, 'and adds no line');
unlike($asked, qr/^Cookie:|^Set-Cookie:/mi, 'no cookie is taken');
unlike($asked, qr/^Accept-Encoding:|^Range:/mi, 'nothing packed, and no part, was asked for');

kill 'TERM', $watch;
is(Worker::ended($watch, 20), 0, 'told to end, it ends');
$watch = undef;

# ---- folders that lead elsewhere -----------------------------------------------------------------------
mkdir "$w->{dir}/elsewhere", 0700;
for my $link ("$folder/part", "$folder/$w->{org}") {
	rename $link, "$w->{dir}/aside" or die "$link: $!";
	symlink "$w->{dir}/elsewhere", $link or die;
	my $id = mms('plain');
	$w->run;
	my $m = tried($id);
	is($m->{state}, 'waiting', "a link instead of a folder ($link): not kept");
	like($m->{words}, qr/could not be written to this machine's disk/, 'and says so');
	is_deeply([glob "$w->{dir}/elsewhere/*"], [], 'nothing is written behind it');
	unlink $link;
	rename "$w->{dir}/aside", $link or die;
	$w->hand('media-age', $w->{org}, $id, 0, 0);
	$w->run;
	ok(Worker::slurp(path($id)) eq $png, 'with the folder again, it is fetched');
}
done_testing();
