# NumbersClient.pm: a client of the Numbers API that hides nothing, for the simulator's own tests.
package NumbersClient;
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;
use MIME::Base64 qw(encode_base64);

# Of an account as sim_account_empty gives it.
sub new {
	my ($class, $spoke, $new) = @_;
	my $self = bless { spoke => $spoke, url => "$spoke->{sim_url}/api/v2", account => $new->{account},
		http => HTTP::Tiny->new(timeout => 20), %$new }, $class;
	$self->login;
	return $self;
}

sub login {
	my ($self) = @_;
	my $r = $self->{http}->post("$self->{spoke}{sim_url}/api/v1/oauth2/token", {
		content => 'grant_type=client_credentials', headers => {
			authorization => 'Basic ' . encode_base64("$self->{client}:$self->{secret}", ''),
			'content-type' => 'application/x-www-form-urlencoded' } });
	$self->{auth} = 'Bearer ' . decode_json($r->{content})->{access_token};
}

# A path that begins with / is beside the accounts. Returns HTTP::Tiny's hash.
sub ask {
	my ($self, $method, $path, $body, %headers) = @_;
	my $url = $path =~ m{^/} ? "$self->{url}$path" : "$self->{url}/accounts/$self->{account}/$path";
	%headers = (authorization => $self->{auth}, defined $body ? ('content-type' => 'application/xml; charset=utf-8')
		: (), %headers);
	delete $headers{$_} for grep { !defined $headers{$_} } keys %headers;
	return $self->{http}->request($method, $url, { headers => \%headers,
		defined $body ? (content => $body) : () });
}

sub get { my ($self, @a) = @_; return $self->ask(GET => @a) }
sub post { my ($self, @a) = @_; return $self->ask(POST => @a) }
sub put { my ($self, @a) = @_; return $self->ask(PUT => @a) }

# The texts of all elements of that name.
sub all { my ($r, $name) = @_; return map { text($_) } $r->{content} =~ m{<$name>([^<]*)</$name>}g }
sub one { my ($r, $name) = @_; return (all($r, $name))[0] }
sub text { my ($s) = @_; my %e = (amp => '&', lt => '<', gt => '>', quot => '"'); $s =~ s/&(\w+);/$e{$1}/g; return $s }
sub code { my ($r) = @_; return one($r, 'ErrorCode') // one($r, 'Code') // '-' }
# "400 5016"
sub outcome { my ($r) = @_; return "$r->{status} " . code($r) }
sub created { my ($r) = @_; return (($r->{headers}{location} // '') =~ m{([^/]+)$})[0] }

our $ADDRESS = '<Address><HouseNumber>900</HouseNumber><StreetName>Main Campus Dr</StreetName><City>RALEIGH</City>'
	. '<StateCode>NC</StateCode><Zip>27606</Zip><AddressType>Billing</AddressType></Address>';
our $SMS = '<SipPeerSmsFeature><SipPeerSmsFeatureSettings><TollFree>true</TollFree><ShortCode>true</ShortCode>'
	. '<Protocol>HTTP</Protocol><Zone1>true</Zone1><Zone2>false</Zone2></SipPeerSmsFeatureSettings><HttpSettings/>'
	. '</SipPeerSmsFeature>';
our $MMS = '<MmsFeature><MmsSettings><Protocol>HTTP</Protocol></MmsSettings><Protocols><HTTP><HttpSettings/></HTTP>'
	. '</Protocols></MmsFeature>';

sub application {
	my (%o) = @_;
	%o = (ServiceType => 'Messaging-V2', AppName => 'Texting', InboundCallbackUrl => 'https://x.example/b/1',
		OutboundCallbackUrl => 'https://x.example/b/1',
		InboundCallbackCreds => '<UserId>u</UserId><Password>secret-in</Password>',
		OutboundCallbackCreds => '<UserId>u</UserId><Password>secret-out</Password>', %o);
	return '<Application>' . join('', map { "<$_>$o{$_}</$_>" } grep { defined $o{$_} } sort keys %o)
		. '</Application>';
}

sub site { my ($self, $name) = @_; return created($self->post('sites', "<Site><Name>$name</Name></Site>")) }
sub peer {
	my ($self, $site, $name, $default) = @_;
	return created($self->post("sites/$site/sippeers", "<SipPeer><PeerName>$name</PeerName><IsDefaultPeer>"
		. ($default ? 'true' : 'false') . '</IsDefaultPeer></SipPeer>'));
}

# A site with a default location, SMS, MMS and an application on it: {site, peer, path, app}.
sub setup {
	my ($self, %o) = @_;
	my $site = $self->site('Tenants');
	my $peer = $self->peer($site, 'Main', 1);
	my $path = "sites/$site/sippeers/$peer/products/messaging";
	$self->post("$path/features/sms", $SMS);
	$self->post("$path/features/mms", $MMS);
	my $app = one($self->post('applications', application(%o)), 'ApplicationId');
	$self->put("$path/applicationSettings",
	    "<ApplicationsSettings><HttpMessagingV2AppId>$app</HttpMessagingV2AppId></ApplicationsSettings>");
	return { site => $site, peer => $peer, path => $path, app => $app };
}

# An order: type and what is in it, and what else.
sub order_xml {
	my ($type, $in, %o) = @_;
	return '<Order>' . join('', map { "<$_>$o{$_}</$_>" } sort keys %o) . "<$type>$in</$type></Order>";
}

1;
