# The simulator's Numbers API, setting up: who may, sites, locations, SMS and MMS, applications
# and their assignment; and that messages agree with what was set up.
use strict;
use warnings;
use FindBin;
use lib ($ENV{SOURCE} || '.') . '/tests/lib', "$FindBin::Bin";
use JSON::PP;
use Spoke;
use NumbersClient;
use Test::More;

*outcome = \&NumbersClient::outcome;
*one = \&NumbersClient::one;
*all = \&NumbersClient::all;

my $s = Spoke->new;
$s->sim(api_user => 'old', api_password => 'pw');
my $c = NumbersClient->new($s, $s->sim_account_empty);
my $A = $c->{account};
my ($site, $peer, $path, $app);

subtest 'who may' => sub {
	is $c->get('sites')->{status}, 200, 'a token with the role';
	is $c->get('sites', undef, authorization => undef)->{status}, 401, 'without credentials';
	is $c->get('sites', undef, authorization => 'Bearer x.y.z')->{status}, 401, 'a token that is none';
	my $r = $c->get('/accounts/9900000/sites');
	is "$r->{status} $r->{content}", '403 ', 'another account: 403 without a body';
	my $poor = NumbersClient->new($s, $s->sim_account_empty(client => 'poor', roles => ['Messaging']));
	$r = $poor->get("/tns?accountId=$A");
	is "$r->{status} $r->{content}", '403 ', 'without the role Numbers: 403 without a body';
	is $poor->get('sites')->{status}, 403, 'everywhere';
	is $c->get('tendlc/phoneNumbers')->{status}, 200, '10DLC has a role of its own';
	my $some = NumbersClient->new($s, $s->sim_account_empty(client => 'some', roles => ['Numbers']));
	is $some->get('sites')->{status} . $some->get('tendlc/phoneNumbers')->{status}, '200403', 'which may be missing';
	my $old = bless { %$c, account => $Spoke::ACCOUNT,
		auth => 'Basic ' . MIME::Base64::encode_base64('old:pw', '') }, ref $c;
	is $old->get('sites')->{status}, 200, 'an API user of an older account';
	my $express = NumbersClient->new($s, $s->sim_account_empty(client => 'x', express => JSON::PP::true));
	is $express->get('sites')->{status}, 403, 'an account for voice only';
};

subtest 'forms' => sub {
	is $c->get('nowhere')->{status}, 404, 'an unknown address';
	my $r = $c->ask(DELETE => 'sites');
	is "$r->{status} $r->{headers}{allow}", '405 GET, POST', 'another method, with Allow';
	is $c->post('sites', '<Site/>', 'content-type' => 'application/json')->{status}, 415, 'JSON';
	is $c->post('sites', '<Site/>', 'content-type' => undef)->{status}, 415, 'no type';
	is $c->get('sites', undef, accept => 'application/json')->{status}, 406, 'JSON is not to be had';
	is $c->post('sites', '<Site><Name>x</Site>')->{status}, 400, 'malformed';
	is $c->post('sites', '<Name>x</Name>')->{status}, 400, 'another root element';
	is $c->post('sites', '<!DOCTYPE Site [<!ENTITY e "x">]><Site><Name>&e;</Name></Site>')->{status}, 400, 'a DOCTYPE';
	is $c->post('sites', '')->{status}, 400, 'nothing';
	is $c->post('sites', '<Site><Name>' . 'x' x 1100000 . '</Name></Site>')->{status}, 413, 'too much';
	is scalar @{$s->sim_ledger($A)->{sites}}, 0, 'and nothing was made by it';
};

