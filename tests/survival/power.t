# The power is cut and comes back: shared memory, databases and logs are as old as the disk likes, each by itself, but
# no older than their last sync, and the gate file looks as if nobody had been there.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);

my $cuts = $ENV{SPOKE_TEST_LONG} ? 30 : 3;
my $s = Survival->new(settings => { CACHE_BYTES => 1 << 20 });
$s->sim(receipt_delay_ms => 30, set => ['retry_cap_ms=500']);
$s->init->keep_synced->lighttpd(processes => 2);
$s->sim_credentials;
my $l = Ledger->new($s, callers => 4, senders => 2)->begin;
my ($slowest, $recovered) = (0, 0);
for my $n (1 .. $cuts) {
	sleep 0.5 + rand 0.5;
	# Where the kernel does not say which boot it is, nobody may trust what an earlier one left.
	$s->power_cut($n % 3 == 2 ? '' : "0000000$n-0000-4000-8000-000000000000\n");
	$s->lighttpd(processes => 2);
	my $took = $s->back(10);
	$slowest = $took if $took > $slowest;
}
cmp_ok($slowest, '<', 3, sprintf 'after a power cut it serves again by itself (%.1f s)', $slowest);
sleep 0.5;
$l->end->whole('after power cuts');
my @lines = $s->lines(qr/store: recovered in \d+ ms, because/);
is(scalar @lines, $cuts, 'each time the store was recovered before anybody joined it, and the log says so once')
	or diag join "\n", @lines;
like($lines[0], qr/because the machine was started anew/, 'and why');
is_deeply([$s->lines(qr/BDB\d+/)], [], 'the engine was not let near what the shared memory had become');
done_testing();
