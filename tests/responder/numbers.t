# The numbers pages without a worker: what each button stores, who may, what is asked before, and what is refused.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FCGI;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

my $r = FCGI->new;
$r->ctl(\"hush\n", 'settings', 'set', 1, 'accountId=9900000', 'userName=client', 'siteId=743', 'sipPeerId=518824', '--password-stdin');
$r->ctl('numbers', 'add', 1, map { sprintf '+1919555%04d', $_ } 101 .. 112);
for my $ten (0 .. 4) {
	$r->ctl('numbers', 'add', 1, map { sprintf '+1984555%04d', 1001 + 10 * $ten + $_ } 0 .. 9);
}
$r->start;
my %person = map { $_ => $r->sign_in("$_\@example.org") } qw(owner admin);

sub get {
	my ($path, $who) = @_;
	return $r->request(GET => "/admin/1/$path", headers => { Cookie => $person{$who || 'owner'}{cookie} });
}
sub post {
	my ($path, %form) = @_;
	return $r->request(POST => "/admin/1/$path", headers => { Cookie => $person{owner}{cookie}, Origin => $r->{origin} },
	    form => { csrf => $person{owner}{csrf}, %form });
}
sub goes { my ($a) = @_; return $a->{status} == 303 ? ($a->{headers}{location} =~ s{^\Q$r->{settings}{BASE_URL}\E}{}r) : "status $a->{status}" }
sub jobs { my ($kind) = @_; return grep { ($_->{kind} // '') eq $kind } map { decode_json($_) } $r->records('jobs') }
sub state { my ($number) = @_; return (map { $_->{state} } grep { $_->{number} eq $number && $_->{org} == 1 } map { decode_json($_) } $r->records('numbers'))[0] }
sub audited { my ($what) = @_; return grep { ($_->{what} // '') eq $what } map { decode_json($_) } $r->records('audit') }
sub field { my ($a, $name) = @_; return $a->{body} =~ /name="\Q$name\E" value="([^"]*)"/ ? $1 : undef }

# ---- the list -----------------------------------------------------------------------------
{
	my $a = get('numbers');
	is($a->{status}, 200, 'the list');
	is(scalar(my @rows = $a->{body} =~ /<th scope="row">/g), 50, 'shows fifty');
	like($a->{body}, qr{>All <span class="num">63</span>}, 'of how many');
	like($a->{body}, qr/no texts yet/, 'a number that sent nothing says so');
	my ($next) = $a->{body} =~ /href="([^"]*after=[^"]*)"/;
	ok($next, 'there is more');
	$next =~ s/&amp;/&/g;
	my %first = map { $_ => 1 } $a->{body} =~ /name="(\+1\d+)"/g;
	my $b = $r->request(GET => $next, headers => { Cookie => $person{owner}{cookie} });
	my @second = $b->{body} =~ /name="(\+1\d+)"/g;
	is(scalar @second, 13, 'the next page has the rest');
	is(scalar(grep { $first{$_} } @second), 0, 'and none twice');
	is(scalar(@rows = get('numbers?look=919')->{body} =~ /<th scope="row">/g), 13, 'by area code');
	is(scalar(@rows = get('numbers?look=%28919%29+555-0105')->{body} =~ /<th scope="row">/g), 1, 'one number');
	like(get('numbers?look=212')->{body}, qr/There are none of these/, 'none');
	like(get('numbers?look=x')->{body}, qr/aria-invalid/, 'what is no number');
	is(get("numbers?$_")->{status}, 200, $_) for 'state=gone', 'state=%3Cb%3E', 'after=x', 'after=%2B19195550103&state=in-service', 'look=';
	my $admin = get('numbers', 'admin');
	is($admin->{status}, 200, 'an ADMIN sees it');
	unlike($admin->{body} =~ s{<div class="who">.*?</div>}{}sr, qr/<form method="post"/, 'and has nothing to press');
	is(get('buy', 'admin')->{status}, 403, 'nor to buy');
	like(get('settings')->{body}, qr{/admin/1/numbers">Numbers<}, 'it is in the navigation');
}

# ---- by hand --------------------------------------------------------------------------------
is(goes(post('numbers', do => 'add', number => '(919) 555-0177')), '/admin/1/numbers?done=added', 'a number by hand');
is(state('+19195550177'), 'in-service', 'is there');
is((audited('numbers.add'))[-1]{who}, 'owner@example.org', 'and in the audit');
for (['', qr/Enter a number/], ['12', qr/aria-invalid/], ['+19195550177', qr/in the list already/], ['+19195550200', qr/Another organization/]) {
	my $a = post('numbers', do => 'add', number => $_->[0]);
	is($a->{status}, 422, "by hand: \"$_->[0]\"");
	like($a->{body}, $_->[1], 'says why');
}

# ---- draining -------------------------------------------------------------------------------
is(goes(post('numbers', do => 'drain', '+19195550101' => 'yes', '+19195550102' => 'yes')), '/admin/1/numbers?done=drained', 'drain two');
is(state('+19195550101') . state('+19195550102') . state('+19195550103'), 'drainingdrainingin-service', 'these two');
is(goes(post('numbers', do => 'resume', '+19195550101' => 'yes')), '/admin/1/numbers?done=in-service', 'one back');
is(state('+19195550101'), 'in-service', 'it is');
is(scalar audited('numbers.drain'), 1, 'audited');
like(post('numbers', do => 'drain')->{body}, qr/Choose one or more numbers first/, 'none chosen');
is(post('numbers', do => 'drain', '+19195550200' => 'yes')->{status}, 422, 'another organization\'s');
is(state('+19195550200'), undef, 'stays away');

# ---- how they are picked ----------------------------------------------------------------------
is(goes(post('numbers', do => 'picker', preferArea => 'yes', newContacts => '200')), '/admin/1/numbers?done=picker', 'the picker');
is_deeply($r->ctl('numbers', 'picker', 1), { prefer_area => JSON::PP::true, new_contacts => 200 }, 'is saved');
like(get('numbers')->{body}, qr/name="preferArea" checked/, 'and shown');
is(post('numbers', do => 'picker', newContacts => $_)->{status}, 422, "not $_") for 'x', '0', '-1', '100001';
is(goes(post('numbers', do => 'picker', newContacts => '')), '/admin/1/numbers?done=picker', 'off again');
is($r->ctl('numbers', 'picker', 1)->{new_contacts}, 0, 'no limit');

# ---- comparing --------------------------------------------------------------------------------
like(goes(post('numbers', do => 'sync')), qr{^/admin/1/jobs/[0-9a-f]{16}$}, 'sync leads to its page');
is(scalar(jobs('numbers-sync')), 1, 'one job');
post('numbers', do => 'sync');
is(scalar(jobs('numbers-sync')), 1, 'one that waits is enough');
like(get('numbers')->{body}, qr/Comparing with Bandwidth/, 'the list says that it goes on');
is(scalar audited('numbers.sync'), 2, 'audited');

# ---- searching --------------------------------------------------------------------------------
for ([{ kind => 'area', area => '91' }, 'area'], [{ kind => 'area', area => '919', quantity => '0' }, 'quantity'],
	[{ kind => 'area', area => '919', quantity => 'many' }, 'quantity'], [{ kind => 'state', state => 'Carolina' }, 'state'],
	[{ kind => 'city', city => 'Raleigh' }, 'cityState'], [{ kind => 'city', cityState => 'NC' }, 'city'],
	[{ kind => 'zip', zip => '1' }, 'zip']) {
	my ($form, $name) = @$_;
	my $a = post('buy', do => 'search', quantity => 5, %$form);
	is($a->{status}, 422, join ' ', 'not', %$form);
	like($a->{body}, qr/id="\Q$name\E"[^>]*aria-invalid/, "$name is marked");
}
is(scalar(jobs('numbers-search')), 0, 'none of these was asked');
my $search = goes(post('buy', do => 'search', kind => 'city', city => 'Raleigh', cityState => 'nc', quantity => 5));
like($search, qr{^/admin/1/jobs/[0-9a-f]{16}$}, 'a search leads to its page');
my ($job) = jobs('numbers-search');
is_deeply([@{ decode_json($job->{detail}) }{qw(kind city state quantity)}], ['city', 'Raleigh', 'NC', 5], 'it is stored');
my $page = $r->request(GET => $search, headers => { Cookie => $person{owner}{cookie} });
like($page->{body}, qr/Asking Bandwidth what it has/, 'the page says what happens');
like($page->{body}, qr/<meta http-equiv="refresh"/, 'and looks again without a script');
is($r->request(GET => $search =~ s{/1/}{/2/}r, headers => { Cookie => $r->sign_in('other@example.org')->{cookie} })->{status}, 404, 'another organization has no such job');
is(get('jobs/0000000000000000')->{status}, 404, 'no such job');
is(get('jobs/x')->{status}, 404, 'nor this');

# ---- ordering ---------------------------------------------------------------------------------
my %picked = (kind => 'numbers', '+19197771200' => 'yes', '+19197771237' => 'yes', '+19197771274' => 'yes');
my $ask = post('buy', do => 'ask', %picked);
is($ask->{status}, 200, 'it asks first');
like($ask->{body}, qr/This costs money: 3 numbers/, 'with the number of units and that it costs money');
like($ask->{body}, qr/Buy 3 numbers</, 'and on the button');
is(field($ask, 'numbers'), '+19197771200 +19197771237 +19197771274', 'which ones');
my %order = map { $_ => field($ask, $_) } qw(kind numbers quantity once);
is(scalar(jobs('numbers-order')), 0, 'nothing is ordered yet');
my $first = goes(post('buy', do => 'order', partial => 'yes', %order));
like($first, qr{^/admin/1/jobs/}, 'ordered');
is(goes(post('buy', do => 'order', partial => 'yes', %order)), $first, 'the same form again leads to the same order');
is(scalar(jobs('numbers-order')), 1, 'which is one');
is(scalar audited('numbers.order'), 1, 'audited once');
my $other = post('buy', do => 'order', %order);
is($other->{status}, 422, 'the same form for something else is refused');
is(scalar(jobs('numbers-order')), 1, 'and orders nothing');
is(post('buy', do => 'order', %order, once => '')->{status}, 422, 'without an id, too');
is(post('buy', do => 'ask', kind => 'numbers')->{status}, 422, 'nothing chosen');
is(post('buy', do => 'ask', kind => 'area', area => '919', quantity => 100000)->{status}, 422, 'too many');
$page = $r->request(GET => $first, headers => { Cookie => $person{admin}{cookie} });
like($page->{body}, qr/Order of numbers.*owner\@example\.org/s, 'an ADMIN sees how it goes');
like(get('numbers')->{body}, qr/Under way<\/h2>.*Order/s, 'the list shows it');

# ---- releasing --------------------------------------------------------------------------------
$ask = post('numbers', do => 'ask-release', '+19195550105' => 'yes', '+19845551001' => 'yes');
is($ask->{status}, 200, 'release asks first');
like($ask->{body}, qr/0 contacts know you by these numbers; 0 of them wrote within the last 7 days/, 'with what would follow');
like($ask->{body}, qr/Release 2 numbers</, 'and how many');
is(state('+19195550105'), 'in-service', 'nothing has happened yet');
my %release = (numbers => field($ask, 'numbers'), once => field($ask, 'once'));
is(post('numbers', do => 'release', %release, days => $_)->{status}, 422, "days \"$_\"") for 'x', '61', '-1';
$first = goes(post('numbers', do => 'release', %release, days => 7));
like($first, qr{^/admin/1/jobs/}, 'released');
is(goes(post('numbers', do => 'release', %release, days => 7)), $first, 'once');
is(scalar(jobs('numbers-release')), 1, 'one job');
is(state('+19195550105'), 'draining', 'they drain first');
is(scalar audited('numbers.release'), 1, 'audited');
my ($id) = $first =~ m{([^/]+)$};
like(get("jobs/$id")->{body}, qr/Take the release back/, 'it can be taken back');
is(goes(post('numbers', do => 'cancel-release', job => $id)), '/admin/1/numbers?done=release-cancelled', 'taken back');
is((jobs('numbers-release'))[0]{state}, 'failed', 'is over') or diag explain [jobs('numbers-release')];
is(state('+19195550105'), 'draining', 'the numbers still drain');
is(post('numbers', do => 'cancel-release', job => 'x')->{status}, 404, 'no such release');
like(post('numbers', do => 'ask-release', '+19195550200' => 'yes')->{body}, qr/not one of the organization/, 'not another organization\'s');
like(post('numbers', do => 'ask-release')->{body}, qr/Choose one or more numbers first/, 'none chosen');
is(goes(post('numbers', do => 'take-off', numbers => '+19195550106 +19195550107')), '/admin/1/numbers?done=taken-off', 'take off the list');
is(state('+19195550106'), 'gone', 'they are gone');
is(post('numbers', do => 'no-such')->{status}, 400, 'an unknown button');

# ---- the password -------------------------------------------------------------------------------
{
	$r->seed(stale => $person{owner}{cookie} =~ /=([^;]+)/);
	$ask = post('buy', do => 'ask', kind => 'area', area => '919', quantity => 2);
	like($ask->{body}, qr/name="currentPassword"/, 'somebody who signed in a while ago is asked for the password');
	my %form = (do => 'order', map { $_ => field($ask, $_) } qw(kind area quantity once));
	my $before = jobs('numbers-order');
	is(post('buy', %form)->{status}, 422, 'without it nothing is bought');
	is(post('buy', %form, currentPassword => 'not this one')->{status}, 422, 'nor with a wrong one');
	is(scalar(jobs('numbers-order')), $before, 'really');
	is(scalar audited('confirm.failed'), 1, 'which is audited');
	my $wait;
	for (1 .. 20) {
		$wait = post('buy', %form, currentPassword => 'nor this one');
		last if $wait->{body} =~ /Too many wrong passwords/;
	}
	like($wait->{body}, qr/Too many wrong passwords\. Try again in \d+ seconds/, 'after too many wrong ones there is a wait');
	is(post('buy', %form, currentPassword => $r->{world}{password})->{status}, 422, 'for the right one, too');
	is(scalar(jobs('numbers-order')), $before, 'and nothing is bought meanwhile');
	my $first = eval { $r->await(60, 'the end of the wait', sub {
		my $a = goes(post('buy', %form, currentPassword => $r->{world}{password}));
		return $a =~ m{^/admin/1/jobs/} && $a;
	}) };
	like($first // '', qr{^/admin/1/jobs/}, 'then the right one buys');

	# Whoever has the cookie alone cannot try many passwords at the same moment.
	$r->seed(stale => $person{owner}{cookie} =~ /=([^;]+)/);
	my @c = map { $r->begin(POST => '/admin/1/buy', headers => { Cookie => $person{owner}{cookie}, Origin => $r->{origin} },
	    form => { csrf => $person{owner}{csrf}, %form, currentPassword => "guess$_" }) } 1 .. 20;
	my @bodies = map { FCGI::finish($_)->{body} } @c;
	cmp_ok(scalar(grep { /This is not the password/ } @bodies), '<=', 6, 'of twenty passwords at once only the first few are judged');
	cmp_ok(scalar(grep { /Too many wrong passwords/ } @bodies), '>=', 14, 'the others have to wait');
}

# ---- fifty thousand ---------------------------------------------------------------------------------
{
	$r->seed(numbers => 50000);
	my $other = $r->sign_in('other@example.org');
	my $page = sub {
		my ($query) = @_;
		my ($best, $body) = (1000);
		for (1 .. 5) {
			my $begun = time;
			$body = $r->request(GET => "/admin/2/numbers$query", headers => { Cookie => $other->{cookie} })->{body};
			my $took = (time - $begun) * 1000;
			$best = $took if $took < $best;
		}
		return ($best, scalar(my @rows = $body =~ /<th scope="row">/g), $body);
	};
	for (['', 50], ['?after=%2B12045559000', 50], ['?look=205', 50], ['?state=in-service', 50], ['?state=gone', 0],
		['?state=draining&look=205', 0]) {
		my ($ms, $rows, $body) = $page->($_->[0]);
		is($rows, $_->[1], "of 50,000 numbers: $_->[0]: $_->[1] rows");
		cmp_ok($ms, '<', 60, 'without looking at the others');
		like($body, qr{>All <span class="num">50001</span>}, 'with the total');
	}
}
is($r->stop, 0, 'ends in order');
unlike($r->log, qr/919555\d{4}|hush/, 'no number and no secret is in the log');
done_testing();
