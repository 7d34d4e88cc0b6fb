# FCGI.pm: the real responder, started by a test on a socket of its own, and a FastCGI client for it.
#
#   my $r = FCGI->new(settings => { THREADS => 4 });  # a temporary DATA_DIR with the world of seed.c
#   $r->start;                                        # or ->start(2): two processes on one socket
#   my $a = $r->request(POST => '/login', form => { email => ... }, headers => { Origin => ... });
#   # $a->{status}, $a->{headers}{'content-type'}, $a->{body}, $a->{json}, $a->{ended}
#   my $c = $r->begin(POST => '/bandwidth/1', length => 100, body => 'only a part');   # an open request
#   print { $c->{socket} } FCGI::record(5, 1, 'more');
#   my $answer = FCGI::finish($c);
#
# BUILD names the build folder.  What was started ends with the object.
package FCGI;
use strict;
use warnings;
use Cwd qw(abs_path);
use Fcntl qw(F_SETFD);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use POSIX qw(:sys_wait_h);
use Socket qw(SOCK_STREAM);
use Time::HiRes qw(sleep time);

use constant { BEGIN_REQUEST => 1, END_REQUEST => 3, PARAMS => 4, STDIN_DATA => 5, STDOUT_DATA => 6 };

my $build = abs_path($ENV{BUILD} || '.');
sub program { return "$build/cgi-bin/spoke.fcgi" }

