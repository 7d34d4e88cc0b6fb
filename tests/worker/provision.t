# From an empty account to an application that calls here: what was entered is used, what is
# missing is made, once, whatever goes wrong.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Time::HiRes qw(sleep time);
use Spoke;
use SpokeSim;

my $s = Spoke->new(settings => { WORKER => '/bin/true' }); # each test starts its own
$s->sim;
$s->init;
my $worker = Spoke::build() . '/spoke-worker';
my $serial = 0;

sub work { $s->start(worker => $worker, '--watch') }
sub rest { $s->stop('worker', $_[0] || 'TERM') }

# An organization with credentials of an empty account of its own.
sub fresh {
	my ($fields, %o) = @_;
	$serial++;
	my $id = 9_910_000 + $serial;
	$s->sim_account_empty(id => "$id", client => "fresh$serial", %o);
	my $org = $s->ctl('org', 'add', "Tenants United, Chapter $serial")->{organization};
	my $f = { org => $org, account => "$id", client => "fresh$serial" };
	save($f, %{$fields || {}});
	return $f;
}

sub save {
	my ($f, %fields) = @_;
	return $s->ctl(\"hush\n", 'settings', 'set', $f->{org}, "accountId=$f->{account}", "userName=$f->{client}",
	    (map { "$_=$fields{$_}" } sort keys %fields), '--password-stdin');
}

# How the last run stands: asked for without queueing another.
sub settings { return $s->ctl('settings', 'show', $_[0]{org}) }
sub setup { return settings(@_)->{setup} }
sub over { my ($f) = @_; $s->await($_[1] || 30, "a run of $f->{org}", sub { (setup($f)->{state} || '') =~ /done|failed/ }) }
sub steps { return { map { $_->{key} => $_ } @{$_[0]{steps}} } }
sub made { return $s->sim_ledger($_[0]{account})->{made} }
sub requests { my ($f) = @_; return grep { $_->{target} =~ m{/accounts/$f->{account}/} } $s->sim_requests }

# Exactly one of everything, and it is what the settings say.
sub one_of_each {
	my ($f, $what) = @_;
	my $l = $s->sim_ledger($f->{account});
	my $c = settings($f)->{config};
	is_deeply([map { scalar @{$l->{$_}} } qw(sites locations applications)], [1, 1, 1], "$what: one of each");
	is_deeply([$l->{sites}[0]{id}, $l->{locations}[0]{id}, $l->{applications}[0]{id}],
	    [@$c{qw(siteId sipPeerId applicationId)}], "$what: the settings name them");
	my $at = $l->{locations}[0];
	ok($at->{sms} && $at->{mms} && $at->{default}, "$what: SMS and MMS are on, the location is the default");
	is($at->{application}, $c->{applicationId}, "$what: the location has the application");
	return $l;
}

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
my ($status, $out) = $s->ctl_any('', 'provision', $f->{org}, '--wait', 30);
is($status, 0, 'asked again');
is($out->{state}, 'done', 'it looks');
is_deeply(made($f), { %{made($f)}, sites => 1, locations => 1, applications => 1 }, 'and makes nothing');
my @more = requests($f);
is_deeply([grep { $_->{method} eq 'POST' } @more[$before .. $#more]], [], 'it posts nothing');
rest();

done_testing();
