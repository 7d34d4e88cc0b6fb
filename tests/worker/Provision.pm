# Provision.pm: organizations with accounts of their own in the simulator, and what came of setting
# them up. No worker runs but the one that a test starts.
package Provision;
use strict;
use warnings;
use Exporter 'import';
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);
use Spoke;
use SpokeSim;

our @EXPORT = qw(provision_start work rest fresh save settings setup over steps made requests one_of_each place
    application yes locations);

my ($s, $worker);
my $serial = 0;

# The installation; settings: more of spoke.conf's.
sub provision_start {
	my (%settings) = @_;
	$s = Spoke->new(settings => { WORKER => '/bin/true', %settings });
	$s->sim;
	$s->init;
	$worker = Spoke::build() . '/spoke-worker';
	return $s;
}

sub work { return $s->start(worker => $worker, '--watch') }
sub rest { return $s->stop('worker', $_[0] || 'TERM') }

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
sub over {
	my ($f, $seconds) = @_;
	$s->await($seconds || 60, "a run of $f->{org}", sub {
		return 1 if (setup($f)->{state} || '') =~ /done|failed/;
		sleep 0.1;	# to ask costs a processor more than to wait
		return 0;
	});
}
sub steps { return { map { $_->{key} => $_ } @{$_[0]{steps}} } }
# How many of each were made in the account, whoever got the answer.
sub made {
	my %n;
	for (grep { $_->{method} eq 'POST' && $_->{status} != 400 && $_->{status} != 409 } requests($_[0])) {
		$n{$1}++ if $_->{target} =~ m{/(\w+)$};
	}
	return \%n;
}
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

# Somebody's own sub-account and location, made in the simulator.
sub place {
	my ($f, %l) = @_;
	my $n = ++$serial;
	$s->sim_do(POST => 'config', { sites => [{ id => "70$n", account => $f->{account}, name => 'Theirs' }],
		locations => [{ id => "80$n", site => "70$n", account => $f->{account}, name => 'Texts', %l }] });
	return ("70$n", "80$n");
}
sub application {
	my ($f, $url, %a) = @_;
	my $id = sprintf '93de2206-9669-4e07-948d-%012d', ++$serial;
	$s->sim_do(POST => 'config', { applications => [{ id => $id, account => $f->{account}, callback_url => $url,
		callback_user => 'x', callback_password => 'y', %a }] });
	return $id;
}
sub yes { return $s->ctl_any('', 'provision', $_[0]{org}, '--yes', $_[1], '--wait', 30) }
sub locations { return { map { $_->{id} => $_ } @{$s->sim_ledger($_[0]{account})->{locations}} } }

1;