subtest 'sites' => sub {
	is scalar(all($c->get('sites'), 'Site')), 0, 'none at first';
	is outcome($c->post('sites', '<Site/>')), '400 1003', 'a name is needed';
	is $c->post('sites', '<Site><Name>' . 'n' x 51 . '</Name></Site>')->{status}, 400, 'too long a name';
	for my $part (qw(HouseNumber StreetName City StateCode Zip)) {
		(my $x = $NumbersClient::ADDRESS) =~ s{<$part>.*?</$part>}{};
		my $r = $c->post('sites', "<Site><Name>S</Name>$x</Site>");
		is outcome($r), '400 1003', "an address without $part";
		like one($r, 'Description'), qr/^$part is required/, 'says so';
	}
	(my $x = $NumbersClient::ADDRESS) =~ s/NC/XX/;
	is outcome($c->post('sites', "<Site><Name>S</Name>$x</Site>")), '400 12024', 'no such state';
	($x = $NumbersClient::ADDRESS) =~ s/27606/2760/;
	is outcome($c->post('sites', "<Site><Name>S</Name>$x</Site>")), '400 12113', 'no such ZIP';
	($x = $NumbersClient::ADDRESS) =~ s/Main Campus Dr/PENNSYLVANIO/;
	my $r = $c->post('sites', "<Site><Name>S</Name>$x</Site>");
	is outcome($r), '409 12112', 'an address that needs changes';
	like $r->{content}, qr{<RecommendedAddress>.*PENNSYLVANIA AVE}s, 'with one that would do';
	$r = $c->post('sites', "<Site><Name>S &amp; T</Name>$NumbersClient::ADDRESS</Site>");
	$site = one($r, 'Id');
	is "$r->{status} $site", '201 ' . NumbersClient::created($r), 'made: its id in the body and in Location';
	is one($c->get("sites/$site"), 'Name'), 'S & T', 'read back';
	is outcome($c->get('sites/1')), '404 12016', 'one that is not';
	is $c->post('sites', '<Site><Name>S</Name></Site>')->{status}, 201, 'an address is optional';
	$s->sim_do(POST => 'config', { settings => { address_required => 1 } });
	is outcome($c->post('sites', '<Site><Name>S</Name></Site>')), '400 1003', 'unless the account is of the old kind';
	$s->sim_do(POST => 'config', { settings => { address_required => 0 } });
	$c->post('sites', '<Site><Name>S</Name></Site>');
	is $s->sim_ledger($A)->{made}{sites}, 3, 'who asks twice gets two';
};

subtest 'locations' => sub {
	my $make = sub {
		my ($name, $default) = @_;
		return $c->post("sites/$site/sippeers", "<SipPeer><PeerName>$name</PeerName><IsDefaultPeer>$default"
			. '</IsDefaultPeer></SipPeer>');
	};
	is outcome($c->post('sites/1/sippeers', '<SipPeer><PeerName>x</PeerName></SipPeer>')), '404 12016', 'of no site';
	is outcome($make->('', 'true')), '400 1003', 'a name is needed';
	is $make->('a.b!', 'true')->{status}, 400, 'letters, digits, blanks, dashes';
	is $make->('x', 'yes')->{status}, 400, 'default is a truth';
	is outcome($make->('First', 'false')), '400 13522', 'the first must be the default';
	my $r = $make->('First', 'true');
	$peer = NumbersClient::created($r);
	is "$r->{status} $r->{content}", '201 ', 'made, with an empty body';
	like $peer, qr/^\d+$/, 'its id in Location alone';
	is $make->('First', 'false')->{status}, 409, 'the name is taken';
	is $make->('Second', 'true')->{status}, 400, 'a second default';
	is $make->('Second', 'false')->{status}, 201, 'a second';
	$r = $c->get("sites/$site/sippeers");
	is_deeply [all($r, 'PeerName')], ['First', 'Second'], 'the list';
	is_deeply [all($r, 'IsDefaultPeer')], ['true', 'false'], 'which is the default';
	is one($c->get("sites/$site/sippeers/$peer"), 'PeerName'), 'First', 'one of them';
	is outcome($c->get("sites/$site/sippeers/1")), '404 13563', 'one that is not';
	is outcome($c->get("sites/1/sippeers/$peer")), '404 12016', 'nor on another site';
	is outcome($c->put("sites/$site/sippeers/$peer", '<SipPeer><PeerName>First</PeerName><IsDefaultPeer>false'
		. '</IsDefaultPeer></SipPeer>')), '400 13522', 'the default stays';
	$path = "sites/$site/sippeers/$peer/products/messaging";
};

