# The machine's clock is set back by an hour and forward by a day, and right again, while texts wait: they go out as if
# nothing had been, none is late, and what comes in has its true time. What waited when the data was copied under a wrong
# clock is held, as under a right one.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Survival;
use Test::More;
use Time::HiRes qw(sleep time);
use Time::Local qw(timegm);

my $s = Survival->new(settings => { SEGMENTS_PER_SECOND => 20 });
$s->sim(receipt_delay_ms => 30)->init->lighttpd(processes => 2);
$s->sim_credentials;
my $serial = 0;

# Many wait when it happens.
sub burst {
	my ($n) = @_;
	my @ids;
	for (1 .. $n) {
		my $r = $s->api(POST => '/messages', { to => sprintf('+1914555%04d', $serial++), text => 'The vote is tomorrow.' });
		push @ids, $r->{json}{messages}[0]{id};
	}
	return @ids;
}

sub epoch {
	my @t = $_[0] =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/ or return 0;
	return timegm(@t[5, 4, 3, 2], $t[1] - 1, $t[0]);
}

# Whose clock is right is learned from Bandwidth's answers.
burst(1);
$s->await(10, 'the first text', sub { scalar $s->sim_posts });

for (['an hour back', -3600, '3600 s behind'], ['a day forward', 86400, '86400 s ahead of']) {
	my ($what, $seconds, $words) = @$_;
	my $l = Ledger->new($s, callers => 2, senders => 1)->begin;
	sleep 0.3;
	my @waiting = burst(40);
	$s->trouble(clock_ms => $seconds * 1000);
	# Neither the worker's memory nor a responder's helps: others begin under the wrong clock.
	kill 'TERM', $s->workers;
	$s->stop('lighttpd');
	$s->lighttpd(processes => 2);
	my @later = burst(5);
	sleep 0.4;
	$l->end;
	my %accepted;
	my $missing = sub { %accepted = $l->accepted; return scalar grep { !$accepted{$_} } @waiting, @later };
	my $begun = time;
	eval { $s->await(20, 'the texts that waited', sub { !$missing->() }) };
	is($missing->(), 0, sprintf '%s: those that waited have gone out (%.1f s)', $what, time - $begun);
	$l->whole($what, patience => 40);
	my @off = grep { abs(epoch($_->{created}) - time) > 600 } $l->messages('in'), $l->messages('out');
	is(scalar @off, 0, "$what: and all have their true time") or diag($off[0]{created});
	my @lines = $s->lines(qr/this machine's clock is \d+ s .*by the network/);
	like($lines[-1] // '', qr/this machine's clock is (?:\Q$words\E|@{[abs($seconds) - 1]} s|@{[abs($seconds) + 1]} s)/, "$what: the log says it");
	$s->trouble(clock_ms => 0);
	$l = Ledger->new($s, callers => 1, senders => 1)->begin;
	sleep 0.5;
	$l->end->whole("$what, and right again", least => 1);
	@lines = $s->lines(qr/agrees with Bandwidth's again/);
	ok(@lines > 0, "$what: and that it is right again");
}

# ---- copies --------------------------------------------------------------------------------

# A text waits; what `copy` makes of the data takes its place. Then somebody says that the old installation is stopped.
sub held_in {
	my ($what, $copy) = @_;
	$s->ctl('pause', 1);
	my ($id) = burst(1);
	my $posts = $s->sim_posts;
	$copy->();
	$s->ctl('moved', '--old-is-stopped');
	$s->ctl('resume', 1);
	$s->lighttpd;
	my $m = $s->await(30, 'the text', sub { my $m = $s->ctl('message', 1, $id); $m->{state} ne 'queued' && $m });
	is($m->{state}, 'held', "$what: a text that waited then is held");
	is(scalar(my @now = $s->sim_posts), $posts, "$what: and not sent");
	$s->await(30, 'a new one', sub { $s->api(POST => '/messages', { to => '+19195550188', text => "New, $what" })->{status} == 202 });
	ok(eval { $s->await(30, 'it', sub { grep { ($_->{body}{text} // '') eq "New, $what" } $s->sim_posts }) }, "$what: what is asked for since goes out");
}
sub stopped {
	$s->stop('lighttpd');
	kill 'TERM', $s->workers;
	$s->await(30, 'the worker to end', sub { !$s->workers });
}

for my $seconds (-3600, 86400) {
	my $backup;
	held_in("a backup made $seconds s off", sub {
		$s->trouble(clock_ms => $seconds * 1000);
		$backup = $s->ctl('backup', "$s->{dir}/backups")->{path};
		$s->trouble(clock_ms => 0);
		stopped();
		system 'rm', '-rf', $s->{data};
		$s->ctl('restore', $backup);
	});
	my @t = $backup =~ /(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)Z$/;
	cmp_ok(abs(timegm(@t[5, 4, 3, 2], $t[1] - 1, $t[0]) - time), '<', 600, 'which has the name of its true time');
	held_in("a copy that is opened $seconds s off", sub {
		stopped();
		system 'cp', '-a', $s->{data}, "$s->{dir}/copy";
		system 'rm', '-rf', $s->{data};
		system 'cp', '-a', "$s->{dir}/copy", $s->{data};
		system 'rm', '-rf', "$s->{dir}/copy";
		# As on another machine: nobody has learned the time there.
		unlink "$s->{data}/gate";
		$s->trouble(clock_ms => $seconds * 1000);
		$s->ctl_any('', 'check');
		$s->trouble(clock_ms => 0);
	});
}

done_testing();
