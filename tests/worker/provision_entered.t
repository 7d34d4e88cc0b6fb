# What was entered and cannot be used as it is: an application that may not be looked at or changed, is for calls, or
# serves two locations. Each ends with what to do, and nothing is made or changed that nobody asked for.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../lib";
use JSON::PP;
use Test::More;
use Provision;

my $s = provision_start(BASE_URL_PREVIOUS => 'https://before.example');
my $words = '<ApplicationProvisioningResponse><ResponseStatus><ErrorCode>12999</ErrorCode><Description>No such luck</Description>'
    . '</ResponseStatus></ApplicationProvisioningResponse>';
my $voice = '<ApplicationProvisioningResponse><Application><ApplicationId>%s</ApplicationId><ServiceType>Voice-V2</ServiceType>'
    . '<AppName>Calls</AppName></Application></ApplicationProvisioningResponse>';
sub url { my ($f) = @_; return "$s->{base}/bandwidth/$f->{org}" }
sub called { my ($f, $id) = @_; my ($a) = grep { $_->{id} eq $id } @{$s->sim_ledger($f->{account})->{applications}}; return $a->{inbound_callback_url} }
sub answer { my ($f, $method, $part, %how) = @_; return $s->sim_fault(match => { method => $method, path => "/accounts/$f->{account}/$part" }, content_type => 'application/xml', %how) }
# An organization whose application was entered and calls here already.
sub entered {
	my $f = fresh();
	my $id = application($f, url($f));
	save($f, applicationId => $id);
	return ($f, $id);
}
sub step { my ($f, $key) = @_; return steps(setup($f))->{$key} }

# ---- an application that was entered ------------------------------------------------------------

for my $case (['GET', { status => 403, times => 2 }, qr/The application could not be looked at/, 'may not be looked at'],
    ['PATCH', { status => 400, body => $words }, qr/The application could not be told the callback address/, 'is not changed'],
    ['GET', { status => 200, body => $voice }, qr/is not for messaging\. Enter the ID of a messaging application/, 'is for calls']) {
	my ($method, $how, $sentence, $what) = @$case;
	my ($f, $id) = entered();
	answer($f, $method, "applications/$id\$", %$how, $how->{body} ? (body => $how->{body} =~ s/%s/$id/r) : ());
	work();
	over($f, 120);
	is(setup($f)->{state}, 'failed', "an application that $what");
	like(step($f, 'application')->{sentence}, $sentence, 'is told of');
	like(step($f, 'application')->{words}, qr/No such luck/, "in Bandwidth's words") if ($how->{body} // '') eq $words;
	is(scalar @{$s->sim_ledger($f->{account})->{applications}}, 1, 'no other is made');
	rest();
	$s->sim_do(POST => 'faults/clear', {});
	work();
	is(($s->ctl_any('', 'provision', $f->{org}, '--wait', 60))[0], 0, 'later it is used');
	is(settings($f)->{config}{applicationId}, $id, 'the same one');
	rest();
}

{
	my ($f, $id) = entered();
	place($f, application => $id);
	place($f, application => $id);
	work();
	over($f);
	is(setup($f)->{state}, 'failed', 'an application that serves two locations');
	like(setup($f)->{result}, qr/Application $id serves 2 locations\. Enter the sub-account ID and the location ID/, 'they are not guessed');
	is_deeply(made($f), {}, 'nothing is made');
	rest();
}

{
	my $f = fresh();
	my $id = application($f, "https://before.example/bandwidth/$f->{org}");
	work();
	over($f);
	is(settings($f)->{config}{applicationId}, $id, 'an application that calls the address before is ours');
	is(called($f, $id), url($f), 'and calls here now');
	is_deeply([made($f)->{applications}], [undef], 'no other is made');
	rest();
}

done_testing();
