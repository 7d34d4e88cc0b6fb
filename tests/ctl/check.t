# Check my setup: in a right world everything is fine; then each thing is broken alone, and exactly its step
# is wrong, with its sentence and one action, by spokectl --json and on the page.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP;
use Setup;
use Test::More;

my ($yes, $no) = (JSON::PP::true, JSON::PP::false);
my $w = Setup->new;
my $s = $w->{s};

is_deeply([grep { $_->{state} ne 'unknown' } map { $w->page->{$_} } qw(sub-account application numbers)], [],
    'before the first check nothing is known of Bandwidth');
my ($status, $steps) = $w->check;
is($status, 0, 'a right world') or diag $w->show;
is_deeply([grep { $steps->{$_}{state} ne 'fine' } sort keys %$steps], [], 'is fine, step by step');
is($w->in_state($w->page, 'fine'), join(' ', sort keys %$steps), 'on the page, too');
like($w->get('check'), qr/All is well/, 'which says so');

# ---- one thing at a time --------------------------------------------------------
sub config { my (%c) = @_; return sub { $s->sim_do(POST => 'config', \%c) } }
sub client { my (%c) = @_; return config(clients => [{ id => 'client', secret => 'hush', accounts => [$Spoke::ACCOUNT], %c }]) }
sub application { my (%c) = @_; return config(applications => [{ id => $Spoke::APPLICATION, account => $Spoke::ACCOUNT, %c }]) }
sub broken { my (%b) = @_; return sub { $s->sim_break(account => $Spoke::ACCOUNT, %b) } }

