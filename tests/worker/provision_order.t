# Setting up while people go on saving, for several organizations, and what it never does.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../lib";
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);
use Provision;

my $s = provision_start();
my ($f, $status, $out, $err);
sub posted { my ($f, $path) = @_; return scalar grep { $_->{method} eq 'POST' && $_->{target} =~ m{$path$} } requests($f) }

# ---- nothing to set up with ------------------------------------------------------------
my $none = $s->ctl('org', 'add', 'Nobody yet')->{organization};
$s->ctl('settings', 'set', $none, 'city=', 'siteId=');
is(setup({ org => $none }), undef, 'without credentials nothing is queued');
work();
($status, $out) = $s->ctl_any('', 'provision', $none, '--wait', 20);
is($status, 1, 'asked for all the same');
like($out->{result}, qr/Enter account ID, client ID and client secret/, 'it says what is missing');
($status, $out, $err) = $s->ctl_any('', 'provision', 999);
is($status, 3, 'no such organization');

# ---- credentials first --------------------------------------------------------------------
rest();
$f = fresh();
$s->ctl_any("wrong\n", 'settings', 'set', $f->{org}, "userName=$f->{client}", '--password-stdin');
work();
over($f);
is(steps(setup($f))->{credentials}{state}, 'failed', 'a wrong secret');
is(scalar(requests($f)), 0, 'and nothing is asked for');
save($f);
over($f);
one_of_each($f, 'after the right one');

# ---- two saves in a row ----------------------------------------------------------------------
rest();
$f = fresh();
$s->sim_fault(match => { method => 'POST', path => "/$f->{account}/sites\$" }, answer_delay_ms => 1500);
work();
$s->await(20, 'the sub-account', sub { posted($f, '/sites') });
save($f);
sleep 0.5;
isnt(setup($f)->{state}, 'done', 'saved again while the first run is under way');
over($f);
is(setup($f)->{state}, 'done', 'the second goes on') or diag explain setup($f);
one_of_each($f, 'two saves');
is(posted($f, '/sites'), 1, 'one after the other: it was made once');

# ---- what somebody entered meanwhile stays -------------------------------------------------------
rest();
$f = fresh();
my ($site) = place($f);
$s->sim_fault(match => { method => 'POST', path => "/$f->{account}/sites\$" }, answer_delay_ms => 1500);
work();
$s->await(20, 'the sub-account', sub { posted($f, '/sites') });
$s->ctl('settings', 'set', $f->{org}, "siteId=$site");
over($f);
is(setup($f)->{state}, 'done', 'an ID entered while one was made') or diag explain setup($f);
is(settings($f)->{config}{siteId}, $site, 'is kept');
is((values %{locations($f)})[0]{site}, $site, 'and used') if keys %{locations($f)} == 1;

# ---- organizations with one account --------------------------------------------------------------
rest();
$f = fresh();
my $g = { %$f, org => $s->ctl('org', 'add', 'Tenants United, Chapter 2')->{organization} };
save($g);
work();
over($_) for $f, $g;
is(setup($_)->{state}, 'done', "organization $_->{org} of one account") for $f, $g;
my $l = $s->sim_ledger($f->{account});
is_deeply([map { scalar @{$l->{$_}} } qw(sites locations applications)], [2, 2, 2], 'each has its own');
for my $o ($f, $g) {
	my $c = settings($o)->{config};
	my ($at) = grep { $_->{id} eq $c->{sipPeerId} } @{$l->{locations}};
	my ($app) = grep { $_->{id} eq $c->{applicationId} } @{$l->{applications}};
	is_deeply([$at->{site}, $at->{application}, $app->{inbound_callback_url}],
	    [$c->{siteId}, $c->{applicationId}, "$s->{base}/bandwidth/$o->{org}"], "organization $o->{org} has its own things");
}
isnt(settings($f)->{config}{siteId}, settings($g)->{config}{siteId}, 'no two the same');

# ---- BASE_URL or SESSION_SECRET changed -------------------------------------------------------------
rest();
my $old = $s->{settings}{SESSION_SECRET} // 'a-secret-of-the-tests-0123456789abcdef';
$s->{settings}{SESSION_SECRET_PREVIOUS} = $old;
$s->{settings}{SESSION_SECRET} = 'another-secret-of-the-tests-987654321';
$s->write_conf;
my $password = $s->ctl('callback-password', $f->{org})->{callback_password};
sub app_of { my ($o) = @_; my $id = settings($o)->{config}{applicationId};
	return (grep { $_->{id} eq $id } @{$s->sim_ledger($o->{account})->{applications}})[0] }
isnt(app_of($f)->{inbound_callback_password}, $password, 'a new SESSION_SECRET: the application has the former password');
work();
($status, $out) = $s->ctl_any('', 'repair-application', $f->{org}, '--wait', 30);
is($status, 0, 'repaired') or diag explain $out;
is_deeply([@{app_of($f)}{qw(inbound_callback_password outbound_callback_password inbound_callback_user)}],
    [$password, $password, 'bandwidth.com'], 'it has the new one');
isnt(app_of($g)->{inbound_callback_password}, $password, "the other organization's is left alone");
$s->sim_break(application => app_of($f)->{id}, account => $f->{account}, callback_url => 'https://elsewhere.example/x');
($status, $out) = $s->ctl_any('', 'repair-application', $f->{org}, '--wait', 30);
is(app_of($f)->{inbound_callback_url}, "$s->{base}/bandwidth/$f->{org}", 'an address that somebody changed, too');
($status, $out) = $s->ctl_any('', 'repair-application', $none, '--wait', 30);
like($out->{result}, qr/There is no application yet/, 'nothing to repair');

# ---- a copy of the installation touches nothing -------------------------------------------------------
rest();
rename "$s->{dir}/data", "$s->{dir}/moved" or die $!;
$s->{settings}{DATA_DIR} = "$s->{dir}/moved";
$s->write_conf;
my $before = requests($f);
work();
($status, $out) = $s->ctl_any('', 'provision', $f->{org}, '--wait', 10);
is($status, 1, 'in a moved data directory');
like($out->{step}, qr/waits until somebody says that the former installation is stopped/, 'nothing is done, and it says why');
is(scalar(requests($f)), $before, 'at Bandwidth');
$s->ctl('moved', '--old-is-stopped');
($status, $out) = $s->ctl_any('', 'provision', $f->{org}, '--wait', 30);
is($status, 0, 'after the owner said that the old one is stopped') or diag explain $out;
rest();

# ---- an address that Bandwidth cannot call ---------------------------------------------------------------
$s->{settings}{BANDWIDTH_NUMBERS_URL} = 'https://api.invalid/api/v2';
$s->write_conf;
work();
($status, $out) = $s->ctl_any('', 'repair-application', $f->{org}, '--wait', 30);
is($status, 1, 'a BASE_URL on this machine, and a Numbers API that is not');
like($out->{result}, qr/BASE_URL names this machine itself/, 'no application is told it');
rest();

done_testing();
