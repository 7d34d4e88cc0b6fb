# Wire.pm: stands between an installation and the simulator, byte by byte, and does to its connections what networks and
# broken servers do, in any phase of a request.
#
#   my $wire = Wire->new($s);          # after ->sim, before ->init: the settings then lead through it
#   $wire->mode('reset after');        # from the next request on; 'calm': hands on what comes
#   $wire->hits;                       # how many requests had it done to them, in all
#
# away          nobody listens
# reset before  before a byte of the request is read
# reset middle  half of the request was read
# reset after   Bandwidth took it and answered, nothing of which arrives
# reset headers half of the answer's headers arrives
# reset body    the headers and half of the body arrive
# end body      the same, and the connection is closed in order
# slow          the request is read and the answer written a few bytes at a time
# garbage       bytes that are no HTTP, instead of asking Bandwidth
# html          Bandwidth took it, and somebody in between answers with a page of his own
# odd           Bandwidth took it, and the body of its answer is something else
#
# All but away are done to what sends a text; all else is handed on.
package Wire;
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(sleep time);

sub new {
	my ($class, $s) = @_;
	my $self = bless { s => $s, owner => $$, port => Spoke::free_port(), file => "$s->{dir}/wire.mode",
		counts => "$s->{dir}/wire.hits" }, $class;
	($self->{to}) = $s->{sim_url} =~ /:(\d+)$/;
	$self->mode('calm');
	my $url = "http://127.0.0.1:$self->{port}";
	@{$s->{settings}}{qw(BANDWIDTH_MESSAGING_URL BANDWIDTH_NUMBERS_URL BANDWIDTH_TOKEN_URL)} =
		("$url/api/v2", "$url/api/v2", "$url/api/v1/oauth2/token");
	$self->{pid} = fork // die "fork: $!";
	if ($self->{pid} == 0) {
		setpgrp 0, 0;
		$self->serve;
		POSIX::_exit(0);
	}
	$s->await_port($self->{port}, 'wire');
	return $self;
}

sub mode {
	my ($self, $mode) = @_;
	open my $f, '>', "$self->{file}.new" or die $!;
	print $f $mode;
	close $f;
	rename "$self->{file}.new", $self->{file} or die $!;
	return $self;
}
sub now { my ($self) = @_; return Spoke::slurp($self->{file}) }
sub hits { my ($self) = @_; return -s $self->{counts} // 0 }
sub hit { my ($self) = @_; open my $f, '>>', $self->{counts} or return; syswrite $f, '.' }

sub serve {
	my ($self) = @_;
	$SIG{CHLD} = 'IGNORE';
	$SIG{PIPE} = 'IGNORE';
	my $door;
	while (getppid() == $self->{owner}) {
		if ($self->now eq 'away') {
			$door = undef;
			sleep 0.02;
			next;
		}
		$door //= IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $self->{port}, Listen => 100, ReuseAddr => 1)
			or sleep 0.02;
		next if !$door || !IO::Select->new($door)->can_read(0.05);
		my $c = $door->accept or next;
		my $pid = fork // die "fork: $!";
		if ($pid == 0) {
			close $door;
			1 while $self->pass($c);
			POSIX::_exit(0);
		}
	}
}

# A request or an answer from a connection: (head, body), or () when it ends before.
sub message {
	my ($self, $from, $piece, $pause) = @_;
	my ($all, $length) = ('');
	for (;;) {
		if (!defined $length && $all =~ /\r\n\r\n/) {
			$length = $+[0];
			$length += $1 if substr($all, 0, $length) =~ /^content-length:\s*(\d+)/mi;
		}
		last if defined $length && length $all >= $length;
		sleep $pause if $pause && length $all;
		return () if !sysread $from, $all, $piece, length $all;
	}
	return $all =~ /^(.*?\r\n\r\n)(.*)$/s;
}

sub snap {
	my ($c) = @_;
	setsockopt $c, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
	close $c;
	return 0;
}

sub half { my ($text) = @_; return substr $text, 0, length($text) / 2 }

# One request; false when the connection is over.
sub pass {
	my ($self, $c) = @_;
	return 0 if !IO::Select->new($c)->can_read(60);
	my $mode = $self->now;
	sysread($c, my $first, 4) or return 0;
	my $post = $first eq 'POST';
	if ($post && $mode =~ /^(?:away|reset before)$/) {
		$self->hit;
		return snap($c);
	}
	my $slow = $post && $mode eq 'slow';
	if ($post && $mode eq 'reset middle') {
		sysread $c, my $some, 300;
		$self->hit;
		return snap($c);
	}
	my ($head, $body) = $self->message($c, $slow ? 40 : 65536, $slow ? 0.02 : 0) or return 0;
	$head = $first . $head;
	my $harm = $head =~ m{^POST \S+/messages } ? $mode : 'calm';
	$self->hit if $harm ne 'calm';
	if ($harm eq 'garbage') {
		syswrite $c, pack 'C*', map { int rand 256 } 1 .. 500;
		return 0;
	}
	$self->{up} //= IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{to}) or return 0;
	syswrite $self->{up}, $head . $body;
	my ($status, $answer) = $self->message($self->{up}, 65536) or return 0;
	return snap($c) if $harm eq 'reset after';
	if ($harm eq 'reset headers') {
		syswrite $c, half($status);
		sleep 0.05;
		return snap($c);
	}
	if ($harm =~ /^(?:reset|end) body$/) {
		syswrite $c, $status . half($answer);
		sleep 0.05;
		return $harm eq 'end body' ? 0 : snap($c);
	}
	if ($harm eq 'html') {
		$answer = '<html><body><h1>502 Bad Gateway</h1></body></html>';
		$status = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: " . length($answer) . "\r\n\r\n";
	}
	$answer =~ tr/"{}/'[]/ if $harm eq 'odd';
	my $all = $status . $answer;
	for (my $at = 0; $at < length $all; $at += $slow ? 40 : length $all) {
		syswrite $c, substr $all, $at, $slow ? 40 : length $all;
		sleep 0.05 if $slow;
	}
	return 1;
}

sub DESTROY {
	my ($self) = @_;
	return if $self->{owner} != $$ || !$self->{pid};
	local ($?, $@, $!);
	kill 'KILL', -$self->{pid};
	waitpid $self->{pid}, 0;
}

1;
