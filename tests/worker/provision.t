# From an empty account to an application that calls here: what was entered is used, what is
# missing is made, once, whatever goes wrong.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../lib";
use JSON::PP;
use Test::More;
use Provision;

my $s = provision_start();
my ($status, $out);

# ---- what is set for all accounts -------------------------------------------------------
# First, so that it meets none of those that are put off below.
$s->sim_do(POST => 'config', { settings => { address_required => 1 } });
my $wanting = fresh();
work();
over($wanting);
like(setup($wanting)->{result}, qr/wants a billing address/, 'an account that wants an address');
$s->sim_do(POST => 'config', { settings => { address_required => 0 } });
rest();

# ---- a pause that is too long to sit out ------------------------------------------------
# The run is put off; it goes on when everything else here has been seen.
my $paused = fresh();
$s->sim_fault(match => { path => "/$paused->{account}/" }, status => 429, headers => { 'Retry-After' => '25' });
work();
$s->await(20, 'it to be put off', sub { (setup($paused)->{step} || '') =~ /429|asked again/ });
is(scalar(requests($paused)), 1, '429 with a long Retry-After: nothing more is asked');
rest();

# ---- from nothing -----------------------------------------------------------------

my $f = fresh();
work();
over($f);
my $run = setup($f);
is($run->{state}, 'done', 'an empty account is set up') or diag explain $run;
is_deeply([map { $_->{state} } @{$run->{steps}}], [('done') x 7], 'all seven steps are done');
my $l = one_of_each($f, 'from nothing');
my $url = "$s->{base}/bandwidth/$f->{org}";
my $app = $l->{applications}[0];
is_deeply([@$app{qw(inbound_callback_url outbound_callback_url inbound_callback_user outbound_callback_user)}],
    [$url, $url, 'bandwidth.com', 'bandwidth.com'], 'the application calls here');
my $password = $s->ctl('callback-password', $f->{org})->{callback_password};
is_deeply([@$app{qw(inbound_callback_password outbound_callback_password)}], [$password, $password], 'with the callback password');
like($l->{sites}[0]{name}, qr/^Tenants United Chapter \S* ?spoke-$f->{org}-[0-9a-f]{8}$/, 'names say whose it is')
    or diag explain $l->{sites};
cmp_ok(length $l->{sites}[0]{name}, '<=', 50, 'and are short enough');