subtest 'SMS, then MMS' => sub {
	my ($sms, $mms) = ("$path/features/sms", "$path/features/mms");
	is $c->get($sms)->{status}, 404, 'off at first';
	is $c->post($mms, $NumbersClient::MMS)->{status}, 400, 'MMS before SMS';
	is $c->put($sms, $NumbersClient::SMS)->{status}, 404, 'PUT of what is not there';
	for (['HTTP', 'SMPP', 'another protocol'], ['<Zone1>true', '<Zone1>false', 'without zone 1'],
		['<TollFree>true', '<TollFree>perhaps', 'no truth'],
		['<TollFree>', '<A2pLongCode>Maybe</A2pLongCode><TollFree>', 'A2P is one of four']) {
		my ($from, $to, $what) = @$_;
		(my $x = $NumbersClient::SMS) =~ s/$from/$to/;
		is $c->post($sms, $x)->{status}, 400, $what;
	}
	$s->sim_do(POST => 'config', { accounts => [{ id => $A, http_messaging => JSON::PP::false }] });
	is outcome($c->post($sms, $NumbersClient::SMS)), '400 13609', 'an account without HTTP messaging';
	$s->sim_do(POST => 'config', { accounts => [{ id => $A, http_messaging => JSON::PP::true }] });
	my $r = $c->post($sms, $NumbersClient::SMS);
	is "$r->{status} " . one($r, 'ProxyPeerId'), "201 $peer", 'SMS on';
	is $c->post($sms, $NumbersClient::SMS)->{status}, 400, 'not twice';
	(my $x = $NumbersClient::SMS) =~ s/<TollFree>true/<TollFree>false/;
	is one($c->put($sms, $x), 'TollFree') . one($c->get($sms), 'TollFree'), 'falsefalse', 'PUT changes it';
	is outcome($c->post($mms, '<MmsFeature><MmsSettings><Protocol>HTTP</Protocol></MmsSettings><Protocols><HTTP/><MM4/>'
		. '</Protocols></MmsFeature>')), '400 13606', 'two protocols';
	is $c->post($mms, $NumbersClient::MMS)->{status}, 201, 'MMS on';
	is $c->post($mms, $NumbersClient::MMS)->{status}, 400, 'not twice';
	is one($c->get($mms), 'protocol'), 'HTTP', 'read back as the example has it, in lower case';
	$r = $c->put($mms, $NumbersClient::MMS);
	is "$r->{status} $r->{content}", '200 ', 'PUT, without a body';
	is $c->ask(DELETE => $sms)->{status}, 400, 'SMS stays while MMS is on';
};

