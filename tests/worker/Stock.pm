# Stock.pm: a worker's installation (Worker.pm) with a location at the simulator, for the tests
# of searching, ordering, releasing and syncing numbers.
package Stock;
use strict;
use warnings;
use parent 'Worker';
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Time::HiRes ();

our $STOCK = $ENV{SPOKE_STOCK} || (($ENV{BUILD} || '.') . '/tests/worker/stock');
our ($SITE, $LOCATION) = ('70001', '80001');

sub new {
	my ($class, %o) = @_;
	my $self = $class->SUPER::new(%o, sim => ['--site', $SITE, '--location', $LOCATION, @{$o{sim} || []}]);
	$self->stock('location', $self->{org}, $SITE, $LOCATION) unless $o{no_org};
	$self->set(order_ms => 0, inservice_ms => 0) unless $o{slow};
	# Has the credentials checked; then the daily sync is made.
	$self->run for 1 .. 2;
	return $self;
}

# The tests' hand in the numbers; dies when it fails.
sub stock {
	my ($self, @args) = @_;
	my $log = "$self->{dir}/stock.$$";
	unlink "$log.err";
	my $pid = $self->child($log, $STOCK, @args);
	waitpid $pid, 0;
	die "stock @args: status $?: " . Worker::slurp("$log.err") if $? != 0;
	chomp(my $out = Worker::slurp("$log.out"));
	return $out;
}

sub once { my ($self) = @_; return $self->stock('once') }
sub ask { my ($self, $what, @args) = @_; return $self->stock($what, $self->{org}, @args) }
sub job_of { my ($self, $id) = @_; return decode_json($self->stock('job', $id)) }
# Each number's record, as JSON: to decode thousands takes seconds.
sub number_texts {
	my ($self, $org) = @_;
	my ($list) = $self->stock('numbers', $org || $self->{org}) =~ /^\[(.*)\]$/s or die 'no list of numbers';
	return split /(?<=\}),(?=\{"figures":)/, $list;
}
sub decoded { my $n = decode_json($_[0]); return { %{$n->{record}}, figures => $n->{figures} } }
# Number -> its record.
sub numbers {
	my ($self, $org) = @_;
	return { map { $_->{number} => $_ } map { decoded($_) } $self->number_texts($org) };
}
# That of one number.
sub number { my ($self, $number) = @_; return decode_json($self->ask('number', $number)) }
# How many numbers are in each state.
sub by_state {
	my ($self, $org) = @_;
	my %n;
	$n{/[{,]"state":"([^"]+)"/ ? $1 : 'none'}++ for $self->number_texts($org);
	return \%n;
}
sub contact { my ($self, $number) = @_; return decode_json($self->ask('contact', $number)) }
# What the simulator made and was asked for.
sub estate { my ($self) = @_; return $self->sim(GET => "numbers?account=$Worker::ACCOUNT") }

# How often the simulator's faults were used.
sub faults_used {
	my ($self) = @_;
	my ($list, $n) = ($self->sim(GET => 'faults'), 0);
	$n += $_->{used} for @{ref $list eq 'ARRAY' ? $list : $list->{faults}};
	return $n;
}
# Lets a worker begin, kills it with SIGKILL once the fault just set has held a request up.
sub kill_at_fault {
	my ($self, $what) = @_;
	my $pid = $self->spawn('--watch');
	Worker::await(20, $what, sub { $self->faults_used });
	Time::HiRes::sleep(0.2);
	kill 'KILL', $pid;
	waitpid $pid, 0;
	return $self->no_faults;
}

# Cuts so many of the job's waits short while a worker is at it. Returns when the job is over or waits once more, or
# the worker has ended; whether it has not.
sub hurry {
	my ($self, $pid, $id, $times) = @_;
	my $hand = $self->child("$self->{dir}/hurry", $STOCK, 'hurry', $id, $pid, $times);
	my $ended;
	until (waitpid($hand, WNOHANG) == $hand) {
		$ended ||= waitpid($pid, WNOHANG) == $pid;	# it is gone only then
		Time::HiRes::sleep(0.02);
	}
	return !$ended;
}

# One worker, until the job waits for something later: a worker that is asked to may stay for what is due in seconds.
sub step {
	my ($self, $id) = @_;
	my $pid = $self->spawn('--once');
	if ($self->hurry($pid, $id, 0)) {
		kill 'TERM', $pid;
		waitpid $pid, 0;
	}
	return $self->job_of($id);
}

# Lets workers run until the job is over, its waits cut short; the job.
sub finish {
	my ($self, $id, %o) = @_;
	my $j;
	for my $try (1 .. $o{tries} || 20) {
		my $pid = $self->spawn('--once');
		waitpid $pid, 0 if $self->hurry($pid, $id, 10);
		$j = $self->job_of($id);
		return $j if $j->{job}{state} =~ /done|failed/;
		$self->stock('due', $id);
	}
	die "job $id does not end: $j->{job}{state}: $j->{job}{step}\n";
}

1;
