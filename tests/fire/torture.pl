# torture.pl: see tests/torture, which builds and runs it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Getopt::Long;
use JSON::PP;
use POSIX qw(:sys_wait_h);
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

# The processes of a program that belong to this installation.
sub processes {
	my ($program) = @_;
	return grep {
		(readlink("/proc/$_/exe") // '') eq $program && index(Spoke::slurp("/proc/$_/environ"), $s->{dir}) >= 0
	} map { m{(\d+)$} } glob '/proc/[0-9]*';
}

sub child {
	my ($name, $fn) = @_;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		srand($$ ^ time);
		$s->{http} = HTTP::Tiny->new(timeout => 15, max_redirect => 0);
		open my $out, '>', "$s->{dir}/ledger.$name" or POSIX::_exit(1);
		$fn->($out);
		close $out;
		POSIX::_exit(0);
	}
	return $pid;
}

# ---- what is done to it --------------------------------------------------------

# Bandwidth's part: events with ids of their own, each repeated until it is acknowledged; now and then
# several at once, and one that was acknowledged again.
sub call {
	my ($n, $end, $out) = @_;
	my ($serial, @known) = (0);
	while (time < $end) {
		my @ids = map { sprintf 'torture-%d-%d', $n, $serial++ } 1 .. (rand() < 0.1 ? 3 : 1);
		my @events = map { @{$s->inbound(id => $_, from => sprintf('+1919555%04d', $n * 1000 + rand 1000))} } @ids;
		push @events, $known[rand @known] if @known && rand() < 0.1;
		for (;;) {
			my $begun = time;
			my $r = $s->callback(\@events);
			print $out join(' ', 'ack', time, @ids), "\n" and last if $r->{status} == 200;
			# What else than success may be said: try again later, or nothing at all.
			print $out "odd $r->{status}\n" unless $r->{status} =~ /^(?:503|500|599)$/;
			return if time > $end + 60;
			sleep 0.02;
		}
		push @known, @events if @known < 100;
	}
}

# An application's part: texts to people of their own, each repeated with its key until it is accepted.
sub ask {
	my ($n, $end, $out) = @_;
	my $serial = 0;
	while (time < $end) {
		my $reference = sprintf 'torture-%d-%d', $n, $serial;
		# The same bytes each time: another body under the same reference would be refused.
		my $body = $json->encode({ to => sprintf('+1919%d%06d', 7 + $n, $serial++), text => "Text $reference" . (rand() < ($o{blind} ? 0.2 : 0.04) ? ' lost' : rand() < 0.02 ? ' gateway' : ''),
			reference => $reference });
		for (;;) {
			my $r = $s->request(POST => "/api/orgs/$s->{org}/messages", content => $body, headers => {
				authorization => "Bearer $s->{token}", 'content-type' => 'application/json' });
			print $out join(' ', 'sent', $reference, $r->{json}{messages}[0]{id}), "\n" and last if $r->{status} == 202;
			print $out "odd $r->{status}\n" unless $r->{status} =~ /^(?:503|500|599|409)$/;
			return if time > $end + 60;
			sleep 0.02;
		}
		sleep 0.02;
	}
}

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
		my @victims = processes($program) or next;
		$note->($program eq $responder ? 'responder' : 'worker') if kill 'KILL', $victims[rand @victims];
	}
	return $kills;
}

# Now and then Bandwidth's answer gets lost, too, or its gateway says 502 when it has done it.
$s->sim_faults({ where => 'messages', match => { text => 'lost' }, times => 0, cut => 'accepted', receipt_ms => 20000 },
	{ where => 'messages', match => { text => 'gateway' }, times => 0, late_status => 502 });

my $begun = time;
my $end = $begun + $o{seconds};
my @children = ((map { my $n = $_; child("call$n", sub { call($n, $end, @_) }) } 1 .. $o{callers}),
	(map { my $n = $_; child("ask$n", sub { ask($n, $end, @_) }) } 1 .. $o{senders}));
sleep 1;
my $kills = torment($end - 1);
waitpid $_, 0 for @children;

# ---- the ledger ------------------------------------------------------------------

