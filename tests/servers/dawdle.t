# Whoever sends a body slowly, or none at all, keeps nobody else waiting: the web server takes bodies before it asks the
# program, which has few threads.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use IO::Socket::INET;
use Spoke;
use Test::More;
use Time::HiRes qw(sleep time);

my $DAWDLERS = 60;

sub works {
	my ($s, $name) = @_;
	$s->request(GET => '/healthz');
	my @c;
	for my $n (1 .. $DAWDLERS) {
		my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $s->{port}) or die "connect: $!";
		my ($path, $type) = $n % 2 ? ('/login', 'application/x-www-form-urlencoded') : ("/bandwidth/$s->{org}", 'application/json');
		print $c "POST $path HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: $s->{base}\r\nContent-Type: $type\r\nContent-Length: 5000\r\n\r\nemail=";
		$c->flush;
		push @c, $c;
	}
	my $worst = 0;
	for my $round (1 .. 10) {
		print { $_ } 'a' and $_->flush for @c;
		my $began = time;
		delete $s->{http};	# not on a connection that is kept by a thread of the web server's which is taken now
		is($s->request(GET => '/healthz')->{status}, 200, "$name, round $round: others are answered");
		is($s->callback($s->inbound)->{status}, 200, "$name, round $round: and callbacks are taken");
		$worst = time - $began if time - $began > $worst;
		sleep 0.1;
	}
	cmp_ok($worst, '<', 2, sprintf "$name: at once, while $DAWDLERS dawdle (%.0f ms at worst)", $worst * 1000);
	is(scalar(grep { defined $_->connected } @c), $DAWDLERS, "$name: who were there all the time");
	close $_ for @c;
}

my %threads = (settings => { THREADS => 4 });
works(Spoke->new(%threads)->init->lighttpd, 'lighttpd');
works(Spoke->new(%threads)->init->apache('fcgid', processes => 4), 'Apache, mod_fcgid');
done_testing();
