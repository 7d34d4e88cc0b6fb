# Plain CGI: an answer larger than a pipe is being taken by the web server when somebody has to recover the store. What has
# begun comes whole.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use POSIX ();
use Spoke;
use Test::More;
use Time::HiRes qw(sleep);

my $s = Spoke->new;
$s->sim->init->lighttpd;
$s->callback([map { @{$s->inbound(text => 'x' x 5000)} } 1 .. 10]) for 1 .. 10;
$s->stop('lighttpd');
kill 'TERM', $s->strays;

sub begin {
	my ($out, $err, @command) = @_;
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	open STDIN, '<', '/dev/null';
	open STDOUT, '>&', $out;
	open STDERR, '>>', "$s->{dir}/$err";
	exec @command or POSIX::_exit(127);
}

pipe my $from, my $to or die "pipe: $!";
my $cgi = do {
	local %ENV = (PATH => $ENV{PATH}, SPOKE_CONF => "$s->{dir}/spoke.conf", GATEWAY_INTERFACE => 'CGI/1.1',
		REQUEST_METHOD => 'GET', REQUEST_URI => '/api/orgs/1/messages?limit=200', SCRIPT_NAME => '',
		PATH_INFO => '/api/orgs/1/messages', QUERY_STRING => 'limit=200', SERVER_PROTOCOL => 'HTTP/1.1',
		REMOTE_ADDR => '127.0.0.1', HTTP_X_API_KEY => $s->{token});
	begin($to, 'cgi.log', Spoke::responder());
};
close $to;
sysread $from, my $all, 4096;
open my $nowhere, '>', '/dev/null' or die $!;
my $other = do {
	local $ENV{SPOKE_CONF} = "$s->{dir}/spoke.conf";
	begin($nowhere, 'recover.log', Spoke::build() . '/spokectl', 'recover');
};
# A web server that takes 1.6 MB a second.
while (sysread $from, my $piece, 16384) {
	$all .= $piece;
	sleep 0.01;
}
waitpid $cgi, 0;
waitpid $other, 0;
is($?, 0, 'the store is recovered meanwhile');
my ($head, $body) = split /\r\n\r\n/, $all, 2;
my ($length) = $head =~ /Content-Length: (\d+)/i;
cmp_ok($length, '>', 300_000, 'an answer that is large');
is(length $body, $length, 'and had begun is whole');
done_testing();
