# "Check my setup" with long lists: all pages are read, what is said is counted over all of them, and a list that
# cannot be read to its end counts as not known, never as wrong.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Stock;

my $w = Stock->new;
my @ours = map { sprintf '+1919555%04d', $_ } 100 .. 199;

sub facts {
	my $j = $w->finish($w->ask('check'));
	is($j->{job}{state}, 'done', 'a check') or diag $j->{job}{result};
	return $j->{detail}{facts};
}
sub state { my ($f, $what) = @_; return $f->{"$what.state"} }

# ---- numbers at the location -----------------------------------------------------------------

$w->sim(POST => 'numbers', { account => $Worker::ACCOUNT, first => '+13365550000', count => 6000, location => $Stock::LOCATION, status => 'Inservice' });
$w->sim(POST => 'numbers/remove', { number => $ours[7] });
for my $paging (0, 1) {
	$w->set(paging => $paging);
	my $f = facts();
	is(state($f, 'numbers'), 'yes', "paging $paging: the list is read");
	is($f->{numbers_there}, 6099, 'all pages of it');
	is($f->{numbers_new}, 6000, 'what is there and not here is counted');
	is_deeply([$f->{numbers_lost}, $f->{numbers_lost_at}], [1, [$ours[7]]], 'what is here and not there is named');
}
$w->set(paging => 0);
for my $fault ([{ status => 500 }, 'unreachable'], [{ cut => 'answer' }, 'unreachable'], [{ status => 403 }, 'forbidden'],
    [{ body => '<html>busy</html>' }, 'unreachable']) {
	my ($f, $want) = @$fault;
	my $what = join ' ', %$f;
	$w->faults({ where => 'numbers', match => { path => '/tns?' }, nth => 2, times => 0, %$f });
	my $facts = facts();
	is(state($facts, 'numbers'), $want, "the second page: $what: $want");
	ok(!$facts->{numbers_lost}, 'and nothing counts as lost');
	$w->no_faults;
}
# A page that names itself as the next one.
$w->faults({ where => 'numbers', match => { path => '/tns?' }, times => 0, status => 200, content_type => 'application/xml',
	body => '<SipPeerTelephoneNumbersResponse><Links><next>Link=&lt;https://x/tns?page=again&amp;size=500&gt;;rel="next";</next></Links>'
	    . "<SipPeerTelephoneNumbers><SipPeerTelephoneNumber><FullNumber>$ours[1]</FullNumber></SipPeerTelephoneNumber></SipPeerTelephoneNumbers></SipPeerTelephoneNumbersResponse>" });
my $f = facts();
is(state($f, 'numbers'), 'unreachable', 'a list that does not end');
like($f->{'numbers.words'}, qr/does not end/, 'is told of');
$w->no_faults;
$w->sim(POST => 'numbers/remove', { first => '+13365550000', count => 6000 });
$w->finish($w->ask('sync'));

# ---- 10DLC ----------------------------------------------------------------------------------------

# Six hundred numbers of the account are on the campaign; some of ours are not, or not yet.
$w->sim(POST => 'numbers', { account => $Worker::ACCOUNT, first => '+12525550000', count => 600, location => undef, status => 'Inservice', campaign => 'CSIM001' });
$w->sim(POST => 'numbers', { numbers => [@ours[0 .. 6, 8 .. 99]], campaign => 'CSIM001' });
$w->sim(POST => 'numbers', { numbers => [$ours[10]], campaign => undef });
$w->sim(POST => 'numbers', { numbers => [$ours[11]], verification => 'FAILURE' });
$w->sim(POST => 'numbers', { numbers => [$ours[12], $ours[13]], verification => 'PENDING' });
$f = facts();
is(state($f, 'campaign'), 'yes', 'the registrations of 700 numbers');
is_deeply([sort @{$f->{local_bad_at}}], [sort $ours[10], "$ours[11] FAILURE"], 'those without one are named');
is($f->{local_pending}, 2, 'those that wait for it are counted');
for my $fault ([{ status => 403 }, 'forbidden'], [{ status => 500 }, 'unreachable'], [{ body => '[', content_type => 'application/json' }, 'unreachable']) {
	my ($fault, $want) = @$fault;
	$w->faults({ where => 'numbers', match => { path => '/tendlc/' }, nth => 2, times => 0, %$fault });
	$f = facts();
	is(state($f, 'campaign'), $want, join(' ', %$fault) . ": $want");
	ok(!$f->{local_bad}, 'and no number is called unregistered');
	$w->no_faults;
}

# ---- toll-free --------------------------------------------------------------------------------------

my @free = map { sprintf '+18005550%03d', $_ } 1 .. 12;
for (0 .. $#free) {
	$w->stock('add', $w->{org}, $free[$_], 'in-service');
	$w->sim(POST => 'numbers', { account => $Worker::ACCOUNT, number => $free[$_], location => $Stock::LOCATION, status => 'Inservice',
		verification => $_ == 1 ? 'PENDING' : $_ == 2 ? undef : 'VERIFIED' });
}
$f = facts();
is($f->{tollfree_asked}, 10, 'of many toll-free numbers ten are asked about');
is($f->{tollfree_count}, 12, 'of how many is said');
is($f->{tollfree_bad}, 2, 'two are not verified');
like(join(' ', @{$f->{tollfree_bad_at}}), qr/\Q$free[1]\E \(PENDING\).*\Q$free[2]\E \(/, 'they are named, with why');
for my $fault ([{ status => 403 }, 'forbidden'], [{ status => 500 }, 'unreachable']) {
	my ($fault, $want) = @$fault;
	$w->faults({ where => 'numbers', match => { path => '/tollFreeVerification' }, nth => 3, times => 0, %$fault });
	$f = facts();
	is(state($f, 'tollfree'), $want, join(' ', %$fault) . ": $want");
	$w->no_faults;
}
# What does not answer in time is cut: the rest is known.
$w->faults({ where => 'numbers', match => { path => '/sites' }, status => 409, times => 0 });
$f = facts();
isnt(state($f, 'site'), 'yes', 'a sub-account that Bandwidth will not speak of');
is(state($f, 'token'), 'yes', 'leaves what was learned before');
done_testing();
