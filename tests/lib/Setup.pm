# Setup.pm: a world in which "Check my setup" finds nothing wrong: the simulator with an account, a sub-account, a
# location with SMS and MMS, an application that calls us, numbers on a campaign; and the program behind a web server.
#
#   my $w = Setup->new(server => sub { $_[0]->apache('fcgid') });   # lighttpd when not said
#   my ($status, $steps) = $w->check;                                # spokectl check 1 --json
#   my $page = $w->page;                                             # the same steps as the page shows them
package Setup;
use strict;
use warnings;
use Spoke;
use Carp qw(croak);
use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(encode_base64);

our ($SITE, $LOCATION) = ('743', '518824');
our $NUMBERS = 3;

sub new {
	my ($class, %o) = @_;
	my $s = Spoke->new(settings => $o{settings} || {}, $o{path} ? (path => $o{path}) : (),
	    $o{base} ? (base => $o{base}) : ());
	my $self = bless { s => $s, %o }, $class;
	$s->sim(%{$o{sim} || {}});
	$self->world;
	$s->init;
	$s->ctl('numbers', 'add', 1, "+1919555010$_") for 1 .. $NUMBERS - 1;
	($o{server} || sub { $_[0]->lighttpd })->($s);
	$self->credentials;
	$s->callback([]) unless $o{no_callback};
	return $self;
}

# What is right at Bandwidth; also puts it back.
sub world {
	my ($self) = @_;
	my $s = $self->{s};
	my $callback = { id => $Spoke::APPLICATION, account => $Spoke::ACCOUNT, assigned => JSON::PP::true,
		callback_url => $self->callback_url, callback_user => 'bandwidth.com', callback_password => $self->password };
	my $config = sub { $s->sim_do(POST => 'config', { @_ }) };
	$config->(clients => [{ id => 'client', secret => 'hush', accounts => [$Spoke::ACCOUNT], express => JSON::PP::false,
		roles => ['Configuration', 'Numbers', 'Campaign Management', 'TFV'], disabled => JSON::PP::false }]);
	$config->(applications => [$callback]);
	$config->(sites => [{ id => $SITE, account => $Spoke::ACCOUNT, name => 'Main' }]);
	$config->(locations => [{ id => $LOCATION, site => $SITE, account => $Spoke::ACCOUNT, name => 'Texting',
		default => JSON::PP::true, sms => JSON::PP::true, mms => JSON::PP::true, application => $Spoke::APPLICATION }]);
	$config->(numbers => [{ first => '+19195550100', count => $NUMBERS, account => $Spoke::ACCOUNT, location => $LOCATION,
		application => $Spoke::APPLICATION, enabled => JSON::PP::true, sms => JSON::PP::true, status => 'Inservice',
		campaign => 'CA3XKE1' }]);
}

sub callback_url { my ($self) = @_; return "$self->{s}{base}/bandwidth/1" }
sub password {
	my ($self) = @_;
	my $secret = $self->{s}{settings}{SESSION_SECRET} // 'a-secret-of-the-tests-0123456789abcdef';
	return encode_base64(hmac_sha256("$self->{s}{base}1", $secret), '');
}

sub credentials {
	my ($self) = @_;
	my $s = $self->{s};
	$s->ctl(\"hush\n", 'settings', 'set', 1, "accountId=$Spoke::ACCOUNT", 'userName=client',
	    "applicationId=$Spoke::APPLICATION", "siteId=$SITE", "sipPeerId=$LOCATION", '--password-stdin', '--wait', 90);
}

# (exit status, {step => row}, all of the answer)
sub check {
	my ($self, @more) = @_;
	my ($status, $j, $err) = $self->{s}->ctl_any('', 'check', 1, @more);
	$self->{last} = [$status, $j, $err];
	return ($status, { map { $_->{step} => $_ } @{$j->{steps} || []} }, $j);
}

# The last check, for diag.
sub show {
	my ($self) = @_;
	my ($status, $j, $err) = @{$self->{last}};
	return join "\n", "status $status $err", map { "$_->{step}$_->{what}: $_->{state}: $_->{sentence} | " . ($_->{action} // '') }
	    map { { step => '', what => '', %$_ } } @{$j->{checks} || []}, @{$j->{steps} || []};
}

# ---- the page -----------------------------------------------------------------

sub text_of {
	my ($html) = @_;
	$html =~ s/<[^>]*>//g;
	my %c = (amp => '&', lt => '<', gt => '>', quot => '"', '#39' => "'");
	$html =~ s/&(amp|lt|gt|quot|#39);/$c{$1}/g;
	return $html;
}

# Signs the owner in; {cookie, csrf}.
sub sign_in {
	my ($self) = @_;
	my $s = $self->{s};
	my $r = $s->request(POST => '/login', content => HTTP::Tiny->new->www_form_urlencode(
		{ email => $s->{email}, password => $s->{password} }),
	    headers => { origin => $s->{base} =~ s{(://[^/]+).*}{$1}r, 'content-type' => 'application/x-www-form-urlencoded' });
	croak "sign in: $r->{status}" if $r->{status} != 303;
	($self->{cookie}) = $r->{headers}{'set-cookie'} =~ /^([^;]+)/;
	($self->{csrf}) = $self->get('settings') =~ /name="csrf" value="([^"]+)"/;
}

sub get {
	my ($self, $rest) = @_;
	$self->sign_in if !$self->{cookie};
	return $self->{s}->request(GET => "/admin/1/$rest", headers => { cookie => $self->{cookie} })->{content};
}

# Presses a button.
sub press {
	my ($self, $rest, %form) = @_;
	$self->sign_in if !$self->{cookie};
	my $s = $self->{s};
	return $s->request(POST => "/admin/1/$rest",
	    content => HTTP::Tiny->new->www_form_urlencode({ csrf => $self->{csrf}, %form }),
	    headers => { cookie => $self->{cookie}, origin => $s->{base} =~ s{(://[^/]+).*}{$1}r,
		'content-type' => 'application/x-www-form-urlencoded' });
}

# {step => {state, sentence, action, repair}} as the page shows them.
sub page {
	my ($self) = @_;
	my %word = (Fine => 'fine', Wrong => 'wrong', 'Not known' => 'unknown', 'Finding out' => 'asking');
	my %steps;
	my $html = $self->get('check');
	while ($html =~ m{<li class="step[^"]*" id="([^"]+)">(.*?)</li>}gs) {
		my ($name, $li) = ($1, $2);
		my ($state) = $li =~ m{<span class="soft">(.*?)</span>};
		my ($sentence) = $li =~ m{<p class="small" dir="auto">(.*?)</p>}s;
		my ($action) = $li =~ m{<b>What to do:</b> (.*?)</p>}s;
		$steps{$name} = { state => $word{$state}, sentence => text_of($sentence),
			action => defined $action ? text_of($action) : undef, repair => $li =~ /ask=repair/ ? 1 : 0 };
	}
	return \%steps;
}

# Names of the steps in a state.
sub in_state {
	my ($self, $steps, $state) = @_;
	return join ' ', grep { $steps->{$_}{state} eq $state } sort keys %$steps;
}

1;
