# The end of the newest log file is torn, as far as it was not synced: zeros, garbage, or cut within a block, while the
# databases are as they were. Everything before is used, nothing behind is taken for a record.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Basename qw(basename);
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);

my $rounds = $ENV{SPOKE_TEST_LONG} ? 60 : 6;
my $s = Survival->new(settings => { CACHE_BYTES => 1 << 20 });
$s->sim(receipt_delay_ms => 30, set => ['retry_cap_ms=500']);
$s->init->keep_synced->lighttpd(processes => 2);
$s->sim_credentials;
# Syncs take so long that there is always something that was written and not synced yet.
$s->trouble(sync_ms => 20);

my %tears = (
	zeros => sub { my ($tail) = @_; return "\0" x length $tail },
	garbage => sub { my ($tail) = @_; return join '', map { chr int rand 256 } 1 .. length $tail },
	'a piece of it, then nothing' => sub { my ($tail) = @_; return substr $tail, 0, rand length $tail },
	'a piece of it, then garbage' => sub {
		my ($tail) = @_;
		my $at = int rand length $tail;
		return substr($tail, 0, $at) . join '', map { chr int rand 256 } $at + 1 .. length $tail;
	},
	'a hole' => sub {
		my ($tail) = @_;
		substr($tail, 0, length($tail) / 2) =~ tr/\0-\377/\0/;
		return $tail;
	},
	'other records' => sub { my ($tail) = @_; return reverse $tail },
);

# Tears the newest log, from a sector's edge or from where the sync ended; how many bytes.
sub tear {
	my ($how) = @_;
	my ($log) = (sort glob "$s->{data}/log.*")[-1];
	my ($now, $synced) = (Spoke::slurp($log), Spoke::slurp("$s->{dir}/disk/" . basename($log)));
	# What is the same was synced; its last bytes may be so by chance, but then they are as they were, too.
	my $same = 0;
	$same++ while $same < length $synced && $same < length $now && substr($now, $same, 1) eq substr($synced, $same, 1);
	return 0 if $same == length $now;
	substr($now, $same) = $tears{$how}->(substr $now, $same);
	open my $f, '>', $log or die $!;
	print $f $now;
	close $f;
	return length($now) - $same;
}

my $l = Ledger->new($s, callers => 4, senders => 2)->begin;
my ($slowest, $torn) = (0, 0);
my @hows = sort keys %tears;
for my $n (0 .. $rounds - 1) {
	# Somebody is caught in the middle of a sync, sooner or later.
	my $bytes = 0;
	for (1 .. 20) {
		sleep 0.3 + rand 0.3;
		$s->kill_all;
		$bytes = tear($hows[$n % @hows]);
		$s->lighttpd(processes => 2);
		my $took = $s->back(10);
		$slowest = $took if $took > $slowest;
		last if $bytes;
	}
	$torn++ if $bytes;
}
is($torn, $rounds, "$torn logs were torn");
cmp_ok($slowest, '<', 4, sprintf 'behind a torn log it serves again by itself (%.1f s)', $slowest);
$s->trouble(sync_ms => 0);
sleep 0.5;
$l->end->whole('after torn logs');
cmp_ok(scalar $s->lines(qr/store: recovered in \d+ ms, because a process died in it/), '>=', $rounds, 'each time the store was recovered, and the log says so');
is_deeply([Ledger::first([$s->lines(qr/BDB\d+|cannot be recovered/)])], [], 'and the engine found nothing odd');
done_testing();
