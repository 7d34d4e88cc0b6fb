# The service manager kills the on-demand worker when the web server is restarted, for both belong to one service: in
# the middle of sending, and just after it was started. Another one goes on by itself.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);

my $s = Survival->new;
$s->sim(receipt_delay_ms => 30, set => ['retry_cap_ms=300']);
$s->init->lighttpd(processes => 2);
$s->sim_credentials;
# So long that a worker is always in the middle of something.
$s->sim_faults({ where => 'messages', times => 0, delay_ms => 500 });
my $start = sub { $s->lighttpd(processes => 2) };
my $l = Ledger->new($s, callers => 2, senders => 2)->begin;
my $killed = 0;
for my $mode (qw(first all first)) {
	sleep 0.8;
	$s->await(30, 'a worker with a text in its hand', sub {
		my $r = $s->api(GET => '/messages?direction=out&state=sending&limit=1');
		$s->workers && $r->{status} == 200 && @{$r->{json}{messages}};
	});
	$killed += $s->workers;
	$s->restart_service('lighttpd', $mode, $start);
	$s->back(5);
}
is($killed, 3, 'a worker was there each time');
sleep 0.5;
$l->end->whole('after the service manager');
my @lines = $s->lines(qr/texts were being sent when a worker ended/);
cmp_ok(scalar @lines, '>=', 1, 'the next worker says what was left');
cmp_ok(scalar @lines, '<=', 2 * $killed, 'and not again and again') or diag join "\n", @lines;

# Nobody asks for anything any more, and the last worker was started and killed within this very second.
$s->await(20, 'its end', sub { kill 'KILL', $s->workers; !$s->workers });
sleep 1.1;
# Those who shared the store with a worker that was killed are away for a moment.
my $ask = sub {
	my ($to) = @_;
	my $taken = $s->await(10, 'an answer', sub {
		my $r = $s->api(POST => '/messages', { to => $to, text => 'Hello', reference => $to });
		$r->{status} == 202 && $r;
	});
	return $taken->{json}{messages}[0]{id};
};
$ask->('+19197000001');
$s->await(30, 'a worker', sub { kill 'KILL', $s->workers });
my $id = $ask->('+19197000002');
my $begun = time;
$s->await(60, 'the text', sub { grep { ($_->{tag} // '') =~ /\|$id/ && $_->{accepted} } $s->sim_posts });
cmp_ok(time - $begun, '<', 8, sprintf 'a text behind a worker that was killed at once is sent, without another request (%.1f s)', time - $begun);
done_testing();
