# Many organizations: what those do that have nothing to send now costs those that have nothing.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Time::HiRes qw(time sleep);
use Test::More;
use Worker;

# Three installations; what is waited for is waited for in all of them together.
my @worlds = map { { kind => $_->[0], what => $_->[1], w => Worker->new } } ['paused', 'whose sending is paused'],
    ['later', 'whose texts are due later'], ['waiting', 'whose texts are looked for later'];

# Six times: one could be found by chance, when the worker looks through the store, every five seconds.
my $number = 600;
sub soon {
	my ($what, $announce) = @_;
	my %longest;
	for (1 .. 6) {
		for (@worlds) {
			my $w = $_->{w};
			my ($id) = $w->queue(1, '+19195550' . $number++);
			my $began = time;
			$announce->($w);
			eval { $w->await_state(10, $id, 'sent') };
			my $took = time - $began;
			$longest{$_->{kind}} = $took if $took > ($longest{$_->{kind}} // 0);
		}
		sleep rand 2;
	}
	cmp_ok($longest{$_->{kind}}, '<', 3, sprintf 'among 2,000 %s: %s, it goes out soon: %.1f s at most', $_->{what}, $what, $longest{$_->{kind}})
	    for @worlds;
}

# What one organization among so many needs for a hundred texts.
for (@worlds) {
	my $w = $_->{w};
	is($w->run, 0, 'the credentials are checked first');
	$w->hand('many', 2000, $_->{kind});
	$_->{pid} = $w->spawn('--watch');
	Worker::await(20, 'the worker', sub { $w->log =~ /at work.*at work/s });
	$w->sim(GET => 'wait?idle=1&timeout_ms=1000');
	my $before = $w->counters->{accepted} || 0;
	my $began = time;
	$w->queue(100, '+19195550301');
	$w->hand('wake', 1, $w->{org});
	Worker::await(60, 'a hundred texts', sub { $w->counters->{accepted} >= $before + 100 });
	my $took = time - $began;
	cmp_ok($took, '<', 15, sprintf 'a hundred texts of one organization among 2,000 %s: %.1f s', $_->{what}, $took);
}

# When a text is found that nobody announced: its process was killed before it could say so.
($_->{id}) = $_->{w}->queue(1, '+19195550501') for @worlds;
for my $o (@worlds) {
	ok(eval { $o->{w}->await_state(20, $o->{id}, 'sent') }, "among 2,000 $o->{what}: one that was not announced is found");
}

# Announced: by name, without one, and by another version of the program.
soon('announced by name', sub { my ($w) = @_; $w->hand('wake', 1, $w->{org}) });
soon('announced without a name', sub { my ($w) = @_; $w->hand('wake', 1) });
soon('announced by another version', sub {
	my ($w) = @_;
	open my $fifo, '>', "$w->{dir}/data/wake" or die $!;
	syswrite $fifo, '!';
	close $fifo;
});
for (@worlds) {
	is(scalar @{$_->{w}->duplicates}, 0, 'none goes out twice');
	kill 'TERM', $_->{pid};
	is(Worker::ended($_->{pid}, 20), 0, 'the end');
}

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
