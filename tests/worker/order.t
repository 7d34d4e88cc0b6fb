# An order is made once, whatever happens to the worker or to Bandwidth's answers, is followed
# until it is final, and says what came.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Time::HiRes qw(sleep);
use Stock;

my $w = Stock->new;
$w->sim(POST => 'stock', { first => '+14345550000', count => 60, city => 'LYNCHBURG', state => 'VA', zip => '24501' });

sub order {
	my (@what) = @_;
	return $w->ask('order', $w->once, @what);
}
sub orders { return $w->estate->{made}{orders} || 0 }
my $made = orders();

# ---- search ------------------------------------------------------------------------
my $j = $w->finish($w->ask('search', 'area', '434', 5));
is($j->{job}{state}, 'done', 'a search');
is(@{$j->{detail}{found}}, 5, 'finds as many as were wanted');
like($j->{detail}{found}[0], qr/^\+1434555\d{4}$/, 'with the area code');
like($j->{detail}{where}[0], qr/^LYNCHBURG, VA$/, 'and where they are');
$j = $w->finish($w->ask('search', 'area', '212', 5));
is($j->{job}{state}, 'done', 'a search that finds nothing is no failure');
like($j->{job}{result}, qr/no such number/, 'and says so');
for ([qw(state VA)], [qw(city LYNCHBURG)], [qw(zip 24501)]) {
	my ($kind, $value) = @$_;
	$j = $w->finish($w->ask('search', $kind, $value, 2));
	is($j->{job}{state}, 'done', "a search by $kind: $j->{job}{result}");
}
like($w->ask('search', 'area', '91', 5), qr/three digits/, 'what is no area code is told at once');
like($w->ask('order', $w->once, 'area', '434', 101), qr/1 to 100/, 'an order has a limit');
is(orders(), $made, 'none of this ordered anything');

