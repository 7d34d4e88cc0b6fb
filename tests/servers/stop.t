# After STOP nothing goes out to that person, by whatever path a text could: what was asked for before and after, one by
# one, in lists and groups, by token, page and command, tried again, decided by a person.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use HTTP::Tiny;
use JSON::PP;
use Spoke;
use Test::More;
use Time::HiRes qw(sleep time);

my $GONE = '+19195550140';
my $s = Spoke->new->sim->init->lighttpd;
my $org = $s->{org};
$s->sim_location(numbers => [$s->{number}]);
$s->sim_credentials;

my $serial = 0;
sub posts { return grep { my $to = $_->{body}{to} // $_->{to}; grep { $_ eq $_[0] } ref $to ? @$to : $to } $s->sim_posts }
sub api { my ($body, %h) = @_; return $s->request(POST => "/api/orgs/$org/messages", headers => { authorization => "Bearer $s->{token}", 'content-type' => 'application/json', %h },
	content => encode_json($body)) }
sub state { my ($id) = @_; return $s->ctl('message', $org, $id)->{state} }
sub await_state { my ($id, $state) = @_; return $s->await(30, "$state of $id", sub { state($id) =~ /^(?:$state)$/ }) }
sub idle { $s->await(30, 'the queue to be empty', sub { !grep { $_->{state} =~ /^(queued|sending)$/ } @{$s->ctl('messages', $org, '--direction', 'out', '--limit', 200)->{messages}} }) }

# ---- what was asked for before ------------------------------------------------------------
# Known to the simulator, so that all that is wrong with the texts below is the STOP.
my $known = api({ to => $GONE, text => 'before' })->{json}{messages}[0]{id};
await_state($known, 'sent|delivered');
is(scalar posts($GONE), 1, 'before STOP a text goes out');

# Somebody else, because one text of which nobody knows whether it was sent holds all others to that person.
my $doubt = '+19195550160';
$s->sim_faults({ where => 'messages', match => { to => $doubt }, cut => 'read' });
my $unknown = api({ to => $doubt, text => 'nobody knows' })->{json}{messages}[0]{id};
await_state($unknown, 'unknown');
$s->ctl('pause', $org);
my %body = (to => $GONE, text => 'queued before');
my @before = map { $_->{json}{messages}[0]{id} } api(\%body, 'idempotency-key' => 'once'), api({ %body, from => $s->{number} }), api({ %body, reference => 'ref' });
my $group = api({ to => ['+19195550141', $GONE], text => 'a group', group => JSON::PP::true })->{json}{messages}[0]{id};
my $soon = $s->ctl('send', '--org', $org, '--to', $GONE, '--text', 'too late', '--before', POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 3)))->{messages}[0]{id};
my ($count, $doubts) = (scalar posts($GONE), scalar posts($doubt));

# ---- STOP, as people write it, to any number of the organization -----------------------------
$s->ctl('numbers', 'add', $org, '+19195550102');
is($s->callback($s->inbound(text => "\x{405}\x{422}\x{41e}\x{420}!", from => $GONE, to => '+19195550102'))->{status}, 200, 'STOP, in letters that look like ours, to another number');
is($s->ctl('optout', 'list', $org)->{optouts}[0]{number}, $GONE, 'is understood');
is($s->callback($s->inbound(text => 'stop', from => $doubt))->{status}, 200, 'so is one of whom a text is in doubt');
$s->ctl('resume', $org);
idle();
is(state($_), 'cancelled', 'what waited for them alone is taken back') for @before;
isnt(state($group), 'sent', 'a group that they are in does not go out');
$s->ctl_any('', 'decide', $org, $soon, 'send');
$s->ctl_any('', 'decide', $org, $unknown, 'send');

# ---- what is asked for afterwards ---------------------------------------------------------------
api({ to => $GONE, text => 'by token' });
api({ to => ['+19195550142', $GONE], text => 'in a list' });
api({ to => [$GONE, '+19195550143'], text => 'in a group', group => JSON::PP::true });
api({ to => $GONE, media => ['https://example.org/a.png'] });
api({ to => $GONE, text => 'from that number', from => '+19195550102' });
api(\%body, 'idempotency-key' => 'once');
api({ to => '(919) 555-0140', text => 'written otherwise' });
$s->ctl_any('', 'send', '--org', $org, '--to', $GONE, '--text', 'by command');
$s->ctl_any('', 'check', $org, '--text', $GONE);
{
	my $form = sub { return $s->{http}->www_form_urlencode({ @_ }) };
	my %h = ('content-type' => 'application/x-www-form-urlencoded', origin => $s->{base});
	my $in = $s->request(POST => '/login', headers => \%h, content => $form->(email => $s->{email}, password => $s->{password}));
	($h{cookie}) = $in->{headers}{'set-cookie'} =~ /^([^;]+)/;
	my ($csrf) = $s->request(GET => "/admin/$org/messages", headers => { cookie => $h{cookie} })->{content} =~ /name="csrf" value="([^"]+)"/;
	ok($csrf, 'signed in');
	my $new = sub { my ($path, %f) = @_; return $s->request(POST => "/admin/$org/$path", headers => \%h, content => $form->(csrf => $csrf, %f))->{status} };
	is($new->('messages', to => $GONE, text => 'by the page'), 303, 'the page takes a text');
	$new->('check', do => 'text', to => $GONE, text => 'a test text');
	$new->('check', action => 'text', to => $GONE, text => 'a test text');
	$new->("messages/$_", action => 'send') for $unknown, $soon, $group, @before;
	$new->('look', contact => $GONE, action => 'release');
}
is($s->callback($s->inbound(text => $_, from => $GONE))->{status}, 200, "they write \"$_\"") for 'HELP', 'STOP', 'who is this?';
is($s->callback([{ %{$s->inbound(text => 'START', from => $GONE)->[0]}, time => '2020-01-01T00:00:00Z' }])->{status}, 200, 'an old START comes late');

idle();
sleep 3;
is(scalar posts($GONE), $count, 'after STOP nothing goes out to them, by any of these paths');
is(scalar posts('+19195550142'), 1, 'others in a list get theirs');
my @out = grep { $_->{direction} eq 'out' && $_->{contact_number} eq $GONE } @{$s->ctl('messages', $org, '--contact', $GONE, '--limit', 200)->{messages}};
cmp_ok(scalar @out, '>=', 14, 'of ' . @out . ' that were asked for');
is_deeply([grep { $_->{state} =~ /^(queued|sending)$/ } @out], [], 'and none waits any more');
is(scalar @{$s->ctl('optout', 'list', $org)->{optouts}}, 2, 'they are opted out still');
isnt(state($unknown), 'sent', 'what is in doubt is not sent again');
is(scalar posts($doubt), $doubts, 'whoever decides it');

# ---- and back -----------------------------------------------------------------------------------
$s->callback([{ %{$s->inbound(text => 'START', from => $GONE)->[0]}, time => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 1)) }]);
my $again = api({ to => $GONE, text => 'welcome back' })->{json}{messages}[0]{id};
await_state($again, 'sent|delivered');
is(scalar posts($GONE), $count + 1, 'after START texts go out again');
done_testing();
