# A process that is killed at full load, under lighttpd and under mod_fcgid with
# 16 busy processes: the others go on, and every event that was answered with
# 200 is stored.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use IO::Socket::INET;
use MIME::Base64 qw(encode_base64);
use POSIX qw(:sys_wait_h);
use Spoke;
use Test::More;
use Time::HiRes qw(sleep time);

my $seconds = $ENV{SPOKE_TEST_LONG} ? 60 : 6;

sub responders {
	my ($s) = @_;
	my $program = Spoke::responder();
	return grep {
		(readlink("/proc/$_/exe") // '') eq $program && index(Spoke::slurp("/proc/$_/environ"), $s->{dir}) >= 0
	} map { m{(\d+)$} } glob '/proc/[0-9]*';
}

# A client: posts events with ids of their own until the time is over; writes what was acknowledged,
# with the longest time between two acknowledgements.
sub client {
	my ($s, $n, $end) = @_;
	open my $out, '>', "$s->{dir}/client.$n" or die $!;
	my ($last, $longest, $i, $other) = (time, 0, 0, 0);
	while (time < $end) {
		my $id = sprintf 'kill-%d-%d', $n, $i++;
		my $r = $s->callback($s->inbound(id => $id, from => sprintf('+1919555%04d', $n * 100 + $i % 100)));
		if ($r->{status} == 200) {
			my $now = time;
			$longest = $now - $last if $now - $last > $longest;
			$last = $now;
			print $out "$id\n";
		} else {
			$other++;
			sleep 0.01;
		}
	}
	print $out "longest $longest other $other\n";
	close $out;
}

sub fire {
	my ($s, $name, $clients) = @_;
	my $end = time + $seconds;
	my @pids;
	for my $n (1 .. $clients) {
		my $pid = fork // die $!;
		if ($pid == 0) {
			$s->{http} = undef;
			client($s, $n, $end);
			POSIX::_exit(0);
		}
		push @pids, $pid;
	}
	my $kills = 0;
	sleep 1;
	while (time < $end - 1) {
		my @r = responders($s);
		$kills += kill 'KILL', $r[rand @r] if @r;
		sleep 0.5 + rand 0.5;
	}
	waitpid $_, 0 for @pids;
	my (%acknowledged, $longest);
	$longest = 0;
	for my $n (1 .. $clients) {
		for (split /\n/, Spoke::slurp("$s->{dir}/client.$n")) {
			if (/^longest (\S+) other (\d+)/) { $longest = $1 if $1 > $longest } else { $acknowledged{$_} = 1 }
		}
	}
	my %stored;
	my $cursor;
	do {
		my $page = $s->ctl('events', $s->{org}, '--limit', 1000, $cursor ? ('--cursor', $cursor) : ());
		$stored{$_->{service_id}}++ for @{$page->{events}};
		$cursor = $page->{next};
	} while ($cursor);
	my @lost = grep { !$stored{$_} } keys %acknowledged;
	my @doubled = grep { $stored{$_} > 1 } keys %stored;
	cmp_ok($kills, '>=', 3, "$name: $kills processes were killed");
	cmp_ok(scalar(keys %acknowledged), '>', 100, "$name: " . keys(%acknowledged) . ' events were acknowledged');
	is(scalar @lost, 0, "$name: none of them is lost") or diag "@lost[0 .. 3]";
	is(scalar @doubled, 0, "$name: none is stored twice");
	cmp_ok($longest, '<', 5, sprintf '%s: nobody waited for long (at most %.0f ms)', $name, $longest * 1000);
	is($s->request(GET => '/healthz')->{status}, 200, "$name: it answers afterwards");
}

fire(Spoke->new->init->lighttpd, 'lighttpd', 16);
fire(Spoke->new->init->apache('fcgid', processes => 16), 'mod_fcgid', 16);
done_testing();