# ---- complete -----------------------------------------------------------------------
my $once = $w->once;
my $id = $w->ask('order', $once, 'area', '434', 3);
is($w->ask('order', $once, 'area', '434', 3), $id, 'a form that comes twice is the same order');
like($w->ask('order', $once, 'area', '434', 4), qr/for something else/, 'another order with its id is refused');
like($w->ask('order', '0000000000000001', 'area', '434', 1), qr/too long ago/, 'so is a form from long ago');
$j = $w->finish($id);
is($j->{job}{state}, 'done', 'an order');
is($j->{detail}{status}, 'COMPLETE', "Bandwidth's word");
is(@{$j->{detail}{got}}, 3, 'three numbers came');
is($w->numbers->{$j->{detail}{got}[0]}{state}, 'in-service', 'and are in service');
is(orders() - $made, 1, 'one order was made');
is($w->estate->{orders}[-1]{customer_order_id} // $w->estate->{orders}[-1]{own_id} // '', $j->{detail}{our_id}, 'with our id')
    or diag explain $w->estate->{orders}[-1];
$made = orders();

# These very numbers.
$id = order('numbers', '+14345550050', '+14345550051');
$j = $w->finish($id);
is_deeply([sort @{$j->{detail}{got}}], ['+14345550050', '+14345550051'], 'chosen numbers come');
$made = orders();

# ---- not yet in service -----------------------------------------------------------------
$w->set(inservice_ms => 600000);
$id = order('area', '434', 1);
for (1 .. 10) {
	$j = $w->step($id);
	last if ($j->{detail}{status} // '') eq 'COMPLETE' && $w->numbers->{$j->{detail}{got}[0] // ''};
	$w->stock('due', $id);
}
is($j->{detail}{status}, 'COMPLETE', 'complete');
is($j->{job}{state}, 'waiting', 'but not over');
my $number = $j->{detail}{got}[0];
is($w->numbers->{$number}{state}, 'not-ready', 'while the number is not in service');
$w->sim(POST => 'orders/hurry');
$j = $w->finish($id);
is($w->numbers->{$number}{state}, 'in-service', 'until it is');
$w->set(inservice_ms => 0);
$made = orders();

# ---- partial, failed, taken --------------------------------------------------------------
$w->faults({ where => 'numbers', match => { method => 'POST', path => '/orders$' }, order => 'partial' });
$j = $w->finish(order('area', '434', 4, 'partial'));
is($j->{detail}{status}, 'PARTIAL', 'a partial order');
is($j->{job}{state}, 'done', 'is over');
like($j->{job}{result}, qr/of 4 numbers came/, "says so: $j->{job}{result}");
cmp_ok(scalar(@{$j->{detail}{got}}), '<', 4, 'with fewer numbers');
is($w->numbers->{$_}{state}, 'in-service', "$_ is ours") for @{$j->{detail}{got}};
$w->no_faults;

$w->faults({ where => 'numbers', match => { method => 'POST', path => '/orders$' }, order => 'failed' });
$j = $w->finish(order('area', '434', 2));
is($j->{detail}{status}, 'FAILED', 'a failed order');
is($j->{job}{state}, 'failed', 'is told as failed');
like($j->{job}{result}, qr/nothing came: \S/, "with Bandwidth's words: $j->{job}{result}");
$w->no_faults;

$w->faults({ where => 'numbers', match => { method => 'POST', path => '/orders$' }, taken => 1 });
$j = $w->finish(order('numbers', '+14345550055'));
is($j->{job}{state}, 'failed', 'a number that was taken meanwhile');
like($j->{job}{result}, qr/nothing came: \S/, "in Bandwidth's words: $j->{job}{result}");
$w->no_faults;
$made = orders();

# ---- refused ---------------------------------------------------------------------------------
$w->faults({ where => 'numbers', match => { method => 'POST', path => '/orders$' }, error => 5012 });
$j = $w->finish(order('area', '434', 1));
is($j->{job}{state}, 'failed', 'an order that Bandwidth refuses');
like($j->{job}{result}, qr/^Nothing was ordered, and nothing costs: \S/, "$j->{job}{result}");
$w->no_faults;
is(orders(), $made, 'nothing was made');

# ---- back-ordered ----------------------------------------------------------------------------
$w->set(backorder_ms => 600000);
$id = order('area', '276', 1, 'backorder');
for (1 .. 10) {
	$j = $w->step($id);
	last if ($j->{detail}{status} // '') eq 'BACKORDERED';
	$w->stock('due', $id);
}
is($j->{detail}{status}, 'BACKORDERED', 'an order that has to wait');
is($j->{job}{state}, 'waiting', 'waits');
like($j->{job}{step}, qr/Back-ordered/, 'and says so');
$w->sim(POST => 'stock', { first => '+12765550000', count => 5, city => 'BRISTOL', state => 'VA' });
$w->sim(POST => 'orders/hurry');
$j = $w->finish($id);
is($j->{job}{state}, 'done', 'until a number is there, across workers');
is($w->numbers->{$j->{detail}{got}[0]}{state}, 'in-service', 'which is in service');
is(orders() - $made, 1, 'one order was made');
$made = orders();

# ---- 429 -----------------------------------------------------------------------------------------
$w->faults({ where => 'numbers', match => { method => 'POST', path => '/orders$' }, status => 429, reset_s => 1, times => 2 });
$j = $w->finish(order('area', '434', 1));
is($j->{job}{state}, 'done', 'an order that Bandwidth was too busy for twice');
is(orders() - $made, 1, 'is made once');
$w->no_faults;
$made = orders();

# ---- answers that are lost -------------------------------------------------------------------------
for my $fault ({ cut => 'accepted' }, { cut => 'answer' }, { late_status => 500 }, { cut => 'accepted', reset => JSON::PP::true }) {
	my $what = join ' ', sort %$fault;
	$w->faults({ where => 'numbers', match => { method => 'POST', path => '/orders$' }, %$fault });
	$j = $w->finish(order('area', '434', 1));
	is($j->{job}{state}, 'done', "$what, after the deed: the order is found");
	is($j->{detail}{status}, 'COMPLETE', 'and followed');
	is(orders() - $made, 1, 'there is one');
	$w->no_faults;
	$made = orders();
}
for my $fault ({ cut => 'read' }, { status => 503 }) {
	my $what = join ' ', %$fault;
	$w->faults({ where => 'numbers', match => { method => 'POST', path => '/orders$' }, %$fault });
	$j = $w->finish(order('area', '434', 1));
	is($j->{job}{state}, 'failed', "$what, before the deed: nobody knows");
	like($j->{job}{result}, qr/not known whether.*Nothing is ordered again/s, 'which is said');
	is(orders() - $made, 0, 'and nothing is ordered again');
	$w->no_faults;
}
# The list is slow to show it.
$w->set(orders_lag_ms => 3000);
$w->faults({ where => 'numbers', match => { method => 'POST', path => '/orders$' }, cut => 'accepted' });
$id = order('area', '434', 1);
$w->step($id);
$w->stock('due', $id);
$w->step($id);
sleep 3.2;
$j = $w->finish($id);
is($j->{job}{state}, 'done', 'an order that the list shows late is found');
is(orders() - $made, 1, 'there is one');
$w->no_faults;
$w->set(orders_lag_ms => 0);
$made = orders();

# ---- kill -9 between any two steps -------------------------------------------------------------------
# Each request of an order's life is held, before it is done and after, and the worker killed there.
my @steps = (
	[ 'before the order', { method => 'POST', path => '/orders$' }, 'before' ],
	[ 'after the order', { method => 'POST', path => '/orders$' }, 'after' ],
	[ 'while asking how it stands', { method => 'GET', path => '/orders/' }, 'after' ],
	[ 'while looking whether it is in service', { path => '/tndetails' }, 'after' ],
);
for my $step (@steps) {
	my ($what, $match, $when) = @$step;
	$w->faults({ where => 'numbers', match => $match,
		$when eq 'after' ? (answer_delay_ms => 60000) : (delay_ms => 60000) });
	$id = order('area', '434', 1);
	$w->kill_at_fault($what);
	$j = $w->finish($id);
	if ($when eq 'after') {
		is($j->{job}{state}, 'done', "killed $what: the order is filled");
		is(orders() - $made, 1, 'there is exactly one');
		is(@{$j->{detail}{got}}, 1, 'with its number');
	} else {
		is($j->{job}{state}, 'failed', "killed $what, which never arrives: nobody knows");
		is(orders() - $made, 0, 'and nothing is ordered by itself');
	}
	$made = orders();
}
# Killed at a random moment, again and again, until it is over.
$id = order('area', '434', 2);
for my $try (1 .. 12) {
	my $pid = $w->spawn('--watch');
	sleep 0.05 + rand 0.4;
	kill 'KILL', $pid;
	waitpid $pid, 0;
	last if $w->job_of($id)->{job}{state} =~ /done|failed/;
	$w->stock('due', $id) if $w->job_of($id)->{job}{state} eq 'waiting';
}
$j = $w->finish($id);
cmp_ok(orders() - $made, '<=', 1, 'killed at any moment, there is one order at the most');
is($j->{job}{state}, 'done', 'and it is known') if orders() - $made == 1;
done_testing();