# settings: over the usual ones; undef leaves one out.  unseeded: no store is made.
sub new {
	my ($class, %o) = @_;
	my $dir = tempdir('responder-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	my $self = bless { dir => $dir, pids => [], owner => $$, log => "$dir/log" }, $class;
	$self->{settings} = {
		BASE_URL => 'http://localhost:3000',
		SESSION_SECRET => 'a-secret-of-the-tests-0123456789abcdef',
		DATA_DIR => "$dir/data",
		DEFAULT_SERVICE => 'bandwidth',
		SERVICE_MANAGERS => 'sticky-sender,numpicker-basic',
		WORKER => '/bin/true',
		API_REQUESTS_PER_SECOND => 0,
		SPOKE_CONF => "$dir/spoke.conf",
		%{ $o{settings} || {} },
	};
	open my $conf, '>', "$dir/spoke.conf" or die $!;
	close $conf;
	chmod 0600, "$dir/spoke.conf";
	$self->{origin} = $self->{settings}{BASE_URL} =~ m{^(\w+://[^/]+)} ? $1 : '';
	$self->{base_path} = $self->{settings}{BASE_URL} =~ m{^\w+://[^/]+(/.*)} ? $1 : '';
	$self->{world} = decode_json($self->seed) unless $o{unseeded};
	return $self;
}

sub environment {
	my ($self) = @_;
	my %s = %{ $self->{settings} };
	# Sanitizers are told where to speak by the environment; nothing else goes through.
	my %keep = map { $_ => $ENV{$_} } grep { /^(ASAN|UBSAN|TSAN|LSAN)_OPTIONS$/ } keys %ENV;
	return (PATH => '/usr/bin:/bin', %keep, map { defined $s{$_} ? ($_ => $s{$_}) : () } keys %s);
}

# Runs tests/responder/seed; returns what it printed.
sub seed {
	my ($self, @args) = @_;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if ($pid == 0) {
		%ENV = $self->environment;
		open STDERR, '>>', $self->{log};
		exec "$build/tests/responder/seed", @args or POSIX::_exit(127);
	}
	local $/;
	my $text = <$out>;
	close $out;
	$self->{seed_status} = $?;
	die "seed @args failed ($?): " . $self->log if $? != 0 && !@args;
	return $text // '';
}

# spokectl with --json in these settings, with the text of a reference before it on standard input.
sub ctl {
	my ($self, @args) = @_;
	my $input = ref $args[0] ? ${ shift @args } : '';
	open my $in, '>', "$self->{dir}/input" or die $!;
	print $in $input;
	close $in;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if ($pid == 0) {
		%ENV = $self->environment;
		open STDIN, '<', "$self->{dir}/input";
		exec "$build/spokectl", @args, '--json' or POSIX::_exit(127);
	}
	local $/;
	my $text = <$out>;
	close $out;
	return decode_json($text // '{}');
}

# Every record of a table as the store's dump has it.
sub records {
	my ($self, $table) = @_;
	return map { (split /\t/, $_, 3)[2] } grep { /^\Q$table\E\t/ } split /\n/, $self->seed('dump');
}

sub log {
	my ($self) = @_;
	open my $f, '<:raw', $self->{log} or return '';
	local $/;
	my $text = <$f>;
	return $text // '';
}

# ---- the process -------------------------------------------------------------

sub socket_path { return $_[0]{dir} . '/sock' }

sub listen {
	my ($self) = @_;
	$self->{listen} ||= IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $self->socket_path, Listen => 128)
	    or die "listen: $!";
	return $self->{listen};
}

# Starts n processes; returns the last one's pid.  It is ready when it says so in the log.
sub start {
	my ($self, $n, %o) = @_;
	my $listen = $self->listen;
	my $ready = () = $self->log =~ /ready: up to/g;
	for (1 .. $n || 1) {
		my $pid = fork // die "fork: $!";
		if ($pid == 0) {
			%ENV = $self->environment;
			open STDIN, '<&', $listen or POSIX::_exit(126);
			open STDOUT, '>>', $self->{log};
			open STDERR, '>>', $self->{log};
			exec $self->{program} || program() or POSIX::_exit(127);
		}
		push @{ $self->{pids} }, $pid;
	}
	$self->await(20, 'the responder', sub {
		my $now = () = $self->log =~ /ready: up to/g;
		return $now >= $ready + ($n || 1);
	}) unless $o{unready};
	return $self->{pids}[-1];
}

# Sends a signal and waits; returns the exit status as wait does.
sub stop {
	my ($self, $signal, $pid) = @_;
	$pid //= $self->{pids}[-1];
	kill $signal || 'TERM', $pid;
	my $end = time + 15;
	my $status;
	until (waitpid($pid, WNOHANG)) {
		if (time > $end) { kill 'KILL', $pid; waitpid $pid, 0; last }
		sleep 0.005;
	}
	$status = $?;
	@{ $self->{pids} } = grep { $_ != $pid } @{ $self->{pids} };
	return $status;
}

sub await {
	my ($self, $seconds, $what, $fn) = @_;
	my $end = time + $seconds;
	while (time < $end) {
		my $r = $fn->();
		return $r if $r;
		sleep 0.01;
	}
	die "waited $seconds s in vain for $what:\n" . $self->log;
}

# ---- FastCGI -----------------------------------------------------------------

sub record {
	my ($type, $id, $content) = @_;
	my $out = '';
	do {
		my $part = substr($content, 0, 65535, '');
		$out .= pack('CCnnCC', 1, $type, $id, length $part, 0, 0) . $part;
	} while (length $content);
	return $out;
}

sub pair {
	my ($name, $value) = @_;
	my $size = sub { my $n = shift; return $n < 128 ? chr $n : pack('N', $n | 0x80000000) };
	return $size->(length $name) . $size->(length $value) . $name . $value;
}

# The variables of a request, as lighttpd sends them.
sub variables {
	my ($self, $method, $path, %o) = @_;
	my ($raw, $query) = split /\?/, $path, 2;
	my %v = (
		REQUEST_METHOD => $method,
		REQUEST_URI => $self->{base_path} . $path,
		SCRIPT_NAME => '',
		PATH_INFO => $raw,
		QUERY_STRING => $query // '',
		REMOTE_ADDR => '192.0.2.7',
		SERVER_PROTOCOL => 'HTTP/1.1',
		GATEWAY_INTERFACE => 'CGI/1.1',
	);
	my $body = $self->body_of(\%o);
	if (defined $body) {
		$v{CONTENT_LENGTH} = length $body;
		$v{CONTENT_TYPE} = $o{type} // ($o{form} ? 'application/x-www-form-urlencoded' : 'application/json');
	}
	$v{CONTENT_LENGTH} = $o{length} if exists $o{length};
	my %h = %{ $o{headers} || {} };
	for my $name (keys %h) {
		(my $key = uc $name) =~ tr/-/_/;
		$v{"HTTP_$key"} = $h{$name};
	}
	%v = (%v, %{ $o{env} || {} });
	delete $v{$_} for grep { !defined $v{$_} } keys %v;
	return %v;
}

sub body_of {
	my ($self, $o) = @_;
	return $o->{body} if defined $o->{body};
	return encode_json($o->{json}) if exists $o->{json};
	return undef unless $o->{form};
	my %f = %{ $o->{form} };
	return join '&', map { escape($_) . '=' . escape($f{$_}) } sort keys %f;
}

sub escape {
	my ($s) = @_;
	utf8::encode($s) if utf8::is_utf8($s);
	$s =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ge;
	return $s;
}

sub connect {
	my ($self) = @_;
	my $s = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $self->socket_path) or die "connect: $!";
	return $s;
}

# Sends head and body of a request without waiting; open: the end of the body is not sent.
sub begin {
	my ($self, $method, $path, %o) = @_;
	my $socket = $o{socket} || $self->connect;
	my $id = $o{id} || 1;
	my %v = $self->variables($method, $path, %o);
	my $body = $self->body_of(\%o) // '';
	my $out = record(BEGIN_REQUEST, $id, pack('nCx5', 1, $o{keep} ? 1 : 0))
	    . record(PARAMS, $id, join '', map { pair($_, $v{$_}) } sort keys %v) . record(PARAMS, $id, '');
	$out .= record(STDIN_DATA, $id, $body) if length $body;
	$out .= record(STDIN_DATA, $id, '') unless $o{open};
	local $SIG{PIPE} = 'IGNORE';
	syswrite_all($socket, $out);
	return { socket => $socket, id => $id, keep => $o{keep} };
}

# A server that answers before it has read everything may close: not a fault of the test.
sub syswrite_all {
	my ($socket, $out) = @_;
	my $select = IO::Select->new($socket);
	while (length $out) {
		# Somebody who does not read must not hold the test up.
		$select->can_write(10) or return;
		my $n = syswrite $socket, $out, 65536;
		return unless $n;
		substr($out, 0, $n, '');
	}
}

sub read_exactly {
	my ($socket, $n, $end) = @_;
	my $data = '';
	while (length $data < $n) {
		my $left = $end - time;
		return undef if $left <= 0 || !IO::Select->new($socket)->can_read($left);
		my $got = sysread $socket, $data, $n - length $data, length $data;
		return undef unless $got;
	}
	return $data;
}

# Reads an answer to its end; {ended} tells whether the END_REQUEST record came.
sub finish {
	my ($c, $timeout) = @_;
	my $end = time + ($timeout // 30);
	my %a = (text => '', ended => 0, status => 0, headers => {}, body => '');
	while (defined(my $head = read_exactly($c->{socket}, 8, $end))) {
		my (undef, $type, $id, $n, $pad) = unpack 'CCnnC', $head;
		my $content = read_exactly($c->{socket}, $n + $pad, $end) // last;
		$content = substr $content, 0, $n;
		$a{id} = $id;
		$a{text} .= $content if $type == STDOUT_DATA;
		if ($type == END_REQUEST) { $a{ended} = 1; last }
	}
	close $c->{socket} unless $c->{keep};	# as web servers do
	my ($head, $body) = split /\r\n\r\n/, $a{text}, 2;
	for (split /\r\n/, $head // '') {
		my ($name, $value) = /^([A-Za-z-]+): (.*)$/ or next;
		push @{ $a{list}{lc $name} }, $value;
		$a{headers}{lc $name} = $value;
	}
	$a{status} = $1 if ($a{headers}{status} // '') =~ /^(\d+)/;
	$a{body} = $body // '';
	$a{json} = eval { decode_json($a{body}) } if ($a{headers}{'content-type'} // '') =~ /json/;
	return \%a;
}

sub request {
	my ($self, $method, $path, %o) = @_;
	return finish($self->begin($method, $path, %o), $o{timeout});
}

# ---- who asks ----------------------------------------------------------------

sub basic {
	my ($user, $password) = @_;
	return { Authorization => 'Basic ' . encode_base64("$user:$password", '') };
}

# A callback with the right credentials, unless told otherwise.
sub callback {
	my ($self, $body, %o) = @_;
	my $org = $o{org} // 1;
	my $password = $o{password} // $self->{world}{"callback_$org"};
	return $self->request(POST => "/bandwidth/$org", body => $body,
		type => 'application/json; charset=utf-8', %o,
		headers => { 'User-Agent' => 'BandwidthAPI/v2', %{ basic('bandwidth.com', $password) }, %{ $o{headers} || {} } });
}

# A text that came in for organization 1, with attachments that were fetched; its id.  undef: one that waits.
my $serial = 0;
sub attachments {
	my ($self, @files) = @_;
	my $id = sprintf 'media%06d', $serial++;
	my $urls = [map { "https://messaging.bandwidth.com/api/v2/users/9900902/media/$id/$_/file" } 0 .. $#files];
	my $a = $self->callback(encode_json([{ type => 'message-received', time => '2026-11-23T18:00:00.123456Z', to => '+19195550100',
		message => { id => $id, direction => 'in', time => '2026-11-23T18:00:00.123Z', to => ['+19195550100'], from => '+19195550123',
		text => '', media => $urls, segmentCount => 1 } }]));
	die "callback: $a->{status}" if $a->{status} != 200;
	my ($message) = grep { ($_->{service_id} // '') eq $id } map { decode_json($_) } $self->records('messages');
	for my $place (0 .. $#files) {
		next unless defined $files[$place];
		my $name = sprintf '1/%s/%s.%d', substr($message->{id}, 0, 4), $message->{id}, $place;
		my $path = "$self->{settings}{DATA_DIR}/media/$name";
		(my $folder = $path) =~ s{/[^/]+$}{};
		make_path($folder, { mode => 0700 });
		open my $f, '>:raw', $path or die "$path: $!";
		print $f $files[$place];
		close $f;
		$self->seed(media => $name);
		die "seed media $name: " . $self->log if $self->{seed_status} != 0;
	}
	return $message->{id};
}
sub attachment_path { my ($self, $id, $place) = @_; return sprintf '%s/media/1/%s/%s.%d', $self->{settings}{DATA_DIR}, substr($id, 0, 4), $id, $place }

# Signs in; returns { cookie, csrf, answer }.
sub sign_in {
	my ($self, $email, %o) = @_;
	my $a = $self->request(POST => '/login', headers => { Origin => $self->{origin} }, %o,
		form => { email => $email, password => $o{password} // $self->{world}{password}, %{ $o{fields} || {} } });
	my ($cookie) = ($a->{headers}{'set-cookie'} // '') =~ /^([^;]+)/;
	my %s = (answer => $a, cookie => $cookie);
	return \%s unless $cookie && $a->{status} == 303;
	my $page = $self->request(GET => '/admin/1/messages', headers => { Cookie => $cookie });
	$page = $self->request(GET => '/admin/2/messages', headers => { Cookie => $cookie }) if $page->{status} != 200;
	$page = $self->request(GET => '/admin', headers => { Cookie => $cookie }) if $page->{status} != 200;
	($s{csrf}) = $page->{body} =~ /name="csrf" value="([^"]+)"/;
	return \%s;
}

sub DESTROY {
	my ($self) = @_;
	return if $self->{owner} != $$;
	local ($?, $@, $!);
	$self->stop('TERM', $_) for @{ $self->{pids} };
}

1;
