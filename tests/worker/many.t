# Many organizations: what those do that have nothing to send now costs those that have nothing.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Time::HiRes qw(time sleep);
use Test::More;
use Worker;

# Four times: one could be found by chance, when the worker looks through the store.
my $number = 600;
sub soon {
	my ($w, $what, $announce) = @_;
	my $longest = 0;
	for (1 .. 4) {
		my ($id) = $w->queue(1, '+19195550' . $number++);
		my $began = time;
		$announce->();
		eval { $w->await_state(10, $id, 'sent') };
		my $took = time - $began;
		$longest = $took if $took > $longest;
		sleep rand 2;
	}
	cmp_ok($longest, '<', 2, sprintf '%s, it goes out soon: %.1f s at most', $what, $longest);
}

# What one organization among so many needs for a hundred texts, and when a text is found that nobody announced.
sub among {
	my ($kind, $what) = @_;
	my $w = Worker->new;
	is($w->run, 0, 'the credentials are checked first');
	$w->hand('many', 2000, $kind);
	my $pid = $w->spawn('--watch');
	Worker::await(20, 'the worker', sub { $w->log =~ /at work.*at work/s });
	$w->sim(GET => 'wait?idle=1&timeout_ms=1000');
	my $before = $w->counters->{accepted} || 0;
	my $began = time;
	$w->queue(100, '+19195550301');
	$w->hand('wake', 1, $w->{org});
	Worker::await(60, 'a hundred texts', sub { $w->counters->{accepted} >= $before + 100 });
	my $took = time - $began;
	cmp_ok($took, '<', 15, sprintf 'a hundred texts of one organization among 2,000 %s: %.1f s', $what, $took);

	# Its process was killed before it could say so.
	my ($id) = $w->queue(1, '+19195550501');
	ok(eval { $w->await_state(20, $id, 'sent') }, 'one that was not announced is found');

	# Announced: by name, without one, and by another version of the program.
	soon($w, 'announced by name', sub { $w->hand('wake', 1, $w->{org}) });
	soon($w, 'announced without a name', sub { $w->hand('wake', 1) });
	soon($w, 'announced by another version', sub {
		open my $fifo, '>', "$w->{dir}/data/wake" or die $!;
		syswrite $fifo, '!';
		close $fifo;
	});
	is(scalar @{$w->duplicates}, 0, 'none goes out twice');
	kill 'TERM', $pid;
	is(Worker::ended($pid, 20), 0, 'the end');
}
among('paused', 'whose sending is paused');
among('later', 'whose texts are due later');
among('waiting', 'whose texts are looked for later');

# No worker, no cron: a responder that looks now and then finds what is overdue, whosever it is.
{
	my $w = Worker->new;
	is($w->run, 0, 'the credentials are checked first');
	$w->hand('many', 60, 'later');
	my $first = $w->{org};
	my $last = $w->org(name => 'Riders Alliance', number => '+19195550101');
	is($w->run, 0, 'those of another one');
	my ($id) = $w->queue(1, '+19195550301');
	my $looks = 0;
	Worker::await(60, 'a worker', sub {
		unlink "$w->{dir}/data/starter.lock"; # or a minute would have to pass
		$w->hand('wake-if-due');
		return ++$looks && scalar $w->workers;
	});
	pass("after $looks looks a worker is started for the last of 62 organizations");
	ok(eval { $w->await_state(20, $id, 'sent') }, 'and sends its text');
}
done_testing();
