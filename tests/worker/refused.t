# What a job about numbers says and does when Bandwidth does not let it: credentials that are refused or changed
# meanwhile, too many questions, nobody there, answers that make no sense, and orders that are long past. Nothing is
# bought or given back twice, and nothing is said that is not known.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep);
use Stock;

my $w = Stock->new;
$w->sim(POST => 'stock', { first => '+14345550000', count => 100, city => 'LYNCHBURG', state => 'VA', zip => '24501' });
my @ours = map { sprintf '+1919555%04d', $_ } 110 .. 199;

sub order { my (@what) = @_; return $w->ask('order', $w->once, @what) }
sub release { return $w->ask('release', $w->once, shift @ours) }
sub search { return $w->ask('search', 'area', '434', 2) }
sub made { my ($kind) = @_; return $w->estate->{made}{$kind} || 0 }
sub step { my ($id) = @_; return $w->job_of($id)->{job}{step} // '' }
# Its next step now.
sub go { my ($id) = @_; $w->stock('due', $id); return $w->step($id) }
sub ends { my ($id, $state, $words, $what) = @_;
	my $j = $w->finish($id);
	is($j->{job}{state}, $state, "$what: $j->{job}{result}");
	like($j->{job}{result}, $words, "$what: in words");
	return $j;
}
my %numbers = (where => 'numbers');
my $posting = { method => 'POST', path => '/orders$' };
my $disconnecting = { method => 'POST', path => '/disconnects$' };

# ---- refused, busy, away: for now -------------------------------------------------------------

for my $fault ([{ status => 401, times => 0 }, qr/does not accept the credentials|HTTP 401/],
    [{ status => 403, times => 0 }, qr/lack a role|HTTP 403/],
    [{ status => 429, reset_s => 60, times => 0 }, qr/asked too much/]) {
	my ($f, $words) = @$fault;
	my $what = "$f->{status}";
	my ($orders, $disconnects) = (made('orders'), made('disconnects'));
	$w->faults({ %numbers, match => $posting, %$f }, { %numbers, match => $disconnecting, %$f }, { %numbers, match => { path => '/availableNumbers' }, %$f });
	my ($order, $release, $search) = (order('area', '434', 1), release(), search());
	$w->run;
	like(step($order), $words, "$what: the order says why it waits");
	is($w->job_of($order)->{job}{state}, 'waiting', "$what: and waits");
	is($w->job_of($release)->{job}{state}, 'waiting', "$what: so does the release");
	my $j = $w->job_of($search);
	is($j->{job}{state}, 'failed', "$what: a search does not wait");
	like($j->{job}{result}, $words, "$what: it says so");
	is_deeply([made('orders'), made('disconnects')], [$orders, $disconnects], "$what: nothing was done");
	$w->no_faults;
	is($w->finish($_)->{job}{state}, 'done', "$what: afterwards it is done") for $order, $release;
	is_deeply([made('orders'), made('disconnects')], [$orders + 1, $disconnects + 1], "$what: once");
}

# Nobody there, while the token is still good.
{
	my ($orders, $order, $search) = (made('orders'), order('area', '434', 1), search());
	$w->sim(POST => 'refuse', { ms => 2000, drop => JSON::PP::true });
	$w->run;
	like($w->job_of($search)->{job}{result}, qr/could not be reached/, 'nobody there: a search says so');
	like(step($order), qr/could not be reached/, 'an order waits');
	sleep 2.1;
	is($w->finish($order)->{job}{state}, 'done', 'and is made when somebody is');
	is(made('orders') - $orders, 1, 'once');
}

# ---- credentials -----------------------------------------------------------------------------

{
	my ($orders, $order) = (made('orders'), order('area', '434', 1));
	$w->faults({ %numbers, match => $posting, status => 429, reset_s => 3, times => 1 });
	my $pid = $w->spawn('--watch');
	Worker::await(20, 'the 429', sub { $w->faults_used });
	$w->hand('save', $w->{org}, 'client', 'hush');
	Worker::await(20, 'its being put off', sub { step($order) =~ /changed meanwhile/ || $w->job_of($order)->{job}{state} =~ /done|failed/ });
	like(step($order), qr/changed meanwhile/, 'settings that change while it waits: it is put off');
	kill 'TERM', $pid;
	Worker::ended($pid, 20);
	is($w->finish($order)->{job}{state}, 'done', 'and made with the new ones');
	is(made('orders') - $orders, 1, 'once');
	$w->no_faults;
}
{
	my ($orders, $order) = (made('orders'), order('area', '434', 1));
	$w->hand('save', $w->{org}, 'client', 'wrong');
	$w->run for 1 .. 2;
	is($w->record->{cred_state}, 'refused', 'wrong credentials');
	go($order);
	like(step($order), qr/refuses these credentials/, 'an order says that they are refused');
	my $j = $w->finish(search());
	like($j->{job}{result}, qr/refuses these credentials/, 'so does a search');
	$w->hand('save', $w->{org}, 'client', 'hush');
	$w->run for 1 .. 2;
	is($w->finish($order)->{job}{state}, 'done', 'with the right ones again it is made');
	is(made('orders') - $orders, 1, 'once');
}
# Another account meanwhile.
{
	my $order = order('area', '434', 1);
	my $orders = made('orders');
	$w->stock('account', $w->{org}, '9900777');
	ends($order, 'failed', qr/account 9900000, and the settings name another/, 'an order for another account than the one of now');
	$w->stock('account', $w->{org}, $Worker::ACCOUNT);
	is(made('orders'), $orders, 'nothing was ordered');
	$w->run for 1 .. 2;
}

# ---- for too long ------------------------------------------------------------------------------

{
	my $order = order('area', '434', 1);
	$w->faults({ %numbers, match => $posting, status => 429, reset_s => 60, times => 0 });
	$w->run;
	$w->stock('old', $order, 1);
	ends($order, 'failed', qr/^Nothing was ordered, and nothing costs: /, 'an order that could not be begun for a day');
	my $release = release();
	$w->faults({ %numbers, match => $disconnecting, status => 429, reset_s => 60, times => 0 });
	go($release) for 1 .. 3;
	$w->stock('old', $release, 2);
	my $j = ends($release, 'failed', qr/still yours, and drain: .*asked too much/, 'a release that could not be begun for two days');
	is($w->numbers->{$j->{detail}{numbers}[0]}{state}, 'draining', 'the number drains');
	$w->no_faults;
}
# Bandwidth forgets what it took.
for my $kind (['orders', sub { order('area', '434', 1) }, qr/does not know this order any more/], ['disconnects', \&release, qr/does not know this order any more/]) {
	my ($path, $begin, $words) = @$kind;
	$w->set(order_ms => 600000);
	my $id = $begin->();
	go($id) for 1 .. 4;
	is($w->job_of($id)->{detail}{phase}, 'polling', "$path: Bandwidth has it");
	$w->faults({ %numbers, match => { method => 'GET', path => "/$path/" }, status => 404, times => 0 });
	my $j = go($id);
	is($j->{job}{state}, 'waiting', "$path: a 404 is not believed at once");
	$w->stock('old', $id, 8);
	ends($id, 'failed', $words, "$path: after a week it is");
	$w->no_faults;
	$w->set(order_ms => 0);
	$w->sim(POST => 'orders/hurry');
}
# Numbers that do not come into service.
{
	$w->set(inservice_ms => 600000);
	my $id = order('area', '434', 1);
	go($id) for 1 .. 3;
	$w->stock('old', $id, 4);
	my $j = ends($id, 'done', qr/1 are not in service yet; the daily sync goes on looking/, 'an order whose number is not in service after days');
	$w->set(inservice_ms => 0);
	$w->sim(POST => 'orders/hurry');
	$w->finish($w->ask('sync'));
	is($w->numbers->{$j->{detail}{got}[0]}{state}, 'in-service', 'the sync puts it there');
}
# Without the role for the details of a number. In an installation of its own: a token is renewed once a minute at most.
for my $status (403, 401) {
	my $w = Stock->new;
	$w->sim(POST => 'stock', { first => '+14345550000', count => 9, city => 'LYNCHBURG', state => 'VA', zip => '24501' });
	$w->faults({ %numbers, match => { path => '/tndetails' }, status => $status, times => 0 });
	my $j = $w->finish($w->ask('order', $w->once, 'area', '434', 1));
	is($j->{job}{state}, 'done', "$status for a number's details: the order is over");
	$w->run for 1 .. 2;
	$w->finish($w->ask('sync'));
	is($w->numbers->{$j->{detail}{got}[0]}{state}, 'in-service', 'its number goes by the list of the location');
}

# ---- answers that make no sense ---------------------------------------------------------------------

{
	$w->faults({ %numbers, match => { method => 'GET', path => '/orders/' }, status => 503, times => 0 });
	my $id = order('area', '434', 1);
	$w->step($id);
	my $j = go($id);
	$w->no_faults;
	like($j->{job}{step}, qr/^Ordered; asking how it stands: \S/, 'an order that cannot be asked for');
	is($w->finish($id)->{job}{state}, 'done', 'is asked for again');
	$w->no_faults;

	my $orders = made('orders');
	$w->faults({ %numbers, match => { method => 'GET', path => '/orders/' }, times => 0, content_type => 'application/xml',
		body => '<?xml version="1.0"?><OrderResponse><CompletedQuantity>1</CompletedQuantity><OrderStatus>COMPLETE</OrderStatus></OrderResponse>' });
	ends(order('area', '434', 1), 'done', qr/without naming the numbers; a sync adds them/, 'an order that is complete without numbers');
	$w->no_faults;
	$w->run;
	$w->finish($w->ask('sync'));
	is(made('orders') - $orders, 1, 'it was made once');
}
# A release of which no trace shows: asked for by the number.
{
	my $disconnects = made('disconnects');
	$w->faults({ %numbers, match => $disconnecting, cut => 'read' });
	my $id = release();
	my $j = ends($id, 'failed', qr/shows no such order. It is not asked again by itself/, 'a release that was lost on its way');
	is(made('disconnects'), $disconnects, 'is not asked for again');
	is($w->numbers->{$j->{detail}{numbers}[0]}{state}, 'draining', 'its number drains');
	$w->no_faults;

	$w->set(orders_lag_ms => 600000);
	$w->faults({ %numbers, match => $disconnecting, cut => 'accepted' });
	$j = ends(release(), 'done', qr/1 number was released/, 'one that arrived, and only the number shows it');
	is(made('disconnects') - $disconnects, 1, 'was asked for once');
	is($w->numbers->{$j->{detail}{numbers}[0]}{state}, 'released', 'its number is released');
	$w->no_faults;
	$w->set(orders_lag_ms => 0);
}
# The list of orders cannot be read, then it can.
{
	my $orders = made('orders');
	$w->faults({ %numbers, match => $posting, cut => 'accepted' }, { %numbers, match => { method => 'GET', path => '/orders?' }, status => 503, times => 2 });
	my $id = order('area', '434', 1);
	$w->run;
	my $j = go($id);
	like($j->{job}{step}, qr/answer to the order was lost, and Bandwidth can't be asked now/, 'an order that was lost, and no list');
	is($w->finish($id)->{job}{state}, 'done', 'is found when there is one');
	is(made('orders') - $orders, 1, 'once');
	$w->no_faults;
}
# A record that no program wrote.
for my $kind (\&search, sub { order('area', '434', 1) }, \&release) {
	my $id = $kind->();
	$w->stock('phase', $id, 'dancing');
	my $j = $w->finish($id);
	is($j->{job}{state}, 'failed', "a record that can't be read: $j->{job}{result}") if $j->{job}{kind} ne 'numbers-search';
}

# ---- whose numbers they are ----------------------------------------------------------------------------

{
	my $other = $w->org(name => 'Second', number => '+19195550999');
	$w->{org} = 1;
	$w->stock('add', $other, '+14345550088', 'in-service');
	my $j = $w->finish(order('numbers', '+14345550088', '+14345550089'));
	is($j->{job}{state}, 'done', "a number that another organization here has: $j->{job}{result}");
	like($j->{job}{result}, qr/1 belongs to another organization here/, 'is told of');
	is($w->numbers->{'+14345550088'}, undef, 'and left to it');
	is($w->numbers->{'+14345550089'}{state}, 'in-service', 'the other one is ours');
}

# ---- the campaign -----------------------------------------------------------------------------------------

my $options = { method => 'POST', path => '/tnoptions' };
{
	my $j = $w->finish(order('area', '434', 1, 'campaign'));
	is($j->{job}{state}, 'done', "an order with a campaign: $j->{job}{result}");
	$w->faults({ %numbers, match => $options, status => 403, times => 0 });
	ends(order('area', '434', 1, 'campaign'), 'done', qr/the campaign was not assigned: \S/, 'without the role for campaigns');
	$w->no_faults;
	$w->faults({ %numbers, match => $options, status => 503, times => 2 });
	my $id = order('area', '434', 1, 'campaign');
	go($id) for 1 .. 4;
	is($w->finish($id)->{job}{state}, 'done', 'a campaign that cannot be asked for now is asked for again');
	$w->no_faults;
	$w->faults({ %numbers, match => $options, status => 503, times => 0 });
	$id = order('area', '434', 1, 'campaign');
	go($id) for 1 .. 4;
	$w->stock('old', $id, 2);
	ends($id, 'done', qr/the campaign was not assigned/, 'but not for ever');
	$w->no_faults;
}
is_deeply($w->duplicates, [], 'and no text was sent by the way');
done_testing();
