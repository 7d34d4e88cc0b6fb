# The machine begins with a clock that is far ahead, and a worker runs before anybody has heard of Bandwidth's: nothing is
# removed as if it had outlived its time.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Survival;
use Test::More;

my $s = Survival->new;
sub away {
	my ($days) = @_;
	$s->stop('lighttpd');
	kill 'TERM', $s->workers;
	$s->await(30, 'workers to end', sub { !$s->workers });
	$s->trouble(clock_ms => $days * 86_400_000);
	my ($code, undef, $err) = $s->run('', "$s->{dir}/worker", '--once');
	is($code, 0, "a worker runs while the clock is $days days ahead") or diag $err;
	$s->trouble(clock_ms => 0);
	$s->lighttpd;
}

$s->sim->init->lighttpd;
is($s->callback($s->inbound(id => 'once', text => 'a reply'))->{status}, 200, 'a reply comes in');
my $id = $s->api(GET => '/messages')->{json}{messages}[0]{id};
away(40);
is($s->callback($s->inbound(id => 'once', text => 'a reply'))->{status}, 200, 'Bandwidth repeats the event');
is(scalar @{$s->api(GET => '/messages')->{json}{messages}}, 1, 'it is known');
away(5 * 365);
is($s->api(GET => "/messages/$id")->{json}{text}, 'a reply', 'and its words are there');
done_testing();
