# Over the wire to Bandwidth as it really is, TLS and HTTP/2, against a server on this machine whose
# certificate is made here: that requests share connections, that a text is called "not sent" only when it
# was not, and that nothing is sent to somebody who is not who was meant.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;

my $build = $ENV{BUILD} || '.';
my $dir = tempdir('spoke-XXXXXX', TMPDIR => 1, CLEANUP => 1);
plan skip_all => 'node is not installed' if system('node --version >/dev/null 2>&1') != 0;

sub slurp { my ($path) = @_; open my $f, '<', $path or return ''; local $/; return scalar(<$f>) // '' }
sub spew { my ($path, $text) = @_; open my $f, '>', $path or die "$path: $!"; print $f $text; close $f }

# ---- certificates ----------------------------------------------------------------------

sub openssl { my @args = @_; system("openssl @args >$dir/openssl.log 2>&1") == 0 or die slurp("$dir/openssl.log") }

openssl(qw(req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 -subj '/CN=Authority'),
    '-keyout', "$dir/ca.key", '-out', "$dir/ca.pem");
sub certificate {
	my ($name, $host, $days) = @_;
	openssl(qw(req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes), '-subj', "/CN=$host", '-keyout', "$dir/$name.key",
	    '-out', "$dir/$name.csr");
	spew("$dir/$name.ext", "subjectAltName=DNS:$host\n");
	openssl('x509 -req', '-in', "$dir/$name.csr", '-CA', "$dir/ca.pem", '-CAkey', "$dir/ca.key", '-CAcreateserial',
	    '-days', $days, '-extfile', "$dir/$name.ext", '-out', "$dir/$name.pem");
}
certificate('good', 'localhost', 2);
certificate('other', 'messaging.example.org', 2);
certificate('old', 'localhost', -1);

# ---- the peer, and asking it --------------------------------------------------------------

my (@peers, $peers);
# The port of a new one.
sub peer {
	my ($certificate, @more) = @_;
	my $name = "$dir/peer" . ++$peers;
	pipe(my $theirs, my $ours) or die;
	pipe(my $port, my $say) or die;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		close $ours;
		open STDIN, '<&', $theirs;
		open STDOUT, '>&', $say;
		open STDERR, '>', "$name.err";
		exec 'node', "$FindBin::Bin/peer.js", "$dir/$certificate.key", "$dir/$certificate.pem", "$name.log", @more;
	}
	close $theirs;
	close $say;
	push @peers, { pid => $pid, hold => $ours };
	my $number = <$port> // die slurp("$name.err");
	return { log => "$name.log", port => $number + 0 };
}
END { my $status = $?; close $_->{hold} for @peers; waitpid $_->{pid}, 0 for @peers; $? = $status }

# What came of each request, as [reach, status, obstacle, asked, words], and what the peer saw of it.
sub ask {
	my ($peer, $path, $count, %env) = @_;
	local %ENV = (%ENV, ASK_CA => "$dir/ca.pem", %env);
	spew($peer->{log}, '');
	my @lines = map { chomp; [split / /, $_, 5] } `$build/tests/tls/ask https://localhost:$peer->{port}/$path ${\($count || 1)}`;
	return (\@lines, map { decode_json($_) } split /\n/, slurp($peer->{log}));
}
sub how { my ($lines) = @_; my %n; $n{"$_->[0] $_->[1]"}++ for @$lines; return \%n }
# Those that were seen more than once, as "heeded" or as "request".
sub twice { my ($what, @seen) = @_; my %n; $n{$_->{$what}}++ for grep { $_->{$what} } @seen; return [grep { $n{$_} > 1 } sort keys %n] }

# ---- HTTP/2 ----------------------------------------------------------------------------------

