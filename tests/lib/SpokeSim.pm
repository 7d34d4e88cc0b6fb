# SpokeSim.pm: the simulator's Numbers API, as tests set it up, break it and judge by it.
# More methods of Spoke; tests/sim/README says what each address takes.
#
#   $s->sim;                                       # first, as in Spoke.pm
#   my $new = $s->sim_account_empty;               # credentials and nothing else
#   $s->sim_stock(first => '+19195550300', count => 10, state => 'NC');
#   $s->sim_fault(match => { method => 'POST', path => '/sites$' }, cut => 'accepted');
#   is(scalar @{$s->sim_ledger->{sites}}, 1, 'made once');
package Spoke;
use strict;
use warnings;

# An account in which nothing is set up. Options: id, client, secret, roles (array), messaging, http_messaging,
# express; returns {account, client, secret}.
sub sim_account_empty {
	my ($self, %o) = @_;
	%o = (id => '9900001', client => 'fresh', secret => 'hush', %o);
	$self->sim_do(POST => 'account', \%o);
	return { account => $o{id}, client => $o{client}, secret => $o{secret} };
}

# Numbers for sale: number, numbers or first and count; with city state zip rate_center lata near.
sub sim_stock { my ($self, %o) = @_; return $self->sim_do(POST => 'stock', \%o) }

# Numbers an account has: the same, with account location status sms campaign verification. Also changes them:
# account => 'other' sells them elsewhere, location => undef takes them off it.
sub sim_numbers { my ($self, %o) = @_; return $self->sim_do(POST => 'numbers', \%o) }

# They are gone.
sub sim_gone { my ($self, @numbers) = @_; return $self->sim_do(POST => 'numbers/remove', { numbers => \@numbers }) }

# What an account has: a list of {number, account, location, status, sms, campaign}.
sub sim_tns {
	my ($self, %o) = @_;
	return @{$self->sim_do(GET => 'tns?' . join '&', map { "$_=$o{$_}" } sort keys %o)->{numbers}};
}

# A finished world: site "30130", location "569230", everything on, the application assigned, the numbers on it and on
# the campaign "CSIM001".
sub sim_location {
	my ($self, %o) = @_;
	my %l = (id => '569230', site => '30130', account => $Spoke::ACCOUNT, application => $Spoke::APPLICATION, %o);
	my $numbers = delete $l{numbers} || [$self->{number} || '+19195550100'];
	$self->sim_do(POST => 'config', { sites => [{ id => $l{site}, account => $l{account}, name => 'Texting' }],
		locations => [\%l], numbers => [{ numbers => $numbers, account => $l{account}, location => $l{id},
			campaign => 'CSIM001' }] });
	return \%l;
}

# What was made and asked for: {sites, locations, applications, orders, disconnects, tnoptions, posts, made, numbers}.
sub sim_ledger {
	my ($self, $account) = @_;
	return $self->sim_do(GET => 'numbers' . (defined $account ? "?account=$account" : ''));
}

# The requests to the Numbers API, in order: {method, target, body, status, fault}.
sub sim_requests {
	my ($self) = @_;
	return grep { $_->{where} eq 'numbers' } @{$self->sim_do(GET => 'ledger?kind=requests')->{requests}};
}

# {site | location | application => ID, delete => 1} or what config takes: sms => 0, application => undef, ...
sub sim_break {
	my ($self, %o) = @_;
	for (grep { exists $o{$_} } qw(delete sms mms default)) {
		$o{$_} = $o{$_} ? JSON::PP::true : JSON::PP::false;
	}
	return $self->sim_do(POST => 'break', \%o);
}

# A fault of the Numbers API.
sub sim_fault { my ($self, %o) = @_; return $self->sim_faults({ where => 'numbers', %o }) }

# Orders that wait are due now, and numbers in service.
sub sim_hurry { my ($self) = @_; return $self->sim_do(POST => 'orders/hurry', {}) }

1;
