# Survival.pm: an installation to which the worst is done: Spoke.pm's, with programs that run into trouble.c's
# troubles, and what the tests of this folder look at alike.
#
#   my $s = Survival->new(settings => {...});        # then ->sim, ->init, ->lighttpd as ever
#   Survival::small_disk(64);                        # from here on DATA_DIR is a file system of so many MiB, if that can be
#   $s->trouble(error => ENOSPC);  $s->trouble(error => 0);
#   $s->kill_all;                                    # every process of the installation, by SIGKILL
#   my @lines = $s->lines(qr/No space left/);        # of all logs
package Survival;
use strict;
use warnings;
use Errno qw(ENOSPC);
use Fcntl qw(SEEK_SET);
use File::Basename qw(basename);
use File::Copy qw(copy);
use File::Temp ();
use FindBin;
use lib "$FindBin::Bin/../lib";
use Ledger;
use POSIX qw(:sys_wait_h);
use Spoke;
use Time::HiRes qw(sleep time);
our @ISA = ('Spoke');

# As in trouble.c: where each stands, and how it is written.
my %PLACE = (clock_ms => [0, 'q'], error => [8, 'l'], fs => [12, 'L'], sync_ms => [16, 'l'], dir => [24, 'Z512'],
	disk => [536, 'Z512'], boot => [1048, 'Z512']);
my $SIZE = 1560;

# Runs the rest of the test where a small file system of its own is mounted at $ENV{SPOKE_SMALL_DISK}; where nobody may
# mount, it goes on without one.
sub small_disk {
	my ($mib) = @_;
	return if defined $ENV{SPOKE_SMALL_DISK};
	my $dir = File::Temp::tempdir('spoke-disk-XXXXXX', TMPDIR => 1);
	my @apart = $> == 0 ? qw(unshare -m) : qw(unshare -c -m --keep-caps);
	my $mount = "mount -t tmpfs -o mode=0755,size=${mib}m none $dir";
	# Only the mount itself needs capabilities; with them the programs could write what they may not.
	my @without = qw(setpriv --inh-caps=-all --ambient-caps=-all);
	@without = () if $> == 0;
	if (system("@apart sh -c '$mount && @without true' >/dev/null 2>&1") == 0) {
		local $ENV{SPOKE_SMALL_DISK} = $dir;
		local $ENV{SPOKE_SMALL_DISK_RUN} = join ' ', $^X, $0;
		my $status = system @apart, 'sh', '-c', "$mount && exec @without \$SPOKE_SMALL_DISK_RUN";
		rmdir $dir;
		exit($status == 0 ? 0 : ($status >> 8) || 1);
	}
	rmdir $dir;
	$ENV{SPOKE_SMALL_DISK} = '';
}

sub new {
	my ($class, %o) = @_;
	my $self = Spoke->new(%o);
	bless $self, $class;
	my $d = $self->{dir};
	$self->{data} = "$d/data";
	if ($ENV{SPOKE_SMALL_DISK}) {
		$self->{data} = "$ENV{SPOKE_SMALL_DISK}/data";
		$self->{settings}{DATA_DIR} = $self->{data};
	}
	open my $f, '>', "$d/trouble" or die $!;
	print $f "\0" x $SIZE;
	close $f;
	$self->{environment} = { LD_PRELOAD => Spoke::build() . '/tests/survival/trouble.so', SPOKE_TROUBLE => "$d/trouble" };
	$self->trouble(dir => $self->{data});
	# The worker gets an environment made for it; so it is started through a script.
	open $f, '>', "$d/worker" or die $!;
	print $f "#!/bin/sh\n", (map { "export $_='$self->{environment}{$_}'\n" } sort keys %{$self->{environment}}),
		'exec ', Spoke::build(), "/spoke-worker \"\$@\"\n";
	close $f;
	chmod 0755, "$d/worker";
	$self->{settings}{WORKER} = "$d/worker";
	return $self;
}

# Changes what is wrong, for all that run and for all to come.
sub trouble {
	my ($self, %o) = @_;
	open my $f, '+<', "$self->{dir}/trouble" or die $!;
	for my $name (keys %o) {
		my ($at, $how) = @{$PLACE{$name}};
		sysseek $f, $at, SEEK_SET;
		syswrite $f, pack $how, $o{$name};
	}
	close $f;
	return $self;
}

sub workers { my ($self) = @_; return $self->processes(Spoke::build() . '/spoke-worker') }
sub responders { my ($self) = @_; return $self->processes(Spoke::responder()) }

# Everything of this installation but the simulator and the test: as when the power goes.
sub kill_all {
	my ($self) = @_;
	my @servers = grep { defined } @{$self->{pid}}{qw(lighttpd apache)};
	my @all;
	do {
		@all = ($self->workers, $self->responders);
		kill 'KILL', (map { -$_ } @servers), @all;
		$self->stop($_, 'KILL') for qw(lighttpd apache);
	} while (@all);
	return $self;
}

# ---- power cuts --------------------------------------------------------------------

