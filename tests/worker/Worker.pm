# Worker.pm: an installation for the worker's tests: the simulator of Bandwidth, a
# store with an organization, and the real spoke-worker. No web server.
#
# Programs are found below $BUILD; SPOKE_WORKER, SPOKE_SIM and SPOKE_HAND name others.
package Worker;
use strict;
use warnings;
use File::Temp qw(tempdir);
use HTTP::Tiny;
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

my $build = $ENV{BUILD} || '.';
our $WORKER = $ENV{SPOKE_WORKER} || "$build/spoke-worker";
our $SIM = $ENV{SPOKE_SIM} || "$build/tests/sim/bandwidth-sim";
our $HAND = $ENV{SPOKE_HAND} || "$build/tests/worker/hand";

our $ACCOUNT = '9900000';
our $APPLICATION = '93de2206-9669-4e07-948d-329f4b722ee2';
our $NUMBER = '+19195550100';

# settings: more of spoke.conf's; sim: more options of the simulator.
sub new {
	my ($class, %o) = @_;
	my $self = bless { dir => tempdir('spoke-XXXXXX', TMPDIR => 1, CLEANUP => 1), owner => $$,
		http => HTTP::Tiny->new(timeout => 60), %o }, $class;
	$self->start_sim;
	$self->{env} = {
		BASE_URL => 'http://127.0.0.1:9', SESSION_SECRET => 'secret', DATA_DIR => "$self->{dir}/data",
		REHEARSAL => 'yes', SEGMENTS_PER_SECOND => 1000, DAILY_SEGMENTS => 1000000, WORKER => $WORKER,
		BANDWIDTH_MESSAGING_URL => "$self->{url}/api/v2", BANDWIDTH_NUMBERS_URL => "$self->{url}/api/v2",
		BANDWIDTH_TOKEN_URL => "$self->{url}/api/v1/oauth2/token", SPOKE_CONF => "$self->{dir}/spoke.conf",
		PATH => $ENV{PATH}, %{$o{settings} || {}},
	};
	# The secret comes from a file, as on a real host.
	open my $f, '>', "$self->{dir}/spoke.conf" or die $!;
	print $f "LOG_LEVEL=debug\n";
	close $f;
	mkdir "$self->{dir}/data", 0700;
	$self->hand('init');
	$self->org unless $o{no_org};
	return $self;
}

sub start_sim {
	my ($self) = @_;
	my $file = "$self->{dir}/port";
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDERR, '>>', "$self->{dir}/sim.log";
		exec $SIM, '--port', $self->{port} || 0, '--port-file', $file, '--account', $ACCOUNT, '--application',
		    $APPLICATION, '--client-id', 'client', '--client-secret', 'hush', '--api-user', 'user',
		    '--api-password', 'hush', '--number', '+19195550100-+19195550199', '--set', 'magic=0',
		    @{$self->{sim} || []} or POSIX::_exit(127);
	}
	$self->{sim_pid} = $pid;
	await(10, 'the simulator', sub { -s $file });
	open my $f, '<', $file or die $!;
	chomp($self->{port} = <$f>);
	$self->{url} = "http://127.0.0.1:$self->{port}";
	await(10, 'the simulator to listen', sub { $self->{http}->get("$self->{url}/_sim/counters")->{success} });
}

sub stop_sim {
	my ($self) = @_;
	my $pid = delete $self->{sim_pid} or return;
	kill 'KILL', $pid;
	waitpid $pid, 0;
	unlink "$self->{dir}/port";
}

# ---- programs ---------------------------------------------------------------

sub child {
	my ($self, $log, @command) = @_;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		%ENV = %{$self->{env}};
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$log.out";
		open STDERR, '>>', "$log.err";
		exec @command or POSIX::_exit(127);
	}
	return $pid;
}

# The hand; dies when it fails. input: what it reads.
sub hand {
	my ($self, @args) = @_;
	my $log = "$self->{dir}/hand.$$";
	unlink "$log.err";
	my $pid = $self->child($log, $HAND, @args);
	waitpid $pid, 0;
	die "hand @args: status $?: " . slurp("$log.err") if $? != 0;
	chomp(my $out = slurp("$log.out"));
	return $out;
}

sub org {
	my ($self, %o) = @_;
	return $self->{org} = $self->hand('org', $o{name} || 'Tenants United', $o{account} || $ACCOUNT,
	    $o{user} || 'client', $o{password} || 'hush', $o{application} || $APPLICATION, $o{number} || $NUMBER);
}

