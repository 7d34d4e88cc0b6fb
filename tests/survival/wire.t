# Bandwidth cannot be reached, is slow, answers garbage, and resets connections in each phase of a request, while texts
# are sent. What it took is known from the simulator behind: nothing twice; what is not known is "unknown" and is found
# out; callbacks are answered as ever; and when it is over sending goes on by itself.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);
use Wire;

my $s = Survival->new;
$s->sim(receipt_delay_ms => 15000, set => ['retry_cap_ms=300']);
my $wire = Wire->new($s);
$s->init->lighttpd(processes => 2);
$s->sim_credentials;
# Whatever is the matter with Bandwidth, nobody who asks here may notice.
my $l = Ledger->new($s, callers => 2, senders => 2, rest => 0.05, refusals => qr/^(?!)/)->begin;
sub accepted { return $s->sim_counters->{accepted} }
sub calm {
	my ($seconds) = @_;
	my ($before, $begun) = (accepted(), time);
	$wire->mode('calm');
	$s->await($seconds, 'texts to be taken again', sub { accepted() > $before + 5 });
	return time - $begun;
}
sub in_state { my ($state) = @_; return scalar @{$s->api(GET => "/messages?direction=out&state=$state&limit=200")->{json}{messages}} }

# The texts of which nobody knew what became of them, as the log has them; how often each.
sub unknown {
	my %told;
	$told{$_}++ for map { /message (\w+) to \S+: / } $s->lines(qr/: unknown, HTTP \d+/);
	return \%told;
}

# Those of them that Bandwidth took, and that are not known to be sent.
sub in_doubt {
	my $told = unknown();
	my %state = map { $_->{id} => $_->{state} } $l->messages('out');
	return grep { $l->{accepted}{$_} && $state{$_} !~ /^(?:sent|delivered)$/ } sort keys %$told;
}

calm(30);
my ($slowest, $unknown, $state) = (0, 0, 0);
for my $mode ('reset before', 'reset middle', 'reset after', 'reset headers', 'reset body', 'end body', 'garbage', 'html', 'odd', 'slow') {
	my $before = $wire->hits;
	$wire->mode($mode);
	$s->await(60, "requests in the mode $mode", sub { $wire->hits > $before + 1 });
	my $took = calm(60);
	$slowest = $took if $took > $slowest;
	my ($now, $in_state) = (scalar keys %{unknown()}, in_state('unknown'));
	if ($mode eq 'slow') {
		is($now, $unknown, 'slow: what became of each text is known');
	} else {
		cmp_ok($now, '>', $unknown, "$mode: nobody knows what became of a text");
		cmp_ok($now, '<=', $unknown + 60, "$mode: and it is not tried with all that wait (" . ($now - $unknown) . ')');
	}
	$state = $in_state if $in_state > $state;
	$unknown = $now;
}
cmp_ok($state, '>', 0, "that is a state: unknown ($state)");
cmp_ok($slowest, '<', 15, sprintf 'and when it is over sending goes on by itself (%.1f s at most)', $slowest);

my $sent = accepted();
$wire->mode('away');
sleep 1.5;
cmp_ok(accepted(), '<=', $sent + 20, 'nobody listens: nothing is sent');
my $took = calm(60);
cmp_ok($took, '<', 30, sprintf 'and when somebody does sending goes on by itself (%.1f s)', $took);

$l->end->whole('after all that', patience => 60, within => 6);
is_deeply($l->{answers}, {}, 'nobody was ever refused');
my $told = unknown();
is_deeply([grep { $told->{$_} > 1 } sort keys %$told], [], 'the log has one line for each text of which nobody knew');
is_deeply([Ledger::first([in_doubt()])], [], 'what Bandwidth took of these was found there');
done_testing();
