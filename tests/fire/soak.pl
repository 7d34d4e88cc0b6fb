# soak.pl: see tests/run --soak. A million callbacks through lighttpd into one responder, with texts
# going out beside them; the memory of each program must not follow their number.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MIME::Base64 qw(encode_base64);
use Spoke;
use Time::HiRes qw(time);

STDOUT->autoflush(1);
my $wanted = shift // 1_000_000;
my $connections = 50;
my $step = 10; # seconds between two looks
# Bytes for each callback: a leak of the smallest block in a hundred of them shows.
my $limit = 0.25;
my $build = Spoke::build();

my $s = Spoke->new(settings => { LOG_LEVEL => 'warn', DAILY_SEGMENTS => 10_000_000 });
$s->sim(receipt_delay_ms => 30, set => ['ledger_max=1000', 'callback_timeout_ms=10000']);
# The C library keeps freed blocks for each thread, up to a bound that 32 threads are a long time in
# reaching (1 MiB together); without that, what grows is a leak.
$s->{environment}{GLIBC_TUNABLES} = 'glibc.malloc.tcache_count=0';
$s->init->lighttpd;
$s->sim_credentials;
my $auth = 'Basic ' . encode_base64("$s->{callback}{callback_user}:$s->{callback}{callback_password}", '');

sub pids {
	my ($program) = @_;
	return grep { (readlink("/proc/$_/exe") // '') eq $program && index(Spoke::slurp("/proc/$_/environ"), $s->{dir}) >= 0 }
		map { m{(\d+)$} } glob '/proc/[0-9]*';
}

# KiB of memory that only this process has and that no file backs: what it allocated.
sub memory {
	my ($program) = @_;
	my $sum = 0;
	for my $pid (pids($program)) {
		$sum += $1 if Spoke::slurp("/proc/$pid/smaps_rollup") =~ /^Anonymous:\s+(\d+)/m;
	}
	return $sum;
}

sub descriptors {
	my ($program) = @_;
	return map { scalar(() = glob "/proc/$_/fd/*") } pids($program);
}

my ($done, $bad, $texts, @looks) = (0, 0, 0);
my @first = pids(Spoke::responder());
printf "%10s %14s %12s %12s %14s\n", 'callbacks', 'responder KiB', 'worker KiB', 'descriptors', 'callbacks/s';
while ($done < $wanted) {
	my $r = $s->api(POST => '/messages', { to => [map { sprintf '+1919555%04d', ($texts + $_) % 10000 } 1 .. 100], text => 'Meeting tonight' });
	$texts += 100 if $r->{status} == 202;
	my ($status, $out, $err) = $s->run('', "$build/tests/bench/load", $s->{port}, $connections, $step, "/bandwidth/$s->{org}", $auth);
	die "load failed: $err" if $status;
	my @f = split ' ', $out;
	$done += $f[0];
	$bad += $f[5];
	push @looks, [$done, memory(Spoke::responder()), memory("$build/spoke-worker")];
	printf "%10d %14d %12d %12s %14.0f\n", @{$looks[-1]}, join(',', descriptors(Spoke::responder())), $f[2];
}

# The first tenth fills the caches and pools; after it nothing may grow.
my ($from) = grep { $_->[0] >= $wanted / 10 } @looks;
my $grown = ($looks[-1][1] - $from->[1]) * 1024 / ($looks[-1][0] - $from->[0] || 1);
my @same = grep { my $pid = $_; grep { $_ == $pid } @first } pids(Spoke::responder());
printf "callbacks %d, refused %d, texts %d, bytes of memory more for each callback %.3f, responders that lasted %d of %d\n",
	$done, $bad, $texts, $grown, scalar @same, scalar @first;
exit($bad || $grown > $limit || @same != @first || !$texts ? 1 : 0);