# From here on each file is kept as it was when it was last synced. Called while nobody uses the store.
sub keep_synced {
	my ($self) = @_;
	my $d = $self->{dir};
	mkdir "$d/disk";
	mkdir "$d/calm";
	copy($_, "$d/disk/" . basename($_)) for glob "$self->{data}/*.db $self->{data}/log.*";
	# As they look when nobody is in the store: what can't be told by looking must not be trusted.
	copy($_, "$d/calm/" . basename($_)) for glob "$self->{data}/__db.* $self->{data}/gate";
	return $self->trouble(disk => "$d/disk");
}

# A file as a disk may have it after the power was cut: as it was synced, as it was written since, or some blocks so and
# some so. before, now: its bytes.
sub aged {
	my ($before, $now) = @_;
	my $dice = int rand 3;
	return $dice ? $now : $before if $dice < 2;
	my $size = rand() < 0.5 ? length $now : length $before;
	my $out = '';
	for (my $at = 0; $at < $size; $at += 4096) {
		my $from = rand() < 0.5 ? $before : $now;
		my $piece = $at < length $from ? substr($from, $at, 4096) : '';
		my $n = $size - $at < 4096 ? $size - $at : 4096;
		$out .= substr($piece . "\0" x 4096, 0, $n);
	}
	return $out;
}

# The power goes, and comes back: everything of the store at an age of its own, none older than its last sync; the gate
# as when nobody was there; a new boot (boot: what the kernel calls it).
sub power_cut {
	my ($self, $boot) = @_;
	my ($d, $data) = ($self->{dir}, $self->{data});
	$self->kill_all;
	my %names = map { basename($_) => 1 } glob "$data/*.db $data/log.* $data/__db.* $data/gate $d/disk/*.db $d/calm/*";
	# Logs are removed from the oldest on; the last of these removals may not have reached the disk.
	my @removed = sort grep { !$names{$_} } map { basename($_) } glob "$d/disk/log.*";
	my @forgotten = splice @removed, 0, rand(@removed + 1);
	unlink map { "$d/disk/$_" } @forgotten;
	for my $name (sort(keys %names), @removed) {
		my $shared = $name =~ /^__db|^gate$/;
		my $before = Spoke::slurp($shared ? "$d/calm/$name" : "$d/disk/$name");
		my $now = -e "$data/$name" ? Spoke::slurp("$data/$name") : $before;
		my $aged = $name eq 'gate' ? $before : aged($before, $now);
		# What was mapped and never written back is zeros, or nothing.
		$aged = ('', $now, aged('', $now))[rand 3] if $name =~ /^__db/ && rand() < 0.5;
		$aged = '' if $name =~ /^__db/ && !$self->{cuts};
		open my $f, '>', "$data/$name" or die $!;
		print $f $aged;
		close $f;
		copy("$data/$name", "$d/disk/$name") if !$shared;
	}
	open my $f, '>', "$d/boot" or die $!;
	print $f $boot;
	close $f;
	$self->{cuts}++;
	return $self->trouble(boot => "$d/boot");
}

# ---- full disks ----------------------------------------------------------------------

# No room for more, of the real kind where there is a small disk.
sub fill {
	my ($self) = @_;
	return $self->trouble(error => ENOSPC) if !$ENV{SPOKE_SMALL_DISK};
	open my $f, '>', "$ENV{SPOKE_SMALL_DISK}/fill" or die $!;
	for (my $piece = "x" x 65536; length $piece; substr($piece, length($piece) / 2) = '') {
		1 while (syswrite($f, $piece) // 0) == length $piece;
		last if length $piece == 1;
	}
	return $self;
}

sub unfill {
	my ($self) = @_;
	unlink "$ENV{SPOKE_SMALL_DISK}/fill" if $ENV{SPOKE_SMALL_DISK};
	return $self->trouble(error => 0);
}

# Restarts a web server as a service manager does: all of its processes are told to end, or only the first one, and what
# is left when that one has ended, the worker too, is killed.
sub restart_service {
	my ($self, $server, $mode, $start) = @_;
	my $pid = delete $self->{pid}{$server};
	kill 'TERM', $mode eq 'all' ? ($pid, $self->workers, $self->responders) : $pid;
	$self->await(10, "$server to end", sub { waitpid($pid, WNOHANG) == $pid });
	@{$self->{pids}} = grep { $_ != $pid } @{$self->{pids}};
	my @rest;
	kill 'KILL', @rest while @rest = ($self->workers, $self->responders);
	$start->();
	return $self;
}

# The lines of all logs that match.
sub lines {
	my ($self, $match) = @_;
	my $d = $self->{dir};
	return grep { /$match/ } map { split /\n/, Spoke::slurp($_) }
		"$d/lighttpd.log", "$d/apache.error.log", "$self->{data}/worker.log", glob "$d/*.err";
}

# Asks until it is well again; how long that took, in seconds.
sub back {
	my ($self, $seconds) = @_;
	my $begun = time;
	$self->await($seconds, 'the service', sub { $self->request(GET => '/healthz')->{status} == 200 });
	return time - $begun;
}

1;