my $before = scalar requests($f);
($status, $out) = $s->ctl_any('', 'provision', $f->{org}, '--wait', 30);
is($status, 0, 'asked again');
is($out->{state}, 'done', 'it looks');
is_deeply(made($f), { sites => 1, sippeers => 1, sms => 1, mms => 1, applications => 1 }, 'everything was made once');
my @more = requests($f);
is_deeply([grep { $_->{method} eq 'POST' } @more[$before .. $#more]], [], 'it posts nothing');

# ---- what was entered is used and checked -------------------------------------------

rest(); # so that everything is there before the first run
my $g = fresh();
my ($site, $location) = place($g, sms => JSON::PP::false, mms => JSON::PP::false);
my $theirs = application($g, 'https://other.example/hook');
save($g, siteId => $site, sipPeerId => $location);
work();
over($g);
is(setup($g)->{state}, 'done', 'sub-account and location were entered');
is_deeply(made($g), { sms => 1, mms => 1, applications => 1 }, 'only what was missing is made') or diag explain made($g);
is(locations($g)->{$location}{application}, settings($g)->{config}{applicationId}, 'for the location entered');
is_deeply([sort @{settings($g)->{confirmed}}], [qw(applicationId sipPeerId siteId)], 'all three are confirmed');

$g = fresh({ siteId => '999999' });
over($g);
is(steps(setup($g))->{site}{state}, 'failed', 'a sub-account that is not there');
like(setup($g)->{result}, qr/no sub-account 999999.*leave it empty/, 'what to do');
is_deeply(made($g), {}, 'nothing was made');
is_deeply(settings($g)->{confirmed}, [], 'it is not confirmed');
save($g, siteId => '');
over($g);
one_of_each($g, 'after it was emptied');

$g = fresh({ sipPeerId => '12345' });
over($g);
like(setup($g)->{result}, qr/without its sub-account ID/, 'a location without its sub-account');

rest();
$g = fresh();
($site) = place($g);
save($g, siteId => $site, sipPeerId => '4711');
work();
over($g);
like(setup($g)->{result}, qr/Sub-account $site has no location 4711/, 'a location that is not in it');

# ---- an application --------------------------------------------------------------------
rest();
$g = fresh();
my $ours = application($g, "$s->{base}/bandwidth/$g->{org}");
work();
over($g);
is(settings($g)->{config}{applicationId}, $ours, 'an application that calls here already is adopted');
is(scalar @{$s->sim_ledger($g->{account})->{applications}}, 1, 'no other is made');
($app) = @{$s->sim_ledger($g->{account})->{applications}};
is($app->{inbound_callback_user}, 'bandwidth.com', 'it is told our user ID');

rest();
$g = fresh();
application($g, 'https://other.example/hook');
application($g, "$s->{base}/bandwidth/99");
work();
over($g);
is(setup($g)->{state}, 'done', 'others\' applications');
is_deeply([sort map { $_->{inbound_callback_url} } grep { $_->{id} ne settings($g)->{config}{applicationId} }
	@{$s->sim_ledger($g->{account})->{applications}}],
    ["$s->{base}/bandwidth/99", 'https://other.example/hook'], 'are left alone');

rest();
$g = fresh();
$theirs = application($g, 'https://other.example/hook');
save($g, applicationId => $theirs);
work();
over($g);
is(setup($g)->{state}, 'failed', 'an application entered that calls elsewhere');
like(setup($g)->{result}, qr{calls another address, https://other\.example/hook}, 'is asked about');
($app) = @{$s->sim_ledger($g->{account})->{applications}};
is($app->{inbound_callback_url}, 'https://other.example/hook', 'not overwritten');
($status) = yes($g, 'assignment');
is($status, 1, 'another question is not answered');
($status, $out) = yes($g, 'callbacks');
is($status, 0, 'yes') or diag explain $out;
($app) = @{$s->sim_ledger($g->{account})->{applications}};
is($app->{inbound_callback_url}, "$s->{base}/bandwidth/$g->{org}", 'it calls here');
is($app->{assigned}, JSON::PP::true, 'and has its location');

$g = fresh({ applicationId => '93de2206-9669-4e07-948d-aaaaaaaaaaaa' });
over($g);
like(setup($g)->{result}, qr/has no application 93de2206/, 'an application that is not there');

# ---- a location of another application -------------------------------------------------
rest();
$g = fresh();
$theirs = application($g, 'https://other.example/hook');
($site, $location) = place($g, sms => JSON::PP::true, mms => JSON::PP::true, application => $theirs);
save($g, siteId => $site, sipPeerId => $location);
work();
over($g);
is(setup($g)->{state}, 'failed', 'a location of another application');
like(setup($g)->{result}, qr/belongs to another application, $theirs/, 'is asked about');
is(locations($g)->{$location}{application}, $theirs, 'not taken');
($status, $out) = yes($g, 'assignment');
is($status, 0, 'yes') or diag explain $out;
is(locations($g)->{$location}{application}, settings($g)->{config}{applicationId}, 'it is taken');

# ---- what Bandwidth can tell without being entered ---------------------------------------
rest();
$g = fresh();
$ours = application($g, "$s->{base}/bandwidth/$g->{org}");
($site, $location) = place($g, application => $ours);
save($g, applicationId => $ours);
work();
over($g);
is(setup($g)->{state}, 'done', 'an application entered that has its location') or diag explain setup($g);
is_deeply([@{settings($g)->{config}}{qw(siteId sipPeerId)}], [$site, $location], 'that one is used');
is_deeply(made($g), {}, 'and nothing made');

rest();
$g = fresh();
($site, $location) = place($g);
my $number = '+19195557000';
$s->sim_numbers(number => $number, account => $g->{account}, location => $location);
$s->ctl('numbers', 'add', $g->{org}, $number);
work();
over($g);
is(setup($g)->{state}, 'done', 'an organization that has numbers') or diag explain setup($g);
is_deeply([@{settings($g)->{config}}{qw(siteId sipPeerId)}], [$site, $location], 'is set up where they lie');
is_deeply(made($g), { applications => 1 }, 'not beside them');

# ---- what Bandwidth says ------------------------------------------------------------------
$g = fresh({}, http_messaging => JSON::PP::false);
over($g);
my $sms = steps(setup($g))->{sms};
is($sms->{state}, 'failed', 'an account without HTTP messaging');
like($sms->{sentence}, qr/only Bandwidth can enable it/, 'who can help');
like($sms->{words}, qr/^13609: /, "in Bandwidth's words");
is(scalar @{settings($g)->{confirmed}}, 2, 'what was made before is remembered');
$s->sim_do(POST => 'account', { id => $g->{account}, client => $g->{client}, secret => 'hush' });
($status) = $s->ctl_any('', 'provision', $g->{org}, '--wait', 30);
is($status, 0, 'once it is enabled');
one_of_each($g, 'after 13609');

rest();
$g = fresh();
$s->sim_fault(match => { path => "/$g->{account}/sites/*/sippeers/*/products/messaging/features/mms\$" }, status => 400, times => 0);
work();
over($g);
is(setup($g)->{state}, 'done', 'without MMS it goes on');
is(steps(setup($g))->{mms}{state}, 'failed', 'the step has failed');
like(setup($g)->{result}, qr/^Texting is set up: .*What did not work: \S/, 'and the end says so');
$s->sim_do(POST => 'faults/clear', {});

$g = fresh({}, roles => ['Messaging']);
over($g);
is(steps(setup($g))->{site}{state}, 'failed', 'credentials without the role');
like(setup($g)->{result}, qr/lack a role/, 'say so');
cmp_ok(scalar(grep { $_->{status} == 403 } requests($g)), '<=', 2, 'Bandwidth is not asked again and again');
is(settings($g)->{credentials}, 'confirmed', 'and texts go all the same');

rest();
$g = fresh();
$s->sim_fault(match => { method => 'POST', path => "/$g->{account}/sites\$" }, error => 12112);
save($g, houseNumber => 900, streetName => 'Main Campus Dr', city => 'Raleigh', stateCode => 'NC', zip => '27606',
    country => 'US');
work();
over($g);
like(setup($g)->{result}, qr/wants the address written differently/, 'an address that Bandwidth wants otherwise');
($status) = $s->ctl_any('', 'provision', $g->{org}, '--wait', 30);
is($status, 0, 'the next time');
my ($post) = grep { $_->{method} eq 'POST' && $_->{target} =~ m{/sites$} && $_->{status} == 201 } requests($g);
like($post->{body}, qr{<StreetName>Main Campus Dr</StreetName>}, 'the address went with it');

# ---- faults that pass -------------------------------------------------------------------------
# Each has an account of its own, and one worker waits for all of them together.
rest();
my @cases;
for my $fault ({ status => 503 }, { status => 429, headers => { 'Retry-After' => '1' } }, { status => 429, reset_s => 1 },
	{ cut => 'head' }, { cut => 'answer' }, { body => '<html>busy</html>' }, { status => 409 }) {
	my $name = join ' ', map { ref $fault->{$_} ? $_ : "$_ $fault->{$_}" } sort keys %$fault;
	my $f = fresh();
	my $conflict = ($fault->{status} // 0) == 409;
	for my $path ("/$f->{account}/sites\$", "/$f->{account}/sites/*/sippeers\$", "/$f->{account}/applications\$") {
		$s->sim_fault(match => { method => $conflict ? 'POST' : 'GET', path => $path }, %$fault);
	}
	push @cases, [$f, $name, $conflict];
}
# A token that ends meanwhile, a role that was given meanwhile: once, with a new token.
my @renewed;
for my $status (401, 403) {
	my $f = fresh();
	$s->sim_fault(match => { method => 'POST', path => "/$f->{account}/sites\$" }, status => $status);
	push @renewed, [$f, $status];
}
work();
for (@cases) {
	my ($f, $name, $conflict) = @$_;
	over($f, 100);
	is(setup($f)->{state}, $conflict ? 'failed' : 'done', "$name: it ends") or diag explain setup($f);
	one_of_each($f, $name) unless $conflict;
}
for (@renewed) {
	my ($f, $status) = @$_;
	over($f, 100);
	is(setup($f)->{state}, 'done', "$status once") or diag explain setup($f);
	one_of_each($f, "$status once");
	is((grep { $_->{status} == $status } requests($f)), 1, 'the second time it passed');
}
over($paused, 100);
is(setup($paused)->{state}, 'done', 'after the pause it is set up') or diag explain setup($paused);
one_of_each($paused, 'after the pause');

rest();
done_testing();
