# The data directory can't be written any more, is gone, or lies on a network file system: everybody is told to come
# back later, no new store begins in its place, and once it is in order again all goes on by itself.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Errno qw(EROFS);
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);

my $NFS = 0x6969;
my $s = Survival->new;
$s->sim(receipt_delay_ms => 30)->init->lighttpd(processes => 2);
$s->sim_credentials;
my $data = $s->{data};
my $l = Ledger->new($s, callers => 3, senders => 1)->begin;
my $serial = 0;

# For some seconds nothing may be taken; then it must be taken again.
sub away {
	my ($what, $seconds, $line, $undo) = @_;
	my ($refused, $taken, $slowest, $end, %odd) = (0, 0, 0, time + $seconds);
	while (time < $end) {
		my $begun = time;
		my $r = $s->callback($s->inbound(id => 'place-' . $serial++));
		$slowest = time - $begun if time - $begun > $slowest;
		if ($r->{status} =~ /^50[03]$/ && $r->{headers}{'retry-after'}) { $refused++ } else { $odd{$r->{status}}++ }
		sleep 0.03;
	}
	is_deeply(\%odd, {}, "$what: every callback is refused, to come again ($refused)");
	cmp_ok($slowest, '<', 2, sprintf '%s: at once (%.0f ms at most)', $what, $slowest * 1000);
	my @lines = $s->lines($line);
	ok(@lines > 0, "$what: the log says it: " . ($lines[0] // 'nothing'));
	cmp_ok(scalar @lines, '<=', 12, "$what: and not again and again");
	my ($status, undef, $err) = $s->ctl_any('', 'org', 'list');
	ok($status != 0, "$what: spokectl does not work either") ;
	like($err, $line, "$what: and says why");
	$undo->();
	my $took = $s->back(10);
	cmp_ok($took, '<', 4, sprintf '%s: and it serves again by itself (%.1f s)', $what, $took);
}

sleep 0.4;
$s->trouble(error => EROFS);
away('read-only', 1, qr/Read-only file system\. (?:Make its|Its) file system/, sub { $s->trouble(error => 0) });

rename $data, "$data.away" or die $!;
away('missing', 0.8, qr/data directory \S+(?: was moved|: No such|\. If this)/, sub {
	ok(!-e $data, 'missing: nobody has made another one');
	rename "$data.away", $data or die $!;
});

# It is looked at when the programs begin.
$s->stop('lighttpd');
$s->trouble(fs => $NFS);
$s->lighttpd(processes => 2);
away('on a network file system', 0.5, qr/network file system \(NFS\)/, sub { $s->trouble(fs => 0) });
sleep 0.4;
$l->end->whole('in order again');

done_testing();