sub spawn { my ($self, @args) = @_; return $self->{last} = $self->child("$self->{dir}/worker", $WORKER, @args) }

# Runs a worker to its end; its exit status.
sub run {
	my ($self, @args) = @_;
	my $pid = $self->spawn(@args ? @args : '--once');
	waitpid $pid, 0;
	return $?;
}

# Waits for a child's end; its status, or undef after the seconds.
sub ended {
	my ($pid, $seconds) = @_;
	my $end = time + $seconds;
	while (time < $end) {
		return $? if waitpid($pid, WNOHANG) == $pid;
		sleep 0.02;
	}
	return undef;
}

# Live processes that run the worker's program for this data directory.
sub workers {
	my ($self) = @_;
	my @found;
	for my $proc (glob '/proc/[0-9]*') {
		my $exe = readlink "$proc/exe" or next;
		next if $exe ne Cwd::abs_path($WORKER);
		push @found, $proc =~ m{(\d+)$} if index(slurp("$proc/environ"), "$self->{dir}/") >= 0;
	}
	return @found;
}

# Tells those that still run to end, and kills what does not.
sub end_workers {
	my ($self) = @_;
	kill 'TERM', $self->workers;
	my $end = time + 2;
	sleep 0.02 while $self->workers && time < $end;
	kill 'KILL', $self->workers;
}

sub log { my ($self) = @_; return slurp("$self->{dir}/worker.err") . slurp("$self->{dir}/data/worker.log") }

# ---- looking ----------------------------------------------------------------

sub slurp {
	my ($path) = @_;
	open my $f, '<:raw', $path or return '';
	local $/;
	return scalar(<$f>) // '';
}

sub await {
	my ($seconds, $what, $fn) = @_;
	my $end = time + $seconds;
	while (time < $end) {
		my $r = $fn->();
		return $r if $r;
		sleep 0.05;
	}
	die "waited $seconds s in vain for $what\n";
}

sub queue { my ($self, $count, $first, @more) = @_; return split / /, $self->hand('queue', $self->{org}, $count, $first, @more) }
sub messages { my ($self, $org) = @_; return @{decode_json($self->hand('show', $org || $self->{org}))} }
sub message { my ($self, $id) = @_; my ($m) = grep { $_->{id} eq $id } $self->messages; return $m }
sub state { my ($self, $id) = @_; return $self->message($id)->{state} }
sub record { my ($self) = @_; return decode_json($self->hand('org-show', $self->{org})) }
sub job { my ($self) = @_; return decode_json($self->hand('jobs', $self->{org})) }

# How many messages are in each state.
sub states {
	my ($self, $org) = @_;
	my %n;
	$n{$_->{state}}++ for $self->messages($org);
	return \%n;
}

sub await_state {
	my ($self, $seconds, $id, $state) = @_;
	return await($seconds, "$id to be $state", sub { $self->state($id) eq $state });
}

# ---- the simulator ------------------------------------------------------------

sub sim {
	my ($self, $method, $path, $body) = @_;
	my $r = $self->{http}->request($method, "$self->{url}/_sim/$path",
	    $body ? { content => encode_json($body), headers => { 'content-type' => 'application/json' } } : {});
	die "simulator: $path: $r->{status} $r->{content}" if !$r->{success} && $r->{status} != 408;
	return $r->{content} eq '' ? {} : decode_json($r->{content});
}
sub faults { my ($self, @faults) = @_; return $self->sim(POST => 'faults', \@faults) }
sub no_faults { my ($self) = @_; return $self->sim(POST => 'faults/clear') }
sub set { my ($self, %set) = @_; return $self->sim(POST => 'config', { settings => { %set } }) }
sub config { my ($self, %config) = @_; return $self->sim(POST => 'config', { %config }) }
sub counters { my ($self) = @_; return $self->sim(GET => 'counters') }
# What was posted, in order.
sub posts { my ($self) = @_; my $l = $self->sim(GET => 'ledger?kind=messages'); return @{ref $l eq 'HASH' ? $l->{messages} : $l} }
# Tags accepted more than once.
sub duplicates { my ($self) = @_; my $d = $self->sim(GET => 'duplicates'); return ref $d eq 'HASH' ? $d->{duplicates} : $d }

sub DESTROY {
	my ($self) = @_;
	return if $self->{owner} != $$;
	local ($?, $@, $!);
	$self->end_workers;
	$self->stop_sim;
}

use Cwd ();
1;
