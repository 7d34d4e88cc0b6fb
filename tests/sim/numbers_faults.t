# The simulator's Numbers API, gone wrong: each fault of the script happens, at the address and
# method it names, before or after the deed; things break, move and vanish on Bandwidth's side.
use strict;
use warnings;
use FindBin;
use lib ($ENV{SOURCE} || '.') . '/tests/lib', "$FindBin::Bin";
use JSON::PP;
use Spoke;
use NumbersClient;
use Test::More;
use Time::HiRes qw(sleep time);

*outcome = \&NumbersClient::outcome;
*one = \&NumbersClient::one;
*all = \&NumbersClient::all;

my $s = Spoke->new;
$s->sim(set => ['order_ms=60000', 'backorder_ms=60000']);
my $c = NumbersClient->new($s, $s->sim_account_empty);
my $A = $c->{account};
my $w = $c->setup;
$s->sim_stock(first => '+19195550400', count => 40, state => 'NC');
my $area = NumbersClient::order_xml('AreaCodeSearchAndOrderType', '<AreaCode>919</AreaCode><Quantity>4</Quantity>',
	SiteId => $w->{site}, CustomerOrderId => 'job 7');

sub made { my ($kind) = @_; return $s->sim_ledger($A)->{made}{$kind} // 0 }
sub posts { my ($what) = @_; return $s->sim_ledger($A)->{posts}{$what} // 0 }
sub fault { $s->sim_do(POST => 'faults/clear', {}); $s->sim_fault(@_) }
sub new_site { return $c->post('sites', '<Site><Name>More</Name></Site>') }
# HTTP::Tiny's own 599: no answer, or not the whole of one.
sub lost { my ($r) = @_; return $r->{status} == 599 }
sub fate {
	my ($r) = @_;
	$s->sim_hurry;
	$r = $c->get('orders/' . NumbersClient::created($r));
	return one($r, 'OrderStatus') . ' ' . one($r, 'CompletedQuantity') . '/' . one($r, 'FailedQuantity')
		. join '', map { " $_" } all($r, 'Code');
}

subtest 'where and when' => sub {
	fault(match => { method => 'POST', path => '/sites$' }, status => 500, nth => 2, name => 'second');
	is $c->get('sites')->{status}, 200, 'another method passes';
	is $c->post("sites/$w->{site}/sippeers", '<SipPeer><PeerName>P</PeerName></SipPeer>')->{status}, 201,
	    'an address that goes on passes';
	is_deeply [map { new_site()->{status} } 1 .. 3], [201, 500, 201], 'the second POST /sites does not';
	my ($f) = grep { ($_->{fault} // '') eq 'second' } $s->sim_requests;
	is "$f->{method} $f->{status}", 'POST 500', 'and stands in the ledger';
	like $f->{body}, qr/<Name>More</, 'with what was sent';
	fault(match => { text => 'job 7' }, status => 503);
	is $c->post('orders', $area)->{status}, 503, 'by what is in the body';
	like $c->post('orders', $area =~ s/job 7/job 8/r)->{status}, qr/^201/, 'another body passes';
	is $s->sim_do(POST => 'faults/clear', {})->{ok}, JSON::PP::true, 'cleared';
	my $r = HTTP::Tiny->new->post("$s->{sim_url}/_sim/faults", { content => '{"where":"numbers","order":"lost"}',
		headers => { 'content-type' => 'application/json' } });
	is $r->{status}, 400, 'a misspelt fault is refused';
};

subtest 'statuses and bodies' => sub {
	for my $status (401, 403, 404, 409, 500, 502, 503) {
		fault(status => $status);
		is $c->get('sites')->{status}, $status, "status $status";
	}
	fault(status => 429, reset_s => 7);
	my $r = $c->get('sites');
	is "$r->{status} $r->{content}", '429 ', '429 without a body';
	ok $r->{headers}{'x-ratelimit-reset'} >= time + 5 && $r->{headers}{'x-ratelimit-reset'} <= time + 9,
	    'and when to come back';
	fault(status => 409, match => { path => 'sippeers' });
	$r = $c->post("sites/$w->{site}/sippeers", '<SipPeer><PeerName>Q</PeerName></SipPeer>');
	like $r->{content}, qr{<SipPeerResponse><ResponseStatus><Description>.*exists}, 'a name that is taken';
	fault(body => '<Odd/>', content_type => 'application/xml');
	is $c->get('sites')->{content}, '<Odd/>', 'a body of its own';
	fault(empty => JSON::PP::true);
	is $c->get('sites')->{content}, '', 'no body';
	fault(status => 200, body => '<html>');
	is $c->get('sites')->{content}, '<html>', 'nonsense with 200';
};

subtest 'error codes' => sub {
	fault(error => 13609);
	my $r = $c->post("$w->{path}/features/sms", $NumbersClient::SMS);
	is outcome($r), '400 13609', 'error 13609';
	like $r->{content}, qr{<SipPeerSmsFeatureResponse><ResponseStatus><ErrorCode>}, 'in the shape of features';
	fault(error => 5020);
	$r = $c->post('orders', $area);
	is outcome($r), '400 5020', 'error 5020';
	like $r->{content}, qr{<OrderResponse><ErrorList><Error><Code>}, 'in the shape of orders';
	fault(error => 4010);
	like $c->get('availableNumbers?areaCode=919')->{content}, qr{<SearchResult><Error><Code>}, 'in that of a search';
	my $before = made('orders');
	fault(error => 5012, status => 200);
	is outcome($c->post('orders', $area)), '200 5012', 'an error in a 200';
	is made('orders'), $before, 'nothing was ordered';
	fault(error => 5012, status => 201);
	is outcome($c->get('sites')), '201 5012', 'or 201';
};

subtest 'lost answers' => sub {
	my @kinds = (['sites', '/sites$', \&new_site],
		['locations', '/sippeers$', sub { $c->post("sites/$w->{site}/sippeers",
			'<SipPeer><PeerName>L' . int(rand 1e9) . '</PeerName></SipPeer>') }],
		['applications', '/applications$', sub { $c->post('applications', NumbersClient::application()) }],
		['orders', '/orders$', sub { $c->post('orders', $area) }]);
	for (@kinds) {
		my ($kind, $path, $do) = @$_;
		my %match = (match => { method => 'POST', path => $path });
		my $n = made($kind);
		fault(%match, cut => 'read');
		ok lost($do->()), "$kind: closed before it is done";
		is made($kind), $n, 'not done';
		fault(%match, cut => 'accepted');
		ok lost($do->()), 'closed after it is done';
		is made($kind), ++$n, 'done';
		fault(%match, cut => 'answer');
		ok lost($do->()), 'cut in the middle';
		is made($kind), ++$n, 'done';
		fault(%match, late_status => 500);
		my $r = $do->();
		is $r->{status} . ($r->{headers}{location} // ''), '500', '500, and where it is is not said';
		is made($kind), ++$n, 'done';
		fault(%match, cut => 'head');
		ok lost($do->()), 'closed before the body is read';
		is made($kind), $n, 'not done';
	}
	fault(match => { path => '/sites$' }, answer_delay_ms => 300);
	my ($t, $n) = (time, made('sites'));
	new_site();
	ok time - $t >= 0.3 && made('sites') == $n + 1, 'a slow answer';
	fault(match => { path => '/sites$' }, stall_ms => 300);
	$t = time;
	ok new_site()->{status} == 201 && time - $t >= 0.3, 'one that stalls in the middle';
	is posts('POST sites'), $s->sim_ledger->{posts}{'POST sites'}, 'what came is counted';
};

subtest 'DOCTYPE' => sub {
	fault(doctype => 'entity');
	my $r = $c->get('sites');
	like $r->{content}, qr{\?>\s*<!DOCTYPE SitesResponse \[<!ENTITY e "expanded">\]>\s*<SitesResponse><Note>&e;</Note>},
	    'an entity';
	fault(doctype => 'external');
	like $c->get('sites')->{content}, qr{SYSTEM "file:///etc/passwd"}, 'an external one';
	fault(doctype => 'bomb');
	like $c->get('orders')->{content}, qr{<!DOCTYPE ResponseSelectWrapper .*"&f;&f;}, 'a bomb';
};

subtest 'orders' => sub {
	my $order = sub { fault(match => { method => 'POST', path => '/orders$' }, @_); return $c->post('orders', $area) };
	is fate($order->(order => 'partial')), 'PARTIAL 2/2 5017', 'partial';
	is fate($order->(order => 'failed')), 'FAILED 0/4 5018', 'failed';
	my $r = $order->(order => 'backordered', backorder_ms => 60000);
	is fate($r), 'BACKORDERED 0/0 5521', 'backordered';
	is fate($r), 'COMPLETE 4/0', 'then complete';
	$r = $order->(order_ms => 0);
	is one($c->get('orders/' . NumbersClient::created($r)), 'OrderStatus'), 'COMPLETE', 'at once';
	$r = $order->(order => 'backordered', order_ms => 0, backorder_ms => 300);
	my $id = NumbersClient::created($r);
	is one($c->get("orders/$id"), 'OrderStatus'), 'BACKORDERED', 'backordered for a while';
	sleep 0.4;
	is one($c->get("orders/$id"), 'OrderStatus'), 'COMPLETE', 'and no longer';
	fault(match => { method => 'POST', path => '/orders$' }, taken => 1);
	my $named = sub { return $c->post('orders', NumbersClient::order_xml('ExistingTelephoneNumberOrderType',
		'<TelephoneNumberList>' . join('', map { "<TelephoneNumber>$_</TelephoneNumber>" } @_)
		. '</TelephoneNumberList>', SiteId => $w->{site}, PartialAllowed => 'true')) };
	my @free = map { $_->{number} } $s->sim_tns(status => 'Available');
	is fate($named->(@free[0, 1])), 'PARTIAL 1/1 5005 5017', 'a number taken meanwhile';
	fault(match => { method => 'POST', path => '/orders$' }, taken => 2);
	is fate($named->(@free[2, 3])), 'FAILED 0/2 5005 5005', 'both';
	fault(match => { method => 'POST', path => '/disconnects$' }, order => 'failed');
	my ($tn) = map { $_->{number} } $s->sim_tns(account => $A, location => $w->{peer});
	$r = $c->post('disconnects', '<DisconnectTelephoneNumberOrder><DisconnectTelephoneNumberOrderType>'
		. "<TelephoneNumberList><TelephoneNumber>$tn</TelephoneNumber></TelephoneNumberList>"
		. '</DisconnectTelephoneNumberOrderType></DisconnectTelephoneNumberOrder>');
	$s->sim_hurry;
	$r = $c->get('disconnects/' . NumbersClient::created($r));
	is one($r, 'OrderStatus') . ' ' . one($r, 'Code'), 'FAILED 5006', 'a release that fails';
};

subtest 'Bandwidth\'s side' => sub {
	my $at = sub { return join ' ', map { $_->{number} } $s->sim_tns(account => $A, location => $_[0]) };
	my $other = $c->peer($w->{site}, 'Elsewhere', 0);
	$s->sim_numbers(numbers => ['+19195550700', '+19195550701'], account => $A, location => $other);
	is $at->($other), '+19195550700 +19195550701', 'numbers appear';
	$s->sim_numbers(number => '+19195550700', location => $w->{peer});
	is $at->($other), '+19195550701', 'move to another location';
	$s->sim_numbers(number => '+19195550701', account => 'somebody');
	is $at->($other), '', 'are sold elsewhere';
	is $c->get('/tns/%2B19195550701/tndetails')->{status}, 404, 'and not ours any more';
	$s->sim_gone('+19195550700');
	unlike $at->($w->{peer}), qr/\+19195550700/, 'or vanish';
	my $state = sub { return (grep { $_->{id} eq $w->{peer} } @{$s->sim_ledger($A)->{locations}})[0] };
	$s->sim_break(location => $w->{peer}, account => $A, application => undef);
	is one($c->get("$w->{path}/applicationSettings"), 'HttpMessagingV2AppId'), undef, 'the application unassigned';
	$s->sim_break(application => $w->{app}, inbound_callback_url => 'https://other.example/');
	is one($c->get("applications/$w->{app}"), 'InboundCallbackUrl'), 'https://other.example/', 'another callback';
	$s->sim_break(location => $w->{peer}, account => $A, sms => 0, mms => 0);
	is $c->get("$w->{path}/features/sms")->{status}, 404, 'SMS off';
	$s->sim_break(location => $w->{peer}, account => $A, default => 0);
	is $state->()->{default}, JSON::PP::false, 'not the default';
	$s->sim_break(application => $w->{app}, delete => 1);
	is outcome($c->get("applications/$w->{app}")), '404 13629', 'the application deleted';
	$s->sim_break(location => $w->{peer}, account => $A, delete => 1);
	is outcome($c->get("$w->{path}/features/sms")), '404 13563', 'the location deleted';
	$s->sim_break(site => $w->{site}, account => $A, delete => 1);
	is outcome($c->get("sites/$w->{site}")), '404 12016', 'the site deleted';
	ok !eval { $s->sim_break(site => $w->{site}, account => $A); 1 }, 'what is not there cannot break';
};

subtest 'a world made whole' => sub {
	my $l = $s->sim_location(numbers => ['+19195550100', '+19195550101']);
	my ($here) = grep { $_->{id} eq $l->{id} } @{$s->sim_ledger($Spoke::ACCOUNT)->{locations}};
	is_deeply [@$here{qw(site application sms mms default numbers)}], ['30130', $Spoke::APPLICATION, JSON::PP::true,
		JSON::PP::true, JSON::PP::true, 2], 'a location with everything on, the application and the numbers';
	my $t = Spoke->new;
	$t->sim(site => '7', location => '8', number => '+19195550100');
	is_deeply [map { "$_->{number} $_->{location} $_->{campaign}" } $t->sim_tns(account => $Spoke::ACCOUNT)],
	    ['+19195550100 8 CSIM001'], 'the same by options, and on a campaign';
	$s->sim_do(POST => 'reset', {});
	is_deeply $s->sim_ledger->{made}, {}, 'reset forgets what was counted';
	is scalar @{$s->sim_ledger->{orders}}, 0, 'and the orders';
};

done_testing;
