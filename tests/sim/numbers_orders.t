# The simulator's Numbers API, numbers: lists and their pages, search, orders of every kind over
# time, releases, options, 10DLC and toll-free status.
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
*order_xml = \&NumbersClient::order_xml;

my $s = Spoke->new;
$s->sim;
my $c = NumbersClient->new($s, $s->sim_account_empty);
my $A = $c->{account};
my $w = $c->setup;
my $here = "sites/$w->{site}/sippeers/$w->{peer}";

sub settings { my (%o) = @_; $s->sim_do(POST => 'config', { settings => \%o }) }
settings(order_ms => 60000, inservice_ms => 60000);

# An order of one type; %o replaces what is around it.
sub order {
	my ($type, $in, %o) = @_;
	%o = (Name => 'Test', SiteId => $w->{site}, PartialAllowed => 'true', %o);
	delete $o{$_} for grep { !defined $o{$_} } keys %o;
	return $c->post('orders', order_xml($type, $in, %o));
}
sub area { my ($quantity, %o) = @_; return order('AreaCodeSearchAndOrderType',
	"<AreaCode>919</AreaCode><Quantity>$quantity</Quantity>", %o) }
sub named { my ($numbers, %o) = @_; return order('ExistingTelephoneNumberOrderType', '<TelephoneNumberList>'
	. join('', map { "<TelephoneNumber>$_</TelephoneNumber>" } @$numbers) . '</TelephoneNumberList>', %o) }
# "COMPLETE 2 of 2", once time has passed.
sub fate {
	my ($r) = @_;
	return outcome($r) if $r->{status} != 201;
	$s->sim_hurry;
	$r = $c->get('orders/' . NumbersClient::created($r));
	return one($r, 'OrderStatus') . ' ' . one($r, 'CompletedQuantity') . '/' . one($r, 'FailedQuantity')
		. join '', map { " $_" } all($r, 'Code');
}

