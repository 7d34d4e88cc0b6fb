# Check my setup calls this installation's own address as Bandwidth would, under real web servers and strange ones:
# what is in the way is said in words, and the call leaves nothing behind.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use IO::Socket::INET;
use JSON::PP;
use Setup;
use Test::More;

sub address {
	my ($w) = @_;
	my (undef, $steps) = $w->check;
	return $steps->{address} // {};
}

sub works {
	my ($name, %o) = @_;
	subtest $name => sub {
		my $w = Setup->new(no_callback => 1, %o);
		my $a = address($w);
		is($a->{state}, 'fine', 'the address is fine') or diag $w->show;
		like($a->{sentence}, qr{^\Q$w->{s}{base}\E/bandwidth/1 answers, with the Authorization header let through}, 'in words');
		my $marks = $w->{s}->ctl('settings', 'show', 1);
		is_deeply([@$marks{qw(callback_accepted callback_refused)}], [0, 0], 'the call counts as none of Bandwidth\'s');
		is_deeply($w->{s}->ctl('events', 1)->{events}, [], 'stores no event');
		is_deeply($w->{s}->ctl('tray', 1)->{events} // [], [], 'and nothing that needs a look');
	};
}

works('lighttpd');
works('lighttpd, below a path', path => '/texting');
works('Apache, mod_fcgid, CGIPassAuth On', server => sub { $_[0]->apache('fcgid') });
works('Apache, plain CGI, CGIPassAuth On', server => sub { $_[0]->apache('cgi') });

for my $mode ('fcgid', 'cgi') {
	subtest "Apache, $mode, without CGIPassAuth" => sub {
		my $w = Setup->new(no_callback => 1, server => sub { $_[0]->apache($mode, auth => '') });
		my (undef, $steps) = $w->check;
		is($w->in_state($steps, 'wrong'), 'address', 'exactly the address is wrong') or diag $w->show;
		like($steps->{address}{sentence}, qr/the web server hides the Authorization header/, 'in words');
		like($steps->{address}{action}, qr/CGIPassAuth On/, 'and what to do');
		is($w->{s}->ctl('settings', 'show', 1)->{callback_refused}, 0, 'it is not noted as a call of Bandwidth\'s');
		is($w->{s}->callback([])->{status}, 401, 'Bandwidth is refused');
		(undef, $steps) = $w->check;
		is($w->in_state($steps, 'wrong'), 'address', 'then still exactly the address is wrong');
		like($w->page->{address}{sentence}, qr/hides the Authorization header/, 'on the page, too');
	};
}

# ---- the program, but not as it should be ------------------------------------------
subtest 'the program runs with other settings' => sub {
	my $w = Setup->new(no_callback => 1, server => sub {
		my ($s) = @_;
		local $ENV{BASE_URL} = 'http://127.0.0.1:9';	# wins over the file
		$s->lighttpd;
	});
	my $a = address($w);
	is($a->{state}, 'wrong', 'is wrong') or diag $w->show;
	like($a->{sentence}, qr/another SESSION_SECRET or BASE_URL/, 'in words');
	like($a->{action}, qr/Restart the web server/, 'and what to do');
};

subtest 'another installation answers' => sub {
	my $w = Setup->new(no_callback => 1);
	my $s = $w->{s};
	$s->stop('lighttpd');
	my $other = Spoke->new(base => $s->{base}, settings => $s->{settings});
	$other->{sim_url} = $s->{sim_url};
	$other->{port} = $s->{port};
	$other->init->lighttpd;
	my $a = address($w);
	like($a->{sentence}, qr/another installation of this program, with other data/, 'is told apart') or diag $w->show;
};

# ---- strangers -----------------------------------------------------------------------
# A web server that answers everything with the same.
sub stranger {
	my ($s, $answer) = @_;
	my $listen = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', LocalPort => $s->{port}, ReuseAddr => 1) or die "listen: $!";
	my $pid = fork // die;
	if ($pid == 0) {
		$SIG{ALRM} = 'DEFAULT';
		alarm 60;
		while (my $c = $listen->accept) {
			my $head = '';
			# What does not begin like HTTP is a TLS client.
			while ($head !~ /\r\n\r\n|^\x16/ && sysread $c, my $more, 4096) { $head .= $more }
			syswrite $c, $answer;
			close $c;
		}
		POSIX::_exit(0);
	}
	close $listen;
	push @{$s->{pids}}, $pid;
	setpgrp($pid, $pid);
}

sub http { my ($status, $body, @headers) = @_; return join "\r\n", "HTTP/1.1 $status", @headers, 'Content-Length: ' . length $body, 'Connection: close', '', $body }

for my $case (
	['another web site', http('200 OK', '<html>Welcome</html>'), qr/answered by something else than this program/, qr/pass this address/],
	['an echo', http('200 OK', '{"check":"0192f0c1a2b3c4d5"}'), qr/answered by something else/, qr/pass this address/],
	['a redirect', http('301 Moved Permanently', '', 'Location: https://www.example.org/spoke'),
		qr{leads elsewhere, .*\(https://www\.example\.org/spoke\)}, qr/Set BASE_URL/],
	['a password of the web server', http('401 Unauthorized', '<html>', 'WWW-Authenticate: Basic realm="x"'),
		qr/refused by the web server, before the program is asked/, qr/Take the password/],
	['nothing at the address', http('404 Not Found', ''), qr/finds nothing there/, qr/pass this address/],
	['an error', http('502 Bad Gateway', ''), qr/gets an error\. \(HTTP 502\)/, qr/error log/],
	['half an answer', "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab", qr/fails/, qr/error log/],
) {
	my ($what, $answer, $sentence, $action) = @$case;
	my $w = Setup->new(no_callback => 1, server => sub { stranger($_[0], $answer) });
	my (undef, $steps) = $w->check;
	is($w->in_state($steps, 'wrong'), 'address', "$what: exactly the address is wrong") or diag $w->show;
	like($steps->{address}{sentence}, $sentence, 'in words');
	like($steps->{address}{action}, $action, 'and what to do');
}

{
	my $w = Setup->new(no_callback => 1, server => sub { });
	my $a = address($w);
	is($a->{state}, 'wrong', 'nobody answers: wrong');
	like($a->{sentence}, qr/nobody answers there/, 'in words');
	$w->{s}->lighttpd;
	is($w->{s}->callback([])->{status}, 200, 'Bandwidth got through');
	$w->{s}->stop('lighttpd');
	$a = address($w);
	is($a->{state}, 'unknown', 'then it is unknown: only from here it cannot be called');
	like($a->{sentence}, qr/From outside it works/, 'in words');
}

# ---- certificates ---------------------------------------------------------------------
sub secure {
	my ($s, $name, $days) = @_;
	my $d = $s->{dir};
	system("openssl req -x509 -newkey rsa:2048 -nodes -keyout $d/key.pem -out $d/cert.pem -days $days -subj /CN=$name " .
	    "-addext subjectAltName=DNS:$name >/dev/null 2>&1") == 0 or die 'openssl';
	$s->start(tls => 'openssl', 's_server', '-accept', "127.0.0.1:$s->{port}", '-key', "$d/key.pem", '-cert', "$d/cert.pem", '-www', '-quiet');
	$s->await_port($s->{port}, 'tls');
}
SKIP: {
	skip 'openssl is not installed', 4 unless grep { -x "$_/openssl" } split /:/, $ENV{PATH};
	my $port = Spoke::free_port();
	my $w = Setup->new(no_callback => 1, base => "https://localhost:$port", server => sub { $_[0]{port} = $port; secure($_[0], 'localhost', 10) });
	my $a = address($w);
	is($a->{state}, 'wrong', 'a certificate that nobody vouches for') or diag $w->show;
	like($a->{sentence}, qr/not one that Bandwidth would trust/, 'in words');
	my $plain = Setup->new(no_callback => 1, base => "https://localhost:$port", server => sub { });
	$w->{s}->stop('tls');
	stranger({ port => $port, pids => $plain->{s}{pids} }, http('200 OK', 'x'));
	$a = address($plain);
	is($a->{state}, 'wrong', 'a server without https') or diag $plain->show;
	like($a->{sentence}, qr/no encrypted connection came about/, 'in words');
}
done_testing();
