# Spoke.pm: an installation of its own for a test: settings, store, organization,
# user, number, token; the simulator; a web server in front of the real program.
#
#   my $s = Spoke->new;                 # a temporary folder, removed at the end
#   $s->sim(receipt_delay_ms => 50);    # starts the simulator first, so that the settings know it
#   $s->init;                           # spokectl init, org, user, number, token
#   $s->lighttpd;                       # or ->apache('fcgid'), ->apache('cgi')
#   my $r = $s->request(POST => "/bandwidth/1", ...);
#
# Everything listens on 127.0.0.1. What was started ends with the object. environment => {...}: more of it for the
# responder and the commands (not for the worker, to which the responder gives one of its own).
package Spoke;
use strict;
use warnings;
use Carp qw(croak);
use Cwd qw(abs_path);
use Digest::SHA qw(hmac_sha256);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

sub build { return abs_path($ENV{BUILD} || '.') }

sub new {
	my ($class, %o) = @_;
	my $dir = tempdir('spoke-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	chmod 0755, $dir;
	my $self = bless { dir => $dir, pids => [], owner => $$, settings => {}, %o }, $class;
	$self->{port} = free_port();
	$self->{base} ||= "http://127.0.0.1:$self->{port}" . ($self->{path} || '');
	mkdir "$dir/run", 0700;
	return $self;
}

# A port that nobody listens on now.
sub free_port {
	my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0) or die "no port: $!";
	my $port = $s->sockport;
	close $s;
	return $port;
}

# ---- programs ---------------------------------------------------------------

# Starts a program in the background; its output goes to a file of that name.
sub start {
	my ($self, $name, @command) = @_;
	my $log = "$self->{dir}/$name.log";
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		setpgrp(0, 0);
		open STDIN, '<', '/dev/null';
		open STDOUT, '>>', $log;
		open STDERR, '>>', $log;
		$ENV{SPOKE_CONF} = "$self->{dir}/spoke.conf";
		exec @command or POSIX::_exit(127);
	}
	push @{$self->{pids}}, $pid;
	$self->{pid}{$name} = $pid;
	return $pid;
}

sub stop {
	my ($self, $name, $signal) = @_;
	my $pid = delete $self->{pid}{$name} or return;
	kill $signal || 'TERM', -$pid;
	my $end = time + 10;
	while (waitpid($pid, WNOHANG) == 0) {
		if (time > $end) { kill 'KILL', -$pid; waitpid $pid, 0; last }
		sleep 0.01;
	}
	@{$self->{pids}} = grep { $_ != $pid } @{$self->{pids}};
	return $?;
}

# Runs a program; returns (exit status, standard output, standard error).
sub run {
	my ($self, $input, @command) = @_;
	my ($in, $out, $err) = map { "$self->{dir}/run.$_.$$" } qw(in out err);
	open my $f, '>', $in or die $!;
	print $f $input // '';
	close $f;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDIN, '<', $in;
		open STDOUT, '>', $out;
		open STDERR, '>', $err;
		$ENV{SPOKE_CONF} = "$self->{dir}/spoke.conf";
		%ENV = (%ENV, %{$self->{environment} || {}});
		exec @command or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	my $status = $? >> 8 | ($? & 127 ? 128 : 0);
	return ($status, slurp($out), slurp($err));
}

