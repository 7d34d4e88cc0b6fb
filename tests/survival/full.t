# The disk is full: whoever asks is told to come back later, nothing is acknowledged that is not kept, and once there is
# room all goes on by itself. Where this test may mount, a small file system is really full; elsewhere trouble.c says so.
use strict;
use warnings;
use Errno qw(ENOSPC);
use FindBin;
use lib $FindBin::Bin;
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);

Survival::small_disk(160);
my $s = Survival->new;
diag $ENV{SPOKE_SMALL_DISK} ? 'a real file system is full' : 'the programs are told that the disk is full';
$s->sim(receipt_delay_ms => 30)->init->lighttpd(processes => 2);
$s->sim_credentials;

# Bytes that the newest log file has until there must be a new one.
sub left { my ($newest) = (sort glob "$s->{data}/log.*")[-1]; return (1 << 20) - -s $newest }

# While it is full, for some seconds; what is answered. What still finds room in a block that is there already is taken.
my $serial = 0;
sub while_full {
	my ($what, $seconds, $l, $fill) = @_;
	$fill->();
	my $end = time + $seconds;
	my ($refused, $slowest, %odd) = (0, 0);
	# On a busy machine a second may be too short for it to show.
	while (time < $end || ($refused <= 3 && time < $end + 10)) {
		my ($id, $begun) = ('full-' . $serial++, time);
		my $r = $s->callback($s->inbound(id => $id));
		$slowest = time - $begun if time - $begun > $slowest;
		if ($r->{status} == 200) { $l->{also}{$id} = 1 }
		elsif ($r->{status} =~ /^50[03]$/ && $r->{headers}{'retry-after'}) { $refused++ }
		else { $odd{$r->{status}}++ }
		sleep 0.05;
	}
	cmp_ok($refused, '>', 3, "$what: callbacks are refused while the disk is full ($refused)");
	is_deeply(\%odd, {}, "$what: and whoever sends them is asked to come again");
	cmp_ok($slowest, '<', 2, sprintf "$what: at once (%.0f ms at most)", $slowest * 1000);
	like($s->request(GET => '/healthz')->{status}, qr/^50[03]$/, "$what: monitors see it");
	$s->unfill;
	my $took = $s->back(10);
	cmp_ok($took, '<', 4, sprintf "$what: with room again it serves again by itself (%.1f s)", $took);
}

my $l = Ledger->new($s, callers => 3, senders => 1)->begin;
sleep 0.5;
while_full('no room in the log', 0.8, $l, sub { $s->fill });
# The worst moment: the engine needs a new file for its log, and there is none to be had.
$s->callback($s->inbound(text => 'x' x 1000)) while left() > 40000;
while_full('no room for a new log', 1.2, $l, sub { $s->trouble(error => ENOSPC) });
sleep 0.5;
$l->end->whole('after a full disk');
my @lines = $s->lines(qr/No space left on device/);
ok((grep { /Free some/ } @lines), 'a line of the log says what to do');
is_deeply([$s->lines(qr/child signalled/)], [], 'nobody is killed by a page of shared memory that has no room');
cmp_ok(scalar @lines, '<', 40, 'the log is not flooded: ' . @lines . ' lines in all') or diag join "\n", @lines;
done_testing();
