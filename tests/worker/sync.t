# Our numbers follow Bandwidth's list of the location, both ways; only a whole list takes away.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Stock;

my $w = Stock->new;
my @all = map { sprintf '+1919555%04d', $_ } 100 .. 199;

sub synced {
	my ($what) = @_;
	my $j = $w->finish($w->ask('sync'));
	note "$what: $j->{job}{state}: $j->{job}{result}";
	return $j;
}

# ---- daily, and new -------------------------------------------------------------
is_deeply($w->by_state, { 'in-service' => 100 }, 'the daily sync, which nobody asks for, finds the other 99');
$w->sim(POST => 'numbers', { account => $Worker::ACCOUNT, first => '+12525550100', count => 3,
	location => $Stock::LOCATION, status => 'Inservice' });
my $j = synced('first');
is($j->{job}{state}, 'done', 'a sync that is asked for');
is_deeply([@{$j->{detail}}{qw(listed same added)}], [103, 100, 3], 'finds what is new');
is_deeply($w->by_state, { 'in-service' => 103 }, 'all are in service');
like($j->{detail}{changes}[0], qr/^new \+1252555/, 'and are listed one by one');
$j = synced('second');
is_deeply([@{$j->{detail}}{qw(listed same)}], [103, 103], 'a second one changes nothing');
ok(!$j->{detail}{added} && !$j->{detail}{gone}, 'nothing at all');
$w->sim(POST => 'numbers/remove', { first => '+12525550100', count => 3 });
synced('removed');
is_deeply($w->by_state, { 'in-service' => 100, gone => 3 }, 'and what goes, goes');

# ---- both kinds of paging -----------------------------------------------------------
$w->sim(POST => 'numbers', { account => $Worker::ACCOUNT, first => '+13365550000', count => 12000, location => $Stock::LOCATION, status => 'Inservice' });
for my $paging (1, 0, 2) {
	$w->set(paging => $paging);
	$j = synced("paging $paging");
	is($j->{detail}{listed}, 12100, 'paging of kind ' . (qw(ordinal opaque none))[$paging] . ': all 12,100');
	is($j->{detail}{added} || 0, $paging == 1 ? 12000 : 0, 'each once');
}
$w->set(paging => 0);

# ---- a page that can't be read ---------------------------------------------------------
$w->sim(POST => 'numbers/remove', { number => $all[7] });
for my $fault ({ status => 500 }, { cut => 'answer' }, { cut => 'accepted' }, { body => '<html>busy</html>' },
    { body => '<SipPeerTelephoneNumbersResponse><SipPeerTelephoneNumbers/></SipPeerTelephoneNumbersResponse>' }) {
	my $what = join ' ', %$fault;
	$w->faults({ where => 'numbers', match => { path => '/tns?' }, nth => 2, times => 0, %$fault });
	$j = synced($what);
	is($w->number($all[7])->{state}, 'in-service', "the second page: $what: nothing is marked gone");
	ok(!$j->{detail}{gone}, 'nor counted');
	$w->no_faults;
}

# ---- gone -----------------------------------------------------------------------------
$j = synced('gone');
is($j->{detail}{gone}, 1, 'a whole list: what it lacks is gone');
is($w->number($all[7])->{state}, 'gone', 'and marked so');
like($w->number($all[7])->{state_why}, qr/does not list it/, 'with the reason');
ok($w->number($all[7])->{state_since} > time * 1000 - 60000, 'and the time');

# ---- moved elsewhere ----------------------------------------------------------------------
$w->config(locations => [{ id => '80002', site => $Stock::SITE, account => $Worker::ACCOUNT, name => 'Other' }]);
$w->sim(POST => 'numbers', { account => $Worker::ACCOUNT, number => $all[8], location => '80002' });
$w->sim(POST => 'numbers', { number => $all[9], account => '9900777' });
$j = synced('moved');
is_deeply([@{$j->{detail}}{qw(gone moved)}], [1, 1], 'one at another location, one sold elsewhere');
is($w->number($all[8])->{state}, 'moved', 'moved');
like($w->number($all[8])->{state_why}, qr/80002/, 'it says where it lies now');
is($w->number($all[9])->{state}, 'gone', 'sold');
$w->sim(POST => 'numbers', { account => $Worker::ACCOUNT, number => $all[8], location => $Stock::LOCATION });
$j = synced('back');
is($w->number($all[8])->{state}, 'in-service', 'one that comes back is in service again');

# ---- one that was removed here ------------------------------------------------------------------
$w->ask('remove', $all[10]);
synced('removed here');
is($w->number($all[10])->{state}, 'gone', 'a number that was removed here is not brought back');
$w->ask('add', $all[10], 'in-service');
is($w->number($all[10])->{state}, 'in-service', 'but by hand');

# ---- one that was added by hand, and lies elsewhere in the account -----------------------------
$w->sim(POST => 'numbers', { account => $Worker::ACCOUNT, number => '+17045550001', location => '80002', status => 'Inservice' });
$w->ask('add', '+17045550001', 'in-service');
$w->ask('add', '+17045550002', 'in-service');
$j = synced('by hand');
is($w->number('+17045550001')->{state}, 'in-service', 'a number of another location, added by hand, goes on serving');
is($w->number('+17045550002')->{state}, 'gone', 'one that the account does not have is gone');
$w->ask('location', $Stock::SITE, '80002');
$j = synced('other location');
is($w->by_state->{'in-service'}, 12099, "at another location nothing of the former one's is taken away") or diag explain $w->by_state;
is($j->{detail}{same}, 12099, 'all are kept');
$w->ask('location', $Stock::SITE, $Stock::LOCATION);

# ---- another organization's ------------------------------------------------------------------
my $first = $w->{org};
my $second = $w->org(name => 'Second', number => '+19195550999');
$w->stock('location', $second, $Stock::SITE, $Stock::LOCATION);
$w->run;
$j = $w->finish($w->stock('sync', $second));
is($j->{detail}{others}, 12098, "another organization's numbers are reported") or diag explain $j;
ok(!$j->{detail}{added}, 'and not taken');
like($j->{detail}{changes}[0], qr/^other \+1\d+ $first$/, 'with whose they are');
is(keys %{$w->numbers($second)}, 1, 'it has its own only');
$w->{org} = $first;

# ---- a list that lacks most is read twice -------------------------------------------------------
$w->sim(POST => 'numbers/remove', { first => '+13365550000', count => 12000 });
my $id = $w->ask('sync');
$w->run;
$j = $w->job_of($id);
is($j->{job}{state}, 'waiting', 'a list that lacks more than half');
like($j->{job}{step}, qr/read once more/, 'is read once more first');
is($w->by_state->{'gone'}, 6, 'and nothing is marked before');
$j = $w->finish($id);
is($j->{detail}{gone}, 12000, 'the second time it is believed');

# ---- fewer than Bandwidth counts -------------------------------------------------------------------
$w->faults({ where => 'numbers', match => { path => '/totaltns' }, times => 0,
    body => '<SipPeerTelephoneNumbersCountResponse><SipPeerTelephoneNumbersCount><SipPeerTelephoneNumbersCount>4000</SipPeerTelephoneNumbersCount></SipPeerTelephoneNumbersCount></SipPeerTelephoneNumbersCountResponse>' });
$w->sim(POST => 'numbers/remove', { number => $all[20] });
$j = synced('counts more');
like($j->{job}{result}, qr/nothing was marked as gone/, 'a list with fewer than Bandwidth counts takes nothing away');
is($w->number($all[20])->{state}, 'in-service', 'not the one that is gone');
$w->no_faults;

done_testing();