# The processes of a program that belong to this installation.
sub processes {
	my ($self, $program) = @_;
	return grep {
		(readlink("/proc/$_/exe") // '') eq $program && index(slurp("/proc/$_/environ"), $self->{dir}) >= 0
	} map { m{(\d+)$} } glob '/proc/[0-9]*';
}

sub slurp {
	my ($path) = @_;
	open my $f, '<:raw', $path or return '';
	local $/;
	my $text = <$f>;
	return $text // '';
}

# spokectl with --json; dies when it fails.  ctl_any returns (status, decoded or undef, stderr).
sub ctl_any {
	my ($self, $input, @args) = @_;
	my ($status, $out, $err) = $self->run($input, build() . '/spokectl', @args, '--json');
	return ($status, scalar(eval { decode_json($out) }), $err);
}

sub ctl {
	my ($self, @args) = @_;
	my $input = ref $args[0] ? ${shift @args} : '';
	my ($status, $json, $err) = $self->ctl_any($input, @args);
	croak "spokectl @args: status $status: $err" if $status != 0;
	return $json;
}

# ---- an installation --------------------------------------------------------

sub write_conf {
	my ($self) = @_;
	my %s = (
		BASE_URL => $self->{base},
		SESSION_SECRET => 'a-secret-of-the-tests-0123456789abcdef',
		DATA_DIR => "$self->{dir}/data",
		DEFAULT_SERVICE => 'bandwidth',
		SERVICE_MANAGERS => 'sticky-sender,numpicker-basic',
		WORKER => build() . '/spoke-worker',
		SEGMENTS_PER_SECOND => 1000,
		DAILY_SEGMENTS => 1000000,
	);
	if ($self->{sim_url}) {
		%s = (%s, REHEARSAL => 'yes',
			BANDWIDTH_MESSAGING_URL => "$self->{sim_url}/api/v2",
			BANDWIDTH_NUMBERS_URL => "$self->{sim_url}/api/v2",
			BANDWIDTH_TOKEN_URL => "$self->{sim_url}/api/v1/oauth2/token");
	}
	%s = (%s, %{$self->{settings}});
	open my $f, '>', "$self->{dir}/spoke.conf" or die $!;
	print $f map { defined $s{$_} ? "$_=$s{$_}\n" : () } sort keys %s;
	close $f;
	chmod 0600, "$self->{dir}/spoke.conf";
}

sub init {
	my ($self) = @_;
	$self->write_conf;
	$self->ctl('init', '--conf', "$self->{dir}/spoke.conf");
	$self->{org} = $self->ctl('org', 'add', 'Tenants United')->{organization};
	$self->{email} = 'ana@example.org';
	$self->{password} = 'correct horse battery staple';
	$self->ctl(\"$self->{password}\n", 'user', 'add', $self->{email}, '--org', $self->{org},
	    '--role', 'OWNER', '--password-stdin');
	$self->{number} = '+19195550100';
	$self->ctl('numbers', 'add', $self->{org}, $self->{number});
	$self->{token} = $self->ctl('token', 'add', '--org', $self->{org})->{token};
	$self->{callback} = $self->ctl('callback-password', $self->{org});
	return $self;
}

# ---- the simulator ----------------------------------------------------------

our $ACCOUNT = '9900000';
our $APPLICATION = '93de2206-9669-4e07-948d-329f4b722ee2';

# Starts the simulator, before init, with an account, a client "client" with the secret "hush",
# and organization 1's callback. Options are its own, with underscores; a list repeats one.
sub sim {
	my ($self, %o) = @_;
	my $secret = $self->{settings}{SESSION_SECRET} // 'a-secret-of-the-tests-0123456789abcdef';
	my ($file, $password) = ("$self->{dir}/sim.port", "$self->{dir}/sim.password");
	open my $f, '>', $password or die $!;
	print $f encode_base64(hmac_sha256("$self->{base}1", $secret), '');
	close $f;
	%o = (port => 0, port_file => $file, account => $ACCOUNT, client_id => 'client', client_secret => 'hush',
		number => '+19195550100-+19195550199', %o);
	my @more = map { my $name = $_; (my $dashes = $name) =~ tr/_/-/;
		map { ("--$dashes", $_) } ref $o{$name} ? @{$o{$name}} : $o{$name} } sort keys %o;
	$self->start(sim => build() . '/tests/sim/bandwidth-sim', '--application', $APPLICATION,
	    '--callback-url', "$self->{base}/bandwidth/1", '--callback-user', 'bandwidth.com',
	    '--callback-password-file', $password, @more);
	$self->await(10, 'the simulator', sub { slurp($file) =~ /^\d+\n/ });
	chomp(my $port = slurp($file));
	$self->await_port($port, 'sim');
	$self->{sim_url} = "http://127.0.0.1:$port";
	return $self;
}

# Asks the simulator's control API: sim_do(POST => 'faults', {...}); what it answers.
sub sim_do {
	my ($self, $method, $path, $body) = @_;
	my $r = HTTP::Tiny->new(timeout => 30)->request($method, "$self->{sim_url}/_sim/$path", defined $body
	    ? { content => encode_json($body), headers => { 'content-type' => 'application/json' } } : {});
	croak "simulator: $path: $r->{status} $r->{content}" if !$r->{success} && $r->{status} != 408;
	return $r->{content} eq '' ? {} : decode_json($r->{content});
}
sub sim_counters { my ($self) = @_; return $self->sim_do(GET => 'counters') }
sub sim_faults { my ($self, @faults) = @_; return $self->sim_do(POST => 'faults', \@faults) }
# What was posted to it, in order.
sub sim_posts { my ($self) = @_; return @{$self->sim_do(GET => 'ledger?kind=messages')->{messages}} }

# Saves the simulator's credentials for organization 1 and has them checked.
sub sim_credentials {
	my ($self, %o) = @_;
	# The number lies at a location of the application, as at the real one: nothing is missing there.
	$self->sim_do(POST => 'config', { sites => [{ id => '30130', account => $ACCOUNT, name => 'Texting' }],
		locations => [{ id => '569230', site => '30130', account => $ACCOUNT, name => 'Texting',
			application => $APPLICATION }],
		numbers => [defined $self->{number} ? { number => $self->{number}, account => $ACCOUNT, location => '569230' } : ()] });
	return $self->ctl(\(($o{password} // 'hush') . "\n"), 'settings', 'set', $self->{org}, "accountId=$ACCOUNT",
	    'userName=client', "applicationId=$APPLICATION", '--password-stdin', '--wait', 90);
}

# ---- web servers ------------------------------------------------------------

sub responder { return build() . '/cgi-bin/spoke.fcgi' }

sub lighttpd {
	my ($self, %o) = @_;
	my $d = $self->{dir};
	my $mount = $self->{path} || '/';
	my $procs = $o{processes} || 1;
	my $fix = $self->{path} ? '' : '"fix-root-scriptname" => "enable",';
	my %env = (SPOKE_CONF => "$d/spoke.conf", %{$self->{environment} || {}});
	open my $f, '>', "$d/lighttpd.conf" or die $!;
	print $f <<CONF;
server.modules = ( "mod_fastcgi" )
server.document-root = "$d/run"
server.bind = "127.0.0.1"
server.port = $self->{port}
server.max-request-size = 65536
server.max-fds = 1024
server.feature-flags = ( "server.graceful-shutdown-timeout" => 5 )
fastcgi.server = ( "$mount" => (( "bin-path" => "@{[responder()]}", "socket" => "$d/run/spoke.sock",
    "min-procs" => $procs, "max-procs" => $procs, "check-local" => "disable", "disable-time" => 0, $fix
    "bin-environment" => ( @{[join ', ', map { qq("$_" => "$env{$_}") } sort keys %env]} ) )) )
CONF
	close $f;
	$self->start(lighttpd => $self->find('lighttpd'), '-D', '-f', "$d/lighttpd.conf");
	$self->await_port($self->{port}, 'lighttpd');
	return $self;
}

sub find {
	my ($self, $name) = @_;
	for (split(/:/, $ENV{PATH}), '/usr/sbin', '/sbin') {
		return "$_/$name" if -x "$_/$name";
	}
	die "$name is not installed\n";
}

# mode: "fcgid" or "cgi"; auth: what makes the Authorization header pass ("CGIPassAuth On"); more: lines for mod_fcgid.
sub apache {
	my ($self, $mode, %o) = @_;
	my $d = $self->{dir};
	my $modules = '/usr/lib/apache2/modules';
	my $mount = $self->{path} || '';
	my $auth = exists $o{auth} ? $o{auth} : 'CGIPassAuth On';
	my $processes = $o{processes} || 16;
	my %env = (SPOKE_CONF => "$d/spoke.conf", %{$self->{environment} || {}});
	my ($load, $handler, $extra) = $mode eq 'fcgid'
	    ? ("LoadModule fcgid_module $modules/mod_fcgid.so", 'fcgid-script', <<FCGID)
FcgidIPCDir $d/run
FcgidProcessTableFile $d/run/fcgid_shm
FcgidMaxProcessesPerClass $processes
FcgidMaxProcesses $processes
FcgidMaxRequestLen 67108864
@{[$o{more} || '']}
@{[join "\n", map { "FcgidInitialEnv $_ $env{$_}" } sort keys %env]}
FCGID
	    : ("LoadModule cgid_module $modules/mod_cgid.so", 'cgi-script', <<CGI);
ScriptSock $d/run/cgid
@{[join "\n", map { "SetEnv $_ $env{$_}" } sort keys %env]}
CGI
	my $place = $o{htaccess} ? <<HTACCESS : <<SCRIPT;
LoadModule mime_module $modules/mod_mime.so
TypesConfig /dev/null
Alias $mount $d/bin
<Directory $d/bin>
    Options +FollowSymLinks
    Require all granted
    AllowOverride All
</Directory>
HTACCESS
ScriptAlias $mount/ $d/bin/spoke.fcgi/
<Directory $d/bin>
    Options +ExecCGI +FollowSymLinks
    SetHandler $handler
    Require all granted
    AllowOverride None
    $auth
</Directory>
SCRIPT
	my $mpm = "LoadModule mpm_event_module $modules/mod_mpm_event.so";
	mkdir "$d/bin";
	unlink "$d/bin/spoke.fcgi";
	symlink responder(), "$d/bin/spoke.fcgi";
	if ($o{htaccess}) {
		open my $h, '>', "$d/bin/.htaccess" or die $!;
		print $h $o{htaccess};
		close $h;
	}
	open my $f, '>', "$d/apache.conf" or die $!;
	print $f <<CONF;
ServerRoot $d
ServerName 127.0.0.1
Listen 127.0.0.1:$self->{port}
PidFile $d/run/apache.pid
DefaultRuntimeDir $d/run
ErrorLog $d/apache.error.log
$mpm
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule alias_module $modules/mod_alias.so
LoadModule env_module $modules/mod_env.so
LoadModule setenvif_module $modules/mod_setenvif.so
LoadModule rewrite_module $modules/mod_rewrite.so
$load
DocumentRoot $d/run
$extra
$place
CONF
	close $f;
	$self->start(apache => $self->find('apache2'), '-DFOREGROUND', '-f', "$d/apache.conf");
	$self->await_port($self->{port}, 'apache');
	return $self;
}

sub await_port {
	my ($self, $port, $name) = @_;
	my $end = time + 15;
	while (time < $end) {
		my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 1);
		return if $s;
		my $pid = $self->{pid}{$name};
		last if $pid && waitpid($pid, WNOHANG) > 0;
		sleep 0.05;
	}
	die "$name did not start:\n" . slurp("$self->{dir}/$name.log");
}

# ---- asking -----------------------------------------------------------------

# Returns HTTP::Tiny's hash, with {json} when the answer is JSON.
sub request {
	my ($self, $method, $path, %o) = @_;
	$self->{http} ||= HTTP::Tiny->new(timeout => 30, max_redirect => 0);
	my $r = $self->{http}->request($method, "$self->{base}$path", {
		headers => $o{headers} || {}, defined $o{content} ? (content => $o{content}) : () });
	$r->{json} = eval { decode_json($r->{content}) } if ($r->{headers}{'content-type'} || '') =~ /json/;
	return $r;
}

# Posts a callback body (text, or something to encode) with the right credentials.
sub callback {
	my ($self, $body, %o) = @_;
	$body = JSON::PP->new->utf8->encode($body) if ref $body;
	my $user = $o{user} // $self->{callback}{callback_user};
	my $password = $o{password} // $self->{callback}{callback_password};
	my $org = $o{org} // $self->{org};
	return $self->request(POST => "/bandwidth/$org", content => $body, headers => {
		'content-type' => 'application/json; charset=utf-8', 'user-agent' => 'BandwidthAPI/v2',
		'authorization' => 'Basic ' . encode_base64("$user:$password", '') });
}

# An inbound text as Bandwidth sends it.
my $serial = 0;
sub inbound {
	my ($self, %o) = @_;
	my $id = $o{id} // sprintf('%d%s%06d', time * 1000, 'in', $serial++);
	my $to = $o{to} // $self->{number};
	return [{ time => '2026-11-23T18:00:00.123456Z', type => 'message-received', to => $to,
		description => 'Incoming message received',
		message => { id => $id, owner => $to, applicationId => '93de2206-9669-4e07-948d-329f4b722ee2',
			time => '2026-11-23T18:00:00.000Z', segmentCount => 1, direction => 'in', to => [$to],
			from => $o{from} // '+19195550199', text => $o{text} // 'Hello', %{$o{message} || {}} } }];
}

sub api {
	my ($self, $method, $path, $body) = @_;
	return $self->request($method, "/api/orgs/$self->{org}$path",
	    headers => { authorization => "Bearer $self->{token}", 'content-type' => 'application/json' },
	    defined $body ? (content => encode_json($body)) : ());
}

# Calls a function until it returns something true, or dies after the seconds.
sub await {
	my ($self, $seconds, $what, $fn) = @_;
	my $end = time + $seconds;
	while (time < $end) {
		my $r = $fn->();
		return $r if $r;
		sleep 0.02;
	}
	die "waited $seconds s in vain for $what\n";
}

sub DESTROY {
	my ($self) = @_;
	return if $self->{owner} != $$;
	local ($?, $@, $!);
	kill 'TERM', -$_ for @{$self->{pids}};
	my $end = time + 3;
	for my $pid (@{$self->{pids}}) {
		while (waitpid($pid, WNOHANG) == 0) {
			if (time > $end) { kill 'KILL', -$pid; waitpid $pid, 0; last }
			sleep 0.01;
		}
	}
	kill 'TERM', $self->strays;
	$end = time + 2;
	sleep 0.02 while $self->strays && time < $end;
	kill 'KILL', $self->strays;
}

# Programs of ours that left their group: workers started on demand.
sub strays {
	my ($self) = @_;
	my @found;
	for my $proc (glob '/proc/[0-9]*') {
		my $exe = readlink "$proc/exe" or next;
		next unless index($exe, build()) == 0;
		push @found, $proc =~ m{(\d+)$} if index(slurp("$proc/environ"), $self->{dir}) >= 0;
	}
	return @found;
}

require SpokeSim;	# what the simulator's Numbers API has