my $good = peer('good');
{
	my ($lines, @seen) = ask($good, 'slow', 200);
	is_deeply(how($lines), { 'answered 202' => 200 }, 'two hundred requests at once are answered');
	my @connections = grep { $_->{connection} } @seen;
	cmp_ok(scalar @connections, '<=', 8, 'on few connections (' . @connections . ')');
	is_deeply([grep { $_->{protocol} ne 'h2' } @connections], [], 'which speak HTTP/2');
	my @requests = grep { $_->{request} } @seen;
	is(scalar @requests, 200, 'each once');
	is_deeply([grep { ($_->{authorization} // '') ne 'Bearer very-secret' || $_->{body} ne '{"text":"hello"}' } @requests], [],
	    'whole, with its authorization');
}

# What may be concluded when there is no answer.
for (['cut', 'begun 0', 'the connection ends'], ['half', 'begun 202', 'the answer is cut off'],
    ['cancel', 'begun 0', 'the stream is reset'], ['broken', 'begun 0', 'the stream is reset by a fault'],
    ['lost', 'begun 0', 'the connection is given up with this stream as the last one, and ends'],
    ['stall', 'begun 0', 'nothing comes in time'], ['last', 'answered 202', 'the connection is given up, and answers'],
    ['refuse', 'not-begun 0', 'the stream is refused, each time']) {
	my ($path, $want, $what) = @$_;
	my ($lines, @seen) = ask($good, $path);
	is_deeply(how($lines), { $want => 1 }, "$what: $want");
	my $times = grep { $_->{request} } @seen;
	is($times, $path eq 'refuse' ? 3 : 1, "it was sent $times times");
}
{
	my ($lines, @seen) = ask($good, 'cut', 20);
	is_deeply(how($lines), { 'begun 0' => 20 }, 'a connection that ends with twenty on it: each may have arrived');
	is_deeply(twice('request', @seen), [], 'and none is sent again');
}

# Refused: the one case in which a request that went out may go again.
{
	my ($lines, @seen) = ask($good, 'busy', 40);
	my $how = how($lines);
	is(($how->{'answered 202'} || 0) + ($how->{'not-begun 0'} || 0), 40, 'refused now and then: answered, or known not to be sent')
	    or diag explain $how;
	cmp_ok($how->{'answered 202'} || 0, '>=', 20, 'most are offered again and taken');
	ok((grep { $_->[3] > 1 } @$lines), 'after it was asked once more whether they may go');
	is_deeply(twice('heeded', @seen), [], 'none is heeded twice');
}
{
	my ($lines, @seen) = ask($good, 'goaway', 23);
	my $how = how($lines);
	is(($how->{'answered 202'} || 0) + ($how->{'not-begun 0'} || 0), 23, 'connections given up with requests behind the last one')
	    or diag explain $how;
	cmp_ok($how->{'answered 202'} || 0, '>=', 15, 'these go out on others');
	is_deeply(twice('heeded', @seen), [], 'none is heeded twice');
	my $heeded = grep { $_->{heeded} } @seen;
	is($heeded, $how->{'answered 202'}, 'those that are said not to be sent were not heeded');
}

# ---- HTTP/1.1, where no more is offered ----------------------------------------------------------

{
	my $peer = peer('good', '', 'http1');
	my ($lines, @seen) = ask($peer, 'slow', 60);
	is_deeply(how($lines), { 'answered 202' => 60 }, 'over HTTP/1.1 sixty requests are answered');
	my $connections = grep { $_->{connection} } @seen;
	cmp_ok($connections, '>', 20, "side by side ($connections connections)");
}

# ---- whom nothing is sent to ----------------------------------------------------------------------

for (['other', 'other-host', "another host's certificate"], ['old', 'expired', 'one that has expired']) {
	my ($lines, @seen) = ask(peer($_->[0]), 'answer');
	is_deeply([@{$lines->[0]}[0, 2, 3]], ['not-begun', $_->[1], 0], "$_->[2]: not begun, nor asked whether it may go");
	is(scalar(grep { $_->{request} } @seen), 0, 'nothing arrived');
}
{
	my ($lines, @seen) = ask($good, 'answer', 1, ASK_CA => "$dir/other.pem");
	is_deeply([@{$lines->[0]}[0, 2, 3]], ['not-begun', 'untrusted', 0], 'a certificate of somebody unknown: not begun');
	is(scalar(grep { $_->{request} } @seen), 0, 'nothing arrived');
}
for (['TLSv1.1', 'not-begun', 0], ['TLSv1.2', 'answered', 1], ['TLSv1.3', 'answered', 1]) {
	my ($version, $reach, $arrived) = @$_;
	my $peer = peer('good', $version);
	# Where the machine's own settings allow old versions.
	spew("$dir/openssl.cnf", "openssl_conf = conf\n[conf]\nssl_conf = ssl\n[ssl]\nsystem_default = all\n" .
	    "[all]\nMinProtocol = TLSv1\nCipherString = ALL:\@SECLEVEL=0\n");
	my ($lines, @seen) = ask($peer, 'answer', 1, OPENSSL_CONF => "$dir/openssl.cnf");
	is($lines->[0][0], $reach, "$version: $reach");
	is(scalar(grep { $_->{request} } @seen), $arrived, $arrived ? 'it arrived' : 'nothing arrived');
}
done_testing();
