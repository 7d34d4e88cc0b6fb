# Setting up when Bandwidth does not let it, at each of its requests: what it forbids ends the run with a sentence, what
# makes no sense is asked again, and afterwards there is one of everything. And locations that are set up for something
# else are told of, not changed.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../lib";
use JSON::PP;
use Test::More;
use Provision;

my $s = provision_start();
my $f = fresh();
work();
over($f);
my @way = map { "$_->{method} " . ($_->{target} =~ s{.*/accounts/\d+}{}r =~ s{/\d+}{/N}gr) } requests($f);
rest();
cmp_ok(scalar @way, '>=', 12, 'the whole way: ' . join ', ', @way);

# An account for each request and fault; one worker sets all of them up.
my %faults = (
	forbidden => { status => 403, times => 2 },	# once could be a role that was given since
	'an error in words' => { status => 400, body => '<Response><ErrorList><Error><Code>5012</Code><Description>No such luck</Description></Error></ErrorList></Response>', content_type => 'application/xml' },
	'no sense' => { status => 200, body => '<html>busy</html>', content_type => 'text/html' },
);
my @cases;
for my $n (0 .. $#way) {
	for my $what (sort keys %faults) {
		# What may have been made is looked for, for a minute: provision_kill.t.
		next if $what eq 'no sense' && $way[$n] =~ m{^POST .*(sites|sippeers|applications)$};
		my $f = fresh();
		$s->sim_fault(match => { path => "/accounts/$f->{account}/" }, nth => $n + 1, times => 1, %{$faults{$what}});
		push @cases, [$f, $n, $what];
	}
}
work();
for my $case (@cases) {
	my ($f, $n, $what) = @$case;
	over($f, 120);
	my $run = setup($f);
	my $where = "$way[$n], $what";
	my ($step) = grep { $_->{state} eq 'failed' } @{$run->{steps}};
	if ($what eq 'no sense') {
		is($run->{state}, 'done', "$where: asked again, it ends well") or diag explain $run;
	} elsif ($way[$n] =~ /tns/) {
		is($run->{state}, 'done', "$where: that is only to know more");
	} else {
		ok($step && length($step->{sentence} // '') > 20, "$where: the step says what is wrong: " . ($step->{sentence} // ''));
		like($step->{words} // '', qr/No such luck/, "$where: in Bandwidth's words") if $what =~ /words/;
		is($run->{state}, $step->{key} eq 'mms' ? 'done' : 'failed', "$where: only pictures can be done without");
	}
	$s->ctl('provision', $f->{org}) if $step;
}
for my $case (@cases) {
	my ($f, $n, $what) = @$case;
	over($f, 120);
	is(setup($f)->{state}, 'done', "$way[$n], $what: in the end it is done") or diag explain setup($f);
	one_of_each($f, "$way[$n], $what");
}
rest();
$s->sim_do(POST => 'faults/clear', {});

# ---- what is set up for something else ---------------------------------------------------------------

my $smpp = '<SipPeerSmsFeatureResponse><SipPeerSmsFeature><SipPeerSmsFeatureSettings><TollFree>true</TollFree><Protocol>SMPP</Protocol>'
    . '<Zone1>true</Zone1></SipPeerSmsFeatureSettings></SipPeerSmsFeature></SipPeerSmsFeatureResponse>';
my $mm4 = '<MmsFeatureResponse><MmsFeature><MmsSettings><Protocol>MM4</Protocol></MmsSettings><Protocols><MM4/></Protocols></MmsFeature></MmsFeatureResponse>';
my $elsewhere = $smpp =~ s/SMPP/HTTP/r =~ s/<Zone1>true/<Zone1>false/r;
for my $case (['sms', $smpp, 'failed', qr/sends its texts over SMPP, not over HTTP/], ['mms', $mm4, 'done', qr/./],
    ['sms', $elsewhere, 'done', qr/./]) {
	my ($feature, $body, $state, $words) = @$case;
	my $g = fresh();
	my ($site, $location) = place($g, sms => JSON::PP::true, mms => JSON::PP::true);
	save($g, siteId => $site, sipPeerId => $location);
	$s->sim_fault(match => { method => 'GET', path => "/accounts/$g->{account}/sites/$site/sippeers/$location/products/messaging/features/$feature" },
	    times => 1, status => 200, body => $body, content_type => 'application/xml');
	work();
	over($g);
	my $run = setup($g);
	is($run->{state}, $state, "$feature for something else: $state: $run->{result}");
	like($run->{result}, $words, "$feature: in words");
	my ($mms) = grep { $_->{key} eq 'mms' } @{$run->{steps}};
	like($mms->{sentence}, qr/over MM4, not over HTTP.*Texts without pictures go all the same/, 'pictures are left out') if $feature eq 'mms';
	is_deeply([grep { $_->{method} =~ /POST|PUT/ && $_->{target} =~ m{features/$feature$} } requests($g)], [], "$feature: nothing was changed") if $body ne $elsewhere;
	rest();
	$s->sim_do(POST => 'faults/clear', {});
}
done_testing();
