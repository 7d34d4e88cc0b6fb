# Bandwidth is ill in ways that must not be believed: nothing is taken for gone, nobody is stopped for a day.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Stock;
use Test::More;
use Time::HiRes qw(sleep time);

# ---- the numbers ---------------------------------------------------------------------------------
# The count is not told, the list comes empty, and the number's details cannot be asked for.
{
	my $w = Stock->new;
	$w->sim(POST => 'numbers/remove', { number => sprintf '+1919555%04d', $_ }) for 101 .. 199;
	$w->finish($w->ask('sync'));
	is($w->number($Worker::NUMBER)->{state}, 'in-service', 'a number is in service');
	my $empty = '<SipPeerTelephoneNumbersResponse><SipPeerTelephoneNumbers/></SipPeerTelephoneNumbersResponse>';
	$w->faults({ where => 'numbers', match => { path => '/totaltns' }, status => 503, times => 0 },
		{ where => 'numbers', match => { path => '/tndetails' }, status => 503, times => 0 },
		{ where => 'numbers', match => { path => '/tns?' }, times => 0, content_type => 'application/xml', body => $empty });
	$w->finish($w->ask('sync'));
	is($w->number($Worker::NUMBER)->{state}, 'in-service', 'an empty list alone does not take it away');
	my ($id) = $w->queue(1, '+19195551234');
	$w->run;
	is($w->state($id), 'sent', 'and a text goes out');
}

# ---- a release -----------------------------------------------------------------------------------
# Of two numbers; it is lost on its way, and one of them is gone from the account otherwise.
{
	my $w = Stock->new;
	my ($one, $two) = map { sprintf '+1919555%04d', $_ } 150, 151;
	$w->faults({ where => 'numbers', match => { method => 'POST', path => '/disconnects$' }, cut => 'read' });
	my $id = $w->ask('release', $w->once, $one, $two);
	for (1 .. 12) {
		$w->step($id);
		$w->stock('due', $id);
		last if ($w->job_of($id)->{detail}{phase} // '') eq 'posting' && $w->job_of($id)->{detail}{posted};
	}
	$w->sim(POST => 'numbers/remove', { number => $one });
	my $job = $w->finish($id);
	is($w->estate->{made}{disconnects} || 0, 0, 'Bandwidth was never asked');
	is($w->number($one)->{state}, 'released', 'the number that is gone is released');
	isnt($w->number($two)->{state}, 'released', "the other one is not: $job->{job}{result}");
}

# ---- the token -----------------------------------------------------------------------------------
# One answer of the token endpoint says that it will be back tomorrow; it is back at once.
{
	my $w = Worker->new;
	$w->set(token_seconds => 3);
	$w->run for 1 .. 2;
	sleep 3;
	$w->faults({ where => 'token', status => 503, times => 1, headers => { 'Retry-After' => 86400 } });
	$w->queue(1, '+19195551234');
	my $pid = $w->spawn('--watch');
	my ($wait) = Worker::await(20, 'the refusal', sub { $w->log =~ /no token from Bandwidth: .*; next try in (\d+) s/ ? $1 : undef });
	cmp_ok($wait, '<=', 300, 'it is asked again in minutes');
	kill 'TERM', $pid;
	is(Worker::ended($pid, 20), 0, 'the end');
}
done_testing();