my (%acknowledged, %asked, @times, @odd);
for my $file (glob "$s->{dir}/ledger.*") {
	for (split /\n/, Spoke::slurp($file)) {
		my ($what, @rest) = split / /;
		if ($what eq 'ack') { push @times, shift @rest; $acknowledged{$_} = 1 for @rest }
		elsif ($what eq 'sent') { $asked{$rest[0]} = $rest[1] }
		else { push @odd, $_ }
	}
}
# The longest time between two acknowledgements, over all and in the second after each kill.
@times = sort { $a <=> $b } @times;
sub longest {
	my ($from, $to) = @_;
	my ($longest, $last) = (0, $from);
	for (@times) {
		next if $_ < $from;
		$longest = $_ - $last if $_ - $last > $longest;
		last if $_ > $to;
		$last = $_;
	}
	return $longest;
}
my $stall = longest($times[0], $end);
for my $what ('responder', 'worker', 'web server') {
	my @after = sort { $a <=> $b } map { longest($_->[0], $_->[0] + 1) } grep { $_->[1] eq $what } @killed;
	printf "torture: %d times a %s was killed: callbacks stalled for %.0f ms (median), %.0f ms (at most)\n", scalar @after,
		$what, $after[@after / 2] * 1000, $after[-1] * 1000 if @after;
}

# All pages of a list of the API's, oldest first.
sub messages {
	my ($direction) = @_;
	my (@all, $cursor);
	do {
		my $r = $s->await(30, 'the list of messages', sub {
			my $r = $s->api(GET => "/messages?direction=$direction&limit=200&order=oldest" . ($cursor ? "&cursor=$cursor" : ''));
			$r->{status} == 200 && $r;
		});
		push @all, @{$r->{json}{messages}};
		$cursor = @{$r->{json}{messages}} ? $r->{json}{next} : undef;
	} while ($cursor);
	# A message stands in this order once for each change; the last word counts.
	my %last = map { $_->{id} => $_ } @all;
	return values %last;
}

# What Bandwidth accepted must become known by itself; what it never got may rest as "unknown", for a
# look or a person.
sub settled {
	my (%accepted) = @_;
	return grep {
		my $m = $_;
		!($m->{state} =~ /^(?:delivered|failed|cancelled)$/
			|| ($m->{state} =~ /^(?:unknown|held)$/ && !$accepted{$m->{id}}));
	} messages('out');
}

sub accepted {
	my %by;
	for ($s->sim_posts) {
		my ($id) = ($_->{tag} // '') =~ /\|([0-9a-f]+)(?:\||$)/;
		$by{$id // $_->{tag} // ''}++ if $_->{accepted};
	}
	return %by;
}

my (@stuck, %accepted);
my $patience = time + $o{patience};
do {
	sleep 2;
	%accepted = accepted();
	@stuck = settled(%accepted);
} while (@stuck && time < $patience);

my (%stored, %outbound);
$stored{$_->{service_id}}++ for messages('in');
$outbound{$_->{reference}}++ for messages('out');
my @lost = ((grep { !$stored{$_} } keys %acknowledged), (grep { !$outbound{$_} } keys %asked));
my @doubled = ((grep { $stored{$_} > 1 } keys %stored), (grep { $outbound{$_} > 1 } keys %outbound),
	(grep { $accepted{$_} > 1 } keys %accepted));
print "torture: lost: @lost[0 .. ($#lost < 9 ? $#lost : 9)]\n" if @lost;
print "torture: doubled: @doubled[0 .. ($#doubled < 9 ? $#doubled : 9)]\n" if @doubled;
print 'torture: stuck: ', join(', ', map { "$_->{id} $_->{state}" } @stuck[0 .. ($#stuck < 9 ? $#stuck : 9)]), "\n" if @stuck;
if (@stuck) {
	print "torture: $_->{id}: ", $json->encode($_), "\n" for @stuck[0 .. ($#stuck < 1 ? $#stuck : 1)];
	print "torture: running: $_ ", Spoke::slurp("/proc/$_/comm") =~ s/\n//r, ' in ', Spoke::slurp("/proc/$_/wchan"), "\n"
		for processes($responder), processes($worker);
	print "torture: the worker's log ends with:\n", join '', (split /^/m, Spoke::slurp("$s->{dir}/data/worker.log"))[-20 .. -1];
}
print "torture: odd answers: @odd[0 .. ($#odd < 9 ? $#odd : 9)]\n" if @odd;
my %states;
$states{$_->{state}}++ for messages('out');
print 'torture: texts: ', join(', ', map { "$states{$_} $_" } sort keys %states), "\n";
printf "kills %d, acknowledged %d, sent %d, lost %d, doubled %d, stuck %d, longest stall %.0f ms\n", $kills,
	scalar(keys %acknowledged), scalar(keys %accepted), scalar @lost, scalar @doubled, scalar @stuck, $stall * 1000;
exit(@lost || @doubled || @stuck || @odd ? 1 : 0);