my @all = ('Numbers', 'Campaign Management', 'TFV');
for my $case (
	['a disabled client', 'credentials', qr/refuses the client ID/, qr/Enter them again/, client(disabled => $yes)],
	['a missing role', 'roles', qr/They have the roles: Configuration/, qr/give them the roles/, client(roles => ['Configuration'])],
	['an account without messaging', 'account', qr/does not let account $Spoke::ACCOUNT in/, qr/enable messaging/,
		config(accounts => [{ id => $Spoke::ACCOUNT, messaging => $no }]),
		config(accounts => [{ id => $Spoke::ACCOUNT, messaging => $yes }])],
	['credentials of another account', 'account', qr/are for: 9900001/, qr/Enter that account/,
		sub { config(accounts => [{ id => '9900001' }])->(); client(accounts => ['9900001'])->() }],
	['credentials of many accounts', '', undef, undef, client(accounts => [(map { "99100$_" } 10 .. 30), $Spoke::ACCOUNT],
		roles => ['Configuration', @all])],
	['a trial account', 'account', qr/trial/, qr/Ask Bandwidth/, client(express => $yes, roles => ["Configuration", @all])],
	['no such sub-account', 'sub-account', qr/knows no sub-account $Setup::SITE/, qr/Compare/, broken(site => $Setup::SITE, delete => 1)],
	['no such location', 'location', qr/knows no location $Setup::LOCATION/, qr/Compare/,
		broken(location => $Setup::LOCATION, delete => 1)],
	['SMS off', 'sms', qr/SMS is off/, qr/switched on/, broken(location => $Setup::LOCATION, sms => 0)],
	['MMS off', 'mms', qr/MMS is off/, qr/switched on/, broken(location => $Setup::LOCATION, mms => 0)],
	['no such application', 'application', qr/knows no application $Spoke::APPLICATION/, qr/Compare/,
		broken(application => $Spoke::APPLICATION, delete => 1)],
	['another callback URL for replies', 'callback-in', qr{calls http://127.0.0.1:9/x instead of}, qr/Repair/,
		application(inbound_callback_url => 'http://127.0.0.1:9/x')],
	['another callback URL for reports', 'callback-out', qr{calls http://127.0.0.1:9/x instead of}, qr/Repair/,
		application(outbound_callback_url => 'http://127.0.0.1:9/x')],
	['another callback user', 'callback-user', qr/"somebody" instead of bandwidth.com/, qr/Repair/,
		application(inbound_callback_user => 'somebody')],
	['a wrong callback password', 'callback-password', qr/wrong callback user ID or password/, qr/Repair/,
		sub { $s->callback([], password => 'wrong') }, sub { $s->callback([]) }],
	['no application assigned', 'assigned', qr/accepts every text and delivers none/, qr/assigned/,
		broken(location => $Setup::LOCATION, application => undef)],
	['a number sold elsewhere', 'numbers', qr/1 of the numbers used here is not at this location .*\+19195550101/, qr/Sync/,
		sub { config(accounts => [{ id => '9900001' }])->(); $s->sim_numbers(numbers => ['+19195550101'], account => '9900001') }],
	['a number without a campaign', 'registration', qr/1 of 3 local numbers \(\+19195550102/, qr/campaign/,
		sub { $s->sim_numbers(numbers => ['+19195550102'], campaign => undef) }],
	['sending paused', 'sending', qr/paused/, qr/RESUME/, sub { $s->ctl('pause', 1) }, sub { $s->ctl('resume', 1) }],
	['a wrong clock', 'clock', qr/10 minutes ahead of Bandwidth/, qr/timedatectl/, config(settings => { clock_skew_s => -630 }),
		config(settings => { clock_skew_s => 0 })],
) {
	my ($what, $step, $sentence, $action, $break, $mend) = @$case;
	subtest $what => sub {
		$break->();
		if ($step eq '') {
			my ($code, $now) = $w->check;
			is($code, 0, 'nothing is wrong') or diag $w->show;
			$w->world;
			return;
		}
		my ($code, $now, $all) = $w->check;
		is($code, 1, 'status 1');
		is($w->in_state($now, 'wrong'), $step, 'exactly that step is wrong') or diag $w->show;
		is($all->{wrong}, 1, 'one is counted');
		like($now->{$step}{sentence}, $sentence, 'its sentence');
		like($now->{$step}{action}, $action, 'its action');
		my $page = $w->page;
		is($w->in_state($page, 'wrong'), $step, 'on the page, too');
		is_deeply([@{$page->{$step}}{qw(sentence action)}], [@{$now->{$step}}{qw(sentence action)}], 'in the same words');
		like($w->get('check'), qr{<b>1 thing is wrong\.</b> <a href="#$step">}, 'which are announced at the top');
		$w->world;
		$mend->() if $mend;
	};
}

# Refused credentials were noted; the next check has them confirmed again.
$w->check;
$s->await(20, 'the credentials to be confirmed', sub { $s->ctl('settings', 'show', 1)->{credentials} eq 'confirmed' });
($status, $steps) = $w->check;
is($status, 0, 'mended, all is well again') or diag $w->show;

# ---- toll-free ---------------------------------------------------------------------
$s->ctl('numbers', 'add', 1, '+18005550100');
$s->sim_numbers(numbers => ['+18005550100'], account => $Spoke::ACCOUNT, location => $Setup::LOCATION, verification => 'PENDING');
($status, $steps) = $w->check;
is($w->in_state($steps, 'wrong'), 'registration', 'a toll-free number that is not verified');
like($steps->{registration}{sentence}, qr/\+18005550100 \(PENDING\)/, 'is named, with its status');
$s->sim_numbers(numbers => ['+18005550100'], verification => 'VERIFIED');
is(($w->check)[0], 0, 'once it is verified all is well') or diag $w->show;

# ---- what Bandwidth does not tell --------------------------------------------------
client(roles => ['Configuration', 'Numbers'])->();
($status, $steps) = $w->check;
is($w->in_state($steps, 'unknown'), 'registration', 'without the role registrations are unknown');
is($status, 0, 'which is no alarm');
$w->world;

# ---- Bandwidth cannot be reached: unknown, never wrong -------------------------------
for my $fault (['the token endpoint fails', { where => 'token', status => 503 }], ['the Numbers API fails', { where => 'numbers', status => 500 }],
	['its answers are cut', { where => 'numbers', cut => 'answer' }], ['it is asked too much', { where => 'numbers', status => 429, empty => $yes }],
	['messaging fails', { where => 'list', status => 500 }],
	['a page of another server', { where => 'numbers', status => 200, body => '<html>Welcome</html>', content_type => 'text/html' }]) {
	$s->sim_faults({ times => 0, %{$fault->[1]} });
	($status, $steps) = $w->check;
	is($w->in_state($steps, 'wrong'), '', "$fault->[0]: nothing is wrong") or diag $w->show;
	is($status, 1, 'but not all is known');
	$s->sim_do(POST => 'faults/clear', {});
}
$s->stop('sim', 'KILL');
($status, $steps) = $w->check;
is($w->in_state($steps, 'wrong'), '', 'Bandwidth is not there at all: nothing is wrong') or diag $w->show;
like($steps->{credentials}{sentence}, qr/could not be asked/, 'it could not be asked');
is($w->in_state($w->page, 'wrong'), '', 'on the page, too');
is($steps->{address}{state}, 'fine', 'our own address was called all the same');
done_testing();
