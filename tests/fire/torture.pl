# torture.pl: see tests/torture, which builds and runs it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Getopt::Long;
use JSON::PP;
use Ledger;
use Spoke;
use Time::HiRes qw(sleep time);

STDOUT->autoflush(1);
my %o = (seconds => 60, callers => 6, senders => 2, patience => 180);
GetOptions(\%o, 'seconds=i', 'patience=i', 'callers=i', 'senders=i', 'no-flush', 'blind') or exit 2;
$o{seconds} >= 5 or die "torture: --seconds needs 5 or more\n";
my $build = Spoke::build();
my $json = JSON::PP->new->utf8->canonical;
my $responder = $o{'no-flush'} ? "$build/tests/fire/no-flush.fcgi" : Spoke::responder();
my $worker = $o{blind} ? "$build/tests/fire/blind-worker" : "$build/spoke-worker";

# ---- the installation --------------------------------------------------------

no warnings 'redefine';
local *Spoke::responder = sub { $responder };
my $s = Spoke->new(settings => { WORKER => $worker, LOG_LEVEL => 'warn' });
$s->sim(receipt_delay_ms => 30, set => ['retry_cap_ms=500', 'retry_window_ms=600000', 'ledger_max=1000000', 'magic=0',
	'callback_timeout_ms=10000']);
$s->init->lighttpd(processes => 2);
$s->sim_credentials;
print "torture: $o{seconds} s, $o{callers} callers, $o{senders} senders, in $s->{dir}\n";

# ---- what is done to it --------------------------------------------------------

my @killed;

# Kills by SIGKILL, at random: mostly responders, often the worker, sometimes the web server.
sub torment {
	my ($end) = @_;
	my $kills = 0;
	my $note = sub { push @killed, [time, $_[0]]; $kills++ };
	while (time < $end) {
		sleep 0.05 + rand 0.35;
		my $dice = rand;
		if ($dice < 0.04) {
			$note->('web server');
			$s->stop('lighttpd', 'KILL');
			$s->lighttpd(processes => 2);
			next;
		}
		my $program = $dice < 0.65 ? $responder : $worker;
		my @victims = $s->processes($program) or next;
		$note->($program eq $responder ? 'responder' : 'worker') if kill 'KILL', $victims[rand @victims];
	}
	return $kills;
}

# Now and then Bandwidth's answer gets lost, too, or its gateway says 502 when it has done it.
$s->sim_faults({ where => 'messages', match => { text => 'lost' }, times => 0, cut => 'accepted', receipt_ms => 20000 },
	{ where => 'messages', match => { text => 'gateway' }, times => 0, late_status => 502 });

my $end = time + $o{seconds};
my $ledger = Ledger->new($s, name => 'torture', callers => $o{callers}, senders => $o{senders}, rest => 0,
	words => sub { rand() < ($o{blind} ? 0.2 : 0.04) ? ' lost' : rand() < 0.02 ? ' gateway' : '' })->begin;
sleep 1;
my $kills = torment($end - 1);
$ledger->end;

# ---- the ledger ------------------------------------------------------------------

my $stall = $ledger->longest($ledger->{times}[0], $end);
for my $what ('responder', 'worker', 'web server') {
	my @after = sort { $a <=> $b } map { $ledger->longest($_->[0], $_->[0] + 1) } grep { $_->[1] eq $what } @killed;
	printf "torture: %d times a %s was killed: callbacks stalled for %.0f ms (median), %.0f ms (at most)\n", scalar @after,
		$what, $after[@after / 2] * 1000, $after[-1] * 1000 if @after;
}

$ledger->judge($o{patience});
my ($stuck, $lost, $doubled) = @$ledger{qw(stuck lost doubled)};
my @odd = (@{$ledger->{odd}}, map { "never $_" } @{$ledger->{never}});
my $few = sub { join ' ', Ledger::first($_[0]) };
print "torture: lost: ", $few->($lost), "\n" if @$lost;
print "torture: doubled: ", $few->($doubled), "\n" if @$doubled;
print "torture: stuck: ", $few->([map { "$_->{id} $_->{state}" } @$stuck]), "\n" if @$stuck;
if (@$stuck) {
	print "torture: $_->{id}: ", $json->encode($_), "\n" for @$stuck[0 .. ($#$stuck < 1 ? $#$stuck : 1)];
	print "torture: running: $_ ", Spoke::slurp("/proc/$_/comm") =~ s/\n//r, ' in ', Spoke::slurp("/proc/$_/wchan"), "\n"
		for $s->processes($responder), $s->processes($worker);
	my @log = split /^/m, Spoke::slurp("$s->{dir}/data/worker.log");
	print "torture: the worker's log ends with:\n", join '', @log[($#log < 20 ? 0 : $#log - 20) .. $#log];
}
print 'torture: odd answers: ', $few->(\@odd), "\n" if @odd;
my %states;
$states{$_->{state}}++ for $ledger->messages('out');
print 'torture: texts: ', join(', ', map { "$states{$_} $_" } sort keys %states), "\n";
printf "kills %d, acknowledged %d, sent %d, lost %d, doubled %d, stuck %d, longest stall %.0f ms\n", $kills,
	scalar(keys %{$ledger->{acknowledged}}), scalar(keys %{$ledger->{accepted}}), scalar @$lost, scalar @$doubled,
	scalar @$stuck, $stall * 1000;
exit(@$lost || @$doubled || @$stuck || @odd ? 1 : 0);