subtest 'applications' => sub {
	my $try = sub { return $c->post('applications', NumbersClient::application(@_))->{status} };
	is $try->(ServiceType => 'Messaging'), 400, 'Messaging-V2 and nothing else';
	is $try->(ServiceType => undef), 400, 'a type is needed';
	is $try->(AppName => undef), 400, 'a name is needed';
	is $try->(InboundCallbackUrl => 'http://x.example/'), 400, 'https';
	is $try->(InboundCallbackUrl => 'http://127.0.0.1.example/'), 400, 'this machine is not a name that begins so';
	is $try->(InboundCallbackUrl => undef), 400, 'a callback address is needed';
	is $try->(InboundCallbackCreds => '<UserId>u</UserId>'), 400, 'user and password';
	is $try->(InboundCallbackCreds => '<UserId>u</UserId><Password>' . 'p' x 64 . '</Password>'), 400, '63 characters';
	is $try->(RequestedCallbackTypes => '<CallbackType>message-sent</CallbackType>'), 400, 'message-sent';
	my $r = $c->post('applications', NumbersClient::application(RequestedCallbackTypes =>
		'<CallbackType>message-delivered</CallbackType><CallbackType>message-sending</CallbackType>'));
	$app = one($r, 'ApplicationId');
	is $r->{status}, 201, 'made';
	is_deeply [all($r, 'CallbackType')], ['message-sending', 'message-delivered'], 'with its callback types';
	unlike $r->{content}, qr/secret-/, 'passwords are not echoed';
	is_deeply [all($c->get('applications'), 'ApplicationId')], [$app], 'in the list';
	unlike $c->get("applications/$app")->{content}, qr/secret-/, 'nor read back';
	is outcome($c->get('applications/none')), '404 13629', 'one that is not';
	is $c->ask(PATCH => "applications/$app", '<Application><AppName>New</AppName></Application>')->{status}, 200,
	    'PATCH';
	my $mine = sub { return (grep { $_->{id} eq $app } @{$s->sim_ledger($A)->{applications}})[0] };
	is $mine->()->{name} . $mine->()->{inbound_callback_password}, 'Newsecret-in', 'merges';
	is $c->put("applications/$app", NumbersClient::application(InboundCallbackCreds => undef))->{status}, 200, 'PUT';
	is $mine->()->{inbound_callback_password}, undef, 'replaces: what is left out is lost';
	is $mine->()->{outbound_callback_password}, 'secret-out', 'what is given stays';
	is $c->put("applications/$app", NumbersClient::application(ServiceType => 'Voice-V2'))->{status}, 400,
	    'the type stays';
	$r = $c->post('applications', '<Application><ServiceType>Messaging-V2</ServiceType><AppName>Old</AppName>'
		. '<MsgCallbackUrl>https://o.example/</MsgCallbackUrl></Application>');
	is one($r, 'OutboundCallbackUrl'), 'https://o.example/', 'the older field stands for both directions';
	is $c->ask(DELETE => 'applications/' . one($r, 'ApplicationId'))->{status}, 200, 'deleted';
};

subtest 'assignment' => sub {
	my $set = sub { return $c->put("$path/applicationSettings", "<ApplicationsSettings>$_[0]</ApplicationsSettings>") };
	is one($c->get("$path/applicationSettings"), 'HttpMessagingV2AppId'), undef, 'none at first';
	is outcome($set->('<HttpMessagingV2AppId>no</HttpMessagingV2AppId>')), '404 13629', 'an unknown application';
	is outcome($set->('')), '400 1003', 'nothing';
	is one($set->("<HttpMessagingV2AppId>$app</HttpMessagingV2AppId>"), 'HttpMessagingV2AppId'), $app, 'assigned';
	is one($c->get("$path/applicationSettings"), 'HttpMessagingV2AppId'), $app, 'read back';
	is_deeply [all($c->get("applications/$app/associatedsippeers"), 'PeerId')], [$peer], 'seen from the application';
	is $c->ask(DELETE => "applications/$app")->{status}, 400, 'no application goes while a location has it';
	$set->('REMOVE');
	is scalar(all($c->get("applications/$app/associatedsippeers"), 'PeerId')), 0, 'REMOVE takes it away';
	my $second = (all($c->get("sites/$site/sippeers"), 'PeerId'))[1];
	is outcome($c->put("sites/$site/sippeers/$second/products/messaging/applicationSettings",
		"<ApplicationsSettings><HttpMessagingV2AppId>$app</HttpMessagingV2AppId></ApplicationsSettings>")),
	    '400 5166', 'not before SMS is on';
	$set->("<HttpMessagingV2AppId>$app</HttpMessagingV2AppId>");
};