subtest 'numbers of a location, in pages' => sub {
	$s->sim_numbers(first => '+19195550300', count => 5, account => $A, location => $w->{peer}, city => 'RALEIGH');
	$s->sim_numbers(number => '+19195550310', account => $A);
	my $r = $c->get("$here/tns?includeAttributes=false");
	is scalar(all($r, 'FullNumber')), 5, 'those of this location';
	unlike $r->{content}, qr/SmsEnabled/, 'without attributes';
	like $c->get("$here/tns")->{content}, qr/<SmsEnabled>true</, 'and with them';
	is one($c->get("$here/totaltns"), 'SipPeerTelephoneNumbersCount'), 5, 'counted';
	is outcome($c->get("$here/tns?size=5001")), '400 1006', 'pages have at most 5,000';
	$r = $c->get("$here/tns?page=2&size=2");
	is_deeply [all($r, 'FullNumber')], ['+19195550302', '+19195550303'], 'the second page';
	like one($r, 'next'), qr{^Link=<http.*[?&]page=3&size=2>;rel="next";$}, 'leads to the third';
	is one($c->get("$here/tns?page=3&size=2"), 'next'), undef, 'which leads nowhere';
	is scalar(all($c->get("$here/tns?page=9&size=2"), 'FullNumber')), 0, 'past the end';
	is outcome($c->get("$here/tns?page=%2B19195550302&size=2")), '400 4018', 'counted pages have no names';
	settings(paging => 1);
	my ($page, @seen) = '1';
	for (1 .. 9) {
		$r = $c->get("$here/tns?page=$page&size=2");
		push @seen, all($r, 'FullNumber');
		($page) = (one($r, 'next') // last) =~ /page=([^&]+)/;
	}
	is_deeply \@seen, [map { "+1919555030$_" } 0 .. 4], 'opaque pages, by following the links';
	is $page, '+19195550304', 'they are named after their first number';
	is outcome($c->get("$here/tns?page=2&size=2")), '400 4018', 'and cannot be counted';
	settings(paging => 2);
	unlike $c->get("$here/tns?page=1&size=2")->{content}, qr/Links/, 'no links at all';
	settings(paging => 0, ten_digits => 1);
	is one($c->get("$here/tns"), 'FullNumber'), '9195550300', 'ten digits';
	settings(ten_digits => 0);
};

subtest 'numbers of the account' => sub {
	is one($c->get("/tns?accountId=$A"), 'TelephoneNumberCount'), 6, 'all';
	is one($c->get('/tns'), 'AccountId'), $A, 'the account of the token';
	is scalar(all($c->get("/tns?accountId=$A&status=Aging"), 'FullNumber')), 0, 'by status';
	is scalar(all($c->get("/tns?accountId=$A&status=Inservice,Aging"), 'FullNumber')), 6, 'by several';
	is one($c->get("/tns?accountId=$A&fullNumber=%2B19195550301"), 'FullNumber'), '+19195550301', 'by number';
	is outcome($c->get("/tns?accountId=$A&size=2501")), '400 1006', 'pages have at most 2,500';
	is $c->get('/tns?accountId=9900000')->{status}, 403, 'of another account';
	my $r = $c->get('/tns/%2B19195550301/tndetails');
	is_deeply [one($r, 'PeerId'), one($r, 'Id'), one($r, 'Status')], [$w->{peer}, $w->{site}, 'Inservice'], 'in detail';
	is $c->get('/tns/%2B19195550999/tndetails')->{status}, 404, 'one that is not ours';
	is one($c->get('inserviceNumbers'), 'TotalCount'), 6, 'in service';
	is $c->get('inserviceNumbers/%2B19195550301')->{status}, 200, 'one of them';
	is $c->get('inserviceNumbers/%2B19195550999')->{status}, 404, 'another';
	my $none = NumbersClient->new($s, $s->sim_account_empty(id => '9900002', client => 'none'));
	is $none->get('inserviceNumbers')->{status}, 204, 'none at all';
};

$s->sim_stock(first => '+19195550400', count => 4, state => 'NC', city => 'RALEIGH', zip => '27606', lata => '426',
	rate_center => 'RALEIGH');
$s->sim_stock(first => '+19845550100', count => 1, state => 'NC', city => 'CARY', near => '919');
$s->sim_stock(first => '+18335550400', count => 2);
$s->sim_stock(number => '+18446392277');	# NEWCARS

subtest 'search' => sub {
	my $find = sub { my ($q) = @_; my $r = $c->get("availableNumbers?$q");
		return $r->{status} == 200 ? join ' ', scalar all($r, 'TelephoneNumber'), one($r, 'ResultCount')
		: outcome($r) };
	is $find->('areaCode=919'), '5 5', 'by area code, with the neighbours';
	is $find->('areaCode=919&LCA=false'), '4 4', 'without them';
	is $find->('state=NC&quantity=2'), '2 2', 'by state, so many';
	is $find->('city=Raleigh&state=NC'), '4 4', 'by city';
	is $find->('zip=27606'), '4 4', 'by ZIP';
	is $find->('npaNxx=919555'), '4 4', 'by exchange';
	is $find->('npaNxxx=9195550'), '4 4', 'by thousand';
	is $find->('rateCenter=RALEIGH&state=NC'), '4 4', 'by rate center';
	is $find->('lata=426'), '4 4', 'by LATA';
	is $find->('tollFreeWildCardPattern=8**'), '3 3', 'toll-free';
	is $find->('tollFreeWildCardPattern=83%2A'), '2 2', 'toll-free, some';
	is $find->('tollFreeVanity=newcars'), '1 1', 'toll-free by letters';
	like $c->get('availableNumbers?areaCode=984&enableTNDetail=true')->{content},
	    qr{<TelephoneNumberDetailList>.*<City>CARY</City>}, 'in detail';
	my %wrong = ('' => 4010, 'areaCode=19' => 4000, 'areaCode=119' => 4000, 'areaCode=911' => 4000,
		'npaNxx=91955' => 4002, 'rateCenter=RALEIGH' => 4001, 'city=Raleigh' => 4005, 'state=nc' => 4006,
		'zip=2760' => 4007, 'lata=x' => 4008,
		'tollFreeVanity=x' => 4003, 'tollFreeWildCardPattern=833' => 4004, 'areaCode=919&quantity=0' => 4010,
		'areaCode=919&quantity=5001' => 4010, 'areaCode=919&orderBy=price' => 4020,
		'areaCode=919&tollFreeWildCardPattern=8**' => 4010);
	is $find->($_), "400 $wrong{$_}", "'$_'" for sort keys %wrong;
	like $c->get('availableNumbers')->{content}, qr{<SearchResult><Error><Code>4010</Code>}, 'in their own shape';
	my @nothing = (qr{<ResultCount>0</ResultCount><TelephoneNumberList/>}, qr{<ResultCount>0</ResultCount></Sea},
		qr/^$/);
	for (0 .. 2) {
		settings(nothing_found => $_);
		my $r = $c->get('availableNumbers?areaCode=212');
		is $r->{status}, 200, 'nothing found';
		like $r->{content}, $nothing[$_], "in way $_";
	}
	settings(nothing_found => 0);
};

subtest 'orders that are refused' => sub {
	my $r = order('AreaCodeSearchAndOrderType', '<AreaCode>919</AreaCode><Quantity>1</Quantity>', SiteId => undef);
	is outcome($r), '400 5022', 'no site';
	like $r->{content}, qr{<OrderResponse><ErrorList><Error>.*</ErrorList><Order>}, 'the error before the order';
	unlike $r->{content}, qr{<id>}, 'which has no id';
	is outcome(area(1, SiteId => '1')), '400 5016', 'no such site';
	is outcome(area(1, PeerId => '1')), '400 5023', 'no such location';
	is outcome(area(1, CustomerOrderId => 'a_b')), '400 5052', 'an id with more than letters, digits, dashes, blanks';
	is outcome(area(1, CustomerOrderId => 'x' x 41)), '400 5052', 'too long an id';
	is outcome(area(1, Name => 'x' x 51)), '400 5002', 'too long a name';
	is outcome(area(1, PartialAllowed => 'maybe')), '400 5217', 'PartialAllowed is a truth';
	is outcome(area(0)), '400 5009', 'none';
	is outcome(area(5001)), '400 5215', 'too many';
	is outcome(order('AreaCodeSearchAndOrderType', '<AreaCode>919</AreaCode>')), '400 5198', 'how many';
	is outcome(order('AreaCodeSearchAndOrderType', '<AreaCode>19</AreaCode><Quantity>1</Quantity>')), '400 5002',
	    'a bad area code';
	is outcome(order('CitySearchAndOrderType', '<City>CARY</City><Quantity>1</Quantity>')), '400 5224', 'a city alone';
	is outcome(named([])), '400 5001', 'an empty list';
	is outcome(named(['9195550400'])), '400 5070', 'ten digits';
	is outcome(named(['+19195550400', '+19195550400'])), '400 5093', 'one number twice';
	is outcome(named(['+19195550400'], BackOrderRequested => 'true')), '400 5522', 'a backorder of named numbers';
	is outcome(order('NoSuchOrderType', '')), '400 5087', 'no known type';
	is $c->post('orders', order_xml('TelephoneNumberList', '<TelephoneNumber>+19195550400</TelephoneNumber>',
		SiteId => $w->{site}))->{status}, 500, 'a list without the element around it breaks the server';
	$s->sim_break(location => $w->{peer}, account => $A, default => 0);
	is outcome(area(1)), '400 5020', 'no default location and none named';
	is area(1, PeerId => $w->{peer})->{status}, 201, 'one named will do';
	$s->sim_hurry;
	$s->sim_break(location => $w->{peer}, account => $A, default => 1);
	is scalar @{$s->sim_ledger($A)->{orders}}, 1, 'no refused order was kept';
};

subtest 'an order over time' => sub {
	my $r = area(1, CustomerOrderId => 'job 1');
	my $id = NumbersClient::created($r);
	is "$r->{status} " . one($r, 'OrderStatus') . ' ' . one($r, 'id'), "201 RECEIVED $id", 'taken';
	is one($c->get("orders/$id"), 'OrderStatus'), 'RECEIVED', 'RECEIVED';
	settings(order_ms => 400);
	my $soon = NumbersClient::created(area(1));
	sleep 0.25;
	is one($c->get("orders/$soon"), 'OrderStatus'), 'PROCESSING', 'PROCESSING half way';
	sleep 0.25;
	$r = $c->get("orders/$soon");
	is one($r, 'OrderStatus') . one($r, 'CompletedQuantity'), 'COMPLETE1', 'COMPLETE';
	settings(order_ms => 60000);
	my ($tn) = all($r, 'FullNumber');
	is_deeply [all($c->get("orders/$soon/tns"), 'TelephoneNumber')], [$tn], 'its numbers';
	like $c->get("orders/$soon?tndetail=true")->{content}, qr{<City>RALEIGH</City>}, 'in detail';
	my ($have) = grep { $_->{number} eq $tn } $s->sim_tns(account => $A);
	is "$have->{status} $have->{location}", "InAccount $w->{peer}", 'not yet in service, on the default location';
	$s->sim_hurry;
	is $c->get("inserviceNumbers/$tn")->{status}, 200, 'in service later';
	is one($c->get("orders/$id"), 'OrderStatus'), 'COMPLETE', 'the other too';
	$r = $c->get('orders?customerOrderId=job%201');
	is_deeply [all($r, 'orderId')], [$id], 'found by our own id';
	unlike $r->{content}, qr/CustomerOrderId/, 'which is not in the list';
	is scalar(all($c->get('orders?customerOrderId=job%202'), 'orderId')), 0, 'another is not';
	is outcome($c->get('orders/none')), '404 5061', 'an order that is not';
	settings(orders_lag_ms => 60000);
	is scalar(all($c->get('orders'), 'orderId')), 0, 'the list may lag behind';
	settings(orders_lag_ms => 0);
};

subtest 'every kind' => sub {
	$s->sim_stock(first => '+19195550500', count => 20, state => 'NC', city => 'RALEIGH', zip => '27606', lata => '426',
		rate_center => 'RALEIGH');
	$s->sim_stock(number => '+16176392277');
	my %kind = (NPANXX => '<NpaNxx>919555</NpaNxx>', RateCenter => '<RateCenter>RALEIGH</RateCenter><State>NC</State>',
		State => '<State>NC</State>', City => '<City>RALEIGH</City><State>NC</State>', ZIP => '<Zip>27606</Zip>',
		LATA => '<Lata>426</Lata>', TollFreeWildChar => '<TollFreeWildCardPattern>8**</TollFreeWildCardPattern>',
		TollFreeVanity => '<TollFreeVanity>newcars</TollFreeVanity>',
		Combined => '<AreaCode>617</AreaCode><LocalVanity>newcars</LocalVanity>');
	for (sort { $b cmp $a } keys %kind) {
		my $r = order("${_}SearchAndOrderType", "$kind{$_}<Quantity>1</Quantity>");
		is fate($r), 'COMPLETE 1/0', $_;
	}
	is fate(named(['+19195550510', '+19195550511'])), 'COMPLETE 2/0', 'named numbers';
	is fate(named(['+19195550510', '+19195550512'])), 'PARTIAL 1/1 5005 5017', 'one of them sold';
	is fate(named(['+19195550510', '+19195550513'], PartialAllowed => 'false')), 'FAILED 0/2 5005 5005',
	    'all or nothing';
};

subtest 'PartialAllowed and BackOrderRequested' => sub {
	my $fresh = sub { $s->sim_gone(map { $_->{number} } $s->sim_tns(status => 'Available'));
		$s->sim_stock(first => "+1919556$_[0]", count => 2) };
	settings(backorder_ms => 60000);
	$fresh->('0100');
	is fate(area(3, PartialAllowed => 'false')), 'FAILED 0/3 5018', 'neither: all or nothing';
	is fate(area(3)), 'PARTIAL 2/1 5017', 'partial: what there is, and the end';
	$fresh->('0200');
	my $r = area(3, PartialAllowed => 'false', BackOrderRequested => 'true');
	is fate($r), 'BACKORDERED 0/0 5521', 'backorder: waits for everything';
	$s->sim_stock(number => '+19195560202');
	is fate($r), 'COMPLETE 3/0', 'and gets it';
	$fresh->('0300');
	$r = area(3, BackOrderRequested => 'true');
	is fate($r), 'BACKORDERED 2/0 5520', 'both: takes what there is and waits';
	my $close = sub { return $c->put('orders/' . NumbersClient::created($r),
		'<Order><CloseOrder>true</CloseOrder></Order>') };
	is outcome($close->()), '200 -', 'closed';
	is fate($r), 'PARTIAL 2/1 5017', 'it stays with what it has';
	is outcome($close->()), '400 5060', 'only a backorder can be closed';
};

subtest 'releases' => sub {
	my $release = sub { my ($list) = @_; return $c->post('disconnects', '<DisconnectTelephoneNumberOrder><Name>Release'
		. "</Name><CustomerOrderId>r 1</CustomerOrderId>$list</DisconnectTelephoneNumberOrder>") };
	my $list = sub { return '<TelephoneNumberList>' . join('', map { "<TelephoneNumber>$_</TelephoneNumber>" } @_)
		. '</TelephoneNumberList>' };
	my $of = sub { return $release->('<DisconnectTelephoneNumberOrderType>' . $list->(@_)
		. '</DisconnectTelephoneNumberOrderType>') };
	is $c->get('disconnects')->{status}, 404, 'none yet';
	is outcome($release->($list->('+19195550300'))), '400 5001', 'without the element around the list';
	is outcome($of->('9195550300')), '400 5070', 'ten digits';
	my $r = $of->('+19195550300', '+19195550301');
	my $id = NumbersClient::created($r);
	is "$r->{status} " . one($r, 'OrderStatus') . ' ' . one($r, 'id'), "201 RECEIVED $id", 'taken';
	$s->sim_hurry;
	$r = $c->get("disconnects/$id");
	is one($r, 'OrderStatus'), 'COMPLETE', 'COMPLETE';
	like $r->{content}, qr{<DisconnectedTelephoneNumberList><TelephoneNumber>\+19195550300<}, 'with its numbers';
	is one($c->get("/tns?accountId=$A&fullNumber=%2B19195550300"), 'Status'), 'Aging', 'they age';
	unlike $c->get("$here/tns")->{content}, qr/\+19195550300/, 'and are on no location';
	$r = $of->('+19195550300', '+19195550302');
	$s->sim_hurry;
	$r = $c->get('disconnects/' . NumbersClient::created($r));
	is one($r, 'OrderStatus') . ' ' . NumbersClient::code($r), 'PARTIAL 5076', 'one of them gone already';
	$r = $of->('+19195550999');
	$s->sim_hurry;
	is one($c->get('disconnects/' . NumbersClient::created($r)), 'OrderStatus'), 'FAILED', 'none of ours';
	is scalar(all($c->get('disconnects'), 'OrderId')), 3, 'the list';
	is outcome($c->get('disconnects/none')), '404 5061', 'one that is not';
};

subtest 'options, 10DLC, toll-free' => sub {
	my $set = sub { my ($what, $tn) = @_; return $c->post('tnoptions', '<TnOptionOrder><CustomerOrderId>o 1'
		. "</CustomerOrderId><TnOptionGroups><TnOptionGroup>$what<TelephoneNumbers><TelephoneNumber>"
		. ($tn // '+19195550304') . '</TelephoneNumber></TelephoneNumbers></TnOptionGroup></TnOptionGroups>'
		. '</TnOptionOrder>') };
	my $a2p = '<A2pSettings><Action>asSpecified</Action><CampaignId>CA3XKE1</CampaignId><MessageClass>M</MessageClass>'
		. '</A2pSettings>';
	is outcome($set->('')), '400 5115', 'nothing to set';
	is outcome($set->('<Sms>maybe</Sms>')), '400 5113', 'SMS is on or off';
	is outcome($set->('<A2pSettings><Action>x</Action></A2pSettings>')), '400 5138', 'an action there is not';
	is $c->get('tendlc/phoneNumbers/%2B19195550304')->{status}, 404, 'on no campaign yet';
	my $r = $set->($a2p);
	my $id = one($r, 'OrderId');
	is "$r->{status} " . one($r, 'ProcessingStatus'), '201 RECEIVED', 'taken';
	$s->sim_hurry;
	$r = $c->get("tnoptions/$id");
	like $r->{content}, qr{\?>\s*<TnOptionOrder>.*<ProcessingStatus>COMPLETE<.*<ErrorList/>}s, 'COMPLETE, and bare';
	$r = decode_json($c->get('tendlc/phoneNumbers/%2B19195550304')->{content});
	is "$r->{data}[0]{campaignId} $r->{data}[0]{status}", 'CA3XKE1 SUCCESS', 'on the campaign';
	is scalar @{decode_json($c->get('tendlc/phoneNumbers?limit=250&offset=0')->{content})->{data}}, 1, 'the list';
	$r = $set->('<Sms>off</Sms>');
	$s->sim_hurry;
	is +(grep { $_->{number} eq '+19195550304' } $s->sim_tns(account => $A))[0]{sms}, JSON::PP::false, 'SMS off';
	$id = one($set->($a2p), 'OrderId');
	$s->sim_hurry;
	is one($c->get("tnoptions/$id"), 'Code'), 5132, 'no campaign without SMS';
	$id = one($set->('<Sms>on</Sms>', '+19195550999'), 'OrderId');
	$s->sim_hurry;
	$r = $c->get("tnoptions/$id");
	is one($r, 'ProcessingStatus') . ' ' . one($r, 'Code'), 'FAILED 5076', 'not ours';
	is $c->get('tnoptions/none')->{status}, 404, 'an order that is not';
	is scalar(all($c->get('tnoptions?customerOrderId=o%201'), 'OrderId')), 4, 'the list, by our own id';
	$s->sim_numbers(number => '+18335550300', account => $A);
	my $tfv = sub { my $r = $c->get('phoneNumbers/%2B18335550300/tollFreeVerification');
		return decode_json($r->{content})->{status} };
	is $tfv->(), 'UNVERIFIED', 'a toll-free number';
	$s->sim_numbers(number => '+18335550300', verification => 'VERIFIED');
	is $tfv->(), 'VERIFIED', 'verified';
	is $c->get('phoneNumbers/%2B19195550304/tollFreeVerification')->{status}, 404, 'none of the kind';
};

subtest 'many' => sub {
	my $t = time;
	$s->sim_numbers(first => '+13125500000', count => 50000, account => $A, location => $w->{peer});
	my $made = time - $t;
	$t = time;
	my ($n, $page) = (0, 1);
	while (my $got = all($c->get("$here/tns?page=$page&size=5000&includeAttributes=false"), 'FullNumber')) {
		$n += $got;
		$page++;
	}
	cmp_ok $n, '>=', 50000, 'all of 50,000 numbers';
	diag sprintf '50,000 numbers made in %.1f s, listed in %.1f s', $made, time - $t;
};

done_testing;
