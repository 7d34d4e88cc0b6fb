# A worker that has as much to send as it can: others get their turns, and house is kept.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Time::HiRes qw(sleep time);
use Worker;

# ---- replies of one account, and a text of another ---------------------------------------------------
{
	my $w = Worker->new;
	my $one = $w->{org};
	my $application = '11111111-2222-3333-4444-555555555555';
	$w->sim(POST => 'account', { id => '9900001', client => 'fresh', secret => 'hush' });
	$w->config(applications => [{ id => $application, account => '9900001', assigned => JSON::PP::true }],
		numbers => [{ number => '+19195550300', account => '9900001', application => $application }]);
	my $two = $w->org(name => 'Second', account => '9900001', user => 'fresh', application => $application, number => '+19195550300');
	$w->run for 1 .. 2;
	$w->{org} = $one;
	$w->queue(300, $_, 'reply') for '+19195551000', '+19195561000';
	$w->{org} = $two;
	my ($text) = $w->queue(1, '+19195572000');
	is($w->run, 0, 'one worker');
	my @posts = grep { $_->{accepted} } $w->posts;
	my ($place) = grep { $posts[$_]{tag} =~ /\|$text$/ } 0 .. $#posts;
	is(scalar @posts, 601, 'everything is sent');
	cmp_ok($place // 601, '<', 100, sprintf 'the only text of another account is the %dth, not behind all replies', ($place // 600) + 1);
}

# ---- the log ---------------------------------------------------------------------------------------------
# Nobody else is in the store, so nobody else makes checkpoints.
{
	my $w = Worker->new;
	$w->run for 1 .. 2;
	$w->queue(1000, sprintf '+19195%06d', 100000 + 1000 * $_) for 1 .. 4;
	my $most = 0;
	my $pid = $w->spawn('--watch');
	Worker::await(120, 'the texts', sub {
		my $n = () = glob "$w->{dir}/data/log.*";
		$most = $n if $n > $most;
		sleep 0.2;
		return $w->counters->{accepted} >= 4000;
	});
	kill 'TERM', $pid;
	is(Worker::ended($pid, 20), 0, 'the end');
	cmp_ok($most, '<', 24, "while 4,000 texts go out the log is kept short: $most MiB at most");
}
done_testing();