subtest 'messages agree' => sub {
	my $us = '+19195550300';
	my $send = sub {
		my (%o) = @_;
		my $r = $c->{http}->post("$c->{url}/users/$A/messages", { content => encode_json({ applicationId => $app,
			to => ['+19195551234'], from => $us, text => 'Hello', %o }), headers => {
			authorization => $c->{auth}, 'content-type' => 'application/json' } });
		return $r->{status} if $r->{status} != 202;
		$s->sim_do(GET => 'wait?idle=1&timeout_ms=5000');
		my $id = decode_json($r->{content})->{id};
		my ($e) = grep { $_->{message} eq $id } @{$s->sim_do(GET => 'ledger?kind=callbacks')->{callbacks}};
		return '202 ' . (!$e ? 'silence' : $e->{type} eq 'message-delivered' ? 'delivered' :
			decode_json($e->{body})->[0]{errorCode});
	};
	$s->sim_break(application => $app, callback_url => "$s->{base}/none",
	    callback_types => ['message-delivered', 'message-failed']);
	$s->sim_do(POST => 'config', { settings => { receipt_delay_ms => 0, retry_window_ms => 0,
		inservice_ms => 60000 } });
	is $send->(applicationId => '93de2206-9669-4e07-948d-329f4b722ee3'), 400, 'an unknown application';
	is $send->(from => '+19195550999'), '202 4403', 'a number that is not ours';
	$s->sim_numbers(number => $us, account => $A, location => $peer);
	is $send->(), '202 delivered', 'a number on a location with the application';
	my $in = sub { return HTTP::Tiny->new->post("$s->{sim_url}/_sim/inbound", { headers => {
		'content-type' => 'application/json' }, content => encode_json({ from => '+19195551234', to => $us,
		text => 'Hi' }) }) };
	my $id = decode_json($in->()->{content})->{ids}[0];
	$s->sim_do(GET => 'wait?idle=1&timeout_ms=5000');
	my ($e) = grep { ($_->{message} // '') eq $id } @{$s->sim_do(GET => 'ledger?kind=callbacks')->{callbacks}};
	is $e->{application}, $app, 'what comes in goes to the application of the location';
	$s->sim_break(location => $peer, account => $A, application => undef);
	is $in->()->{status}, 400, 'and nowhere when there is none';
	is $send->(), '202 silence', 'unassigned: accepted, and never a word';
	my $other = one($c->post('applications', NumbersClient::application(AppName => 'Other')), 'ApplicationId');
	$s->sim_break(location => $peer, account => $A, application => $other);
	is $send->(), '202 silence', 'so with another application on the location';
	$s->sim_break(location => $peer, account => $A, application => $app, sms => 0);
	is $send->(), '202 4403', 'SMS off';
	$s->sim_break(location => $peer, account => $A, sms => 1, mms => 0);
	is $send->(media => ['https://x.example/a.png']), '202 4403', 'a picture without MMS';
	is $send->(), '202 delivered', 'a text does without';
	$s->sim_numbers(number => $us, status => 'InAccount');
	is $send->(), '202 4405', 'not in service yet';
	$s->sim_numbers(number => $us, status => 'Aging');
	is $send->(), '202 4403', 'released';
	$s->sim_numbers(number => $us, status => 'Inservice', account => 'another');
	is $send->(), '202 4403', 'sold elsewhere';
	$s->sim_numbers(number => $us, account => $A);
	$s->sim_do(POST => 'config', { settings => { check_campaigns => 1 } });
	is $send->(), '202 4476', 'without a 10DLC campaign, where that counts';
	$s->sim_numbers(number => $us, campaign => 'C1');
	is $send->(), '202 delivered', 'with one';
	$s->sim_numbers(number => '+18335550100', account => $A, location => $peer);
	is $send->(from => '+18335550100'), '202 4795', 'toll-free and not verified';
	$s->sim_break(location => $peer, account => $A, delete => 1);
	is $send->(), '202 silence', 'the location is gone';
};

done_testing;
