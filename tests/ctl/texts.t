# spokectl settings, send and what follows: a text goes out and is delivered, and whatever else can become of one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP;
use Spoke;
use Test::More;

my $ctl = Spoke::build() . '/spokectl';
my $s = Spoke->new->sim(receipt_delay_ms => 50)->init->lighttpd;
my $org = $s->{org};

sub call { return $s->run(ref $_[0] ? ${shift @_} : '', $ctl, @_) }
sub fails {
	my ($what, $want, $sentence, @args) = @_;
	my ($status, $out, $err) = call(@args);
	is($status, $want, "$what: status $want") or diag $err;
	like($err, $sentence, "$what: says why");
}
sub text { my ($status, $out, $err) = call(@_); is($status, 0, "@_") or diag $err; return $out }

# ---- settings -------------------------------------------------------------------
my @set = ('settings', 'set', $org, "accountId=$Spoke::ACCOUNT", 'userName=client', '--password-stdin');
fails('a secret as an argument', 2, qr/standard input/, 'settings', 'set', $org, 'password=hush');
fails('no such field', 2, qr/"colour=red" is not FIELD=VALUE/, 'settings', 'set', $org, 'colour=red');
fails('a value that is none', 2, qr/^spokectl: applicationId: ./, 'settings', 'set', $org, 'applicationId=x');
fails('credentials without a secret', 1, qr/^spokectl: password: ./, 'settings', 'set', $org, 'accountId=9900000', 'userName=client');
fails('nothing on standard input', 2, qr/nothing came/, @set);
is($s->ctl('settings', 'show', $org)->{password_saved}, JSON::PP::false, 'none of these saved anything');
my ($status, $out, $err) = call(\"wrong\n", @set, '--wait', 30);
is($status, 1, 'a wrong secret: status 1');
like($out, qr/^Saved, but Bandwidth has not confirmed the credentials: \S/, 'it says what Bandwidth says');
unlike("$out$err", qr/wrong$/m, 'and not the secret');
my $j = $s->sim_credentials;
is($j->{credentials}, 'confirmed', 'the right one is confirmed');
is($j->{credentials_kind}, 'oauth2', 'as API credentials');
is($j->{config}{applicationId}, $Spoke::APPLICATION, 'the application is saved');
unlike(encode_json($j), qr/hush/, 'the secret is not shown');
($status, $out) = call(\"hush\n", @set, '--wait', 30);
# What the first save had set up may not be all there yet.
like($out, qr/^Saved\. Bandwidth has confirmed the credentials\.\n(?:What is missing at Bandwidth is being made: [^\n]*\n)?\z/, 'in text');
like(text('settings', 'set', $org, 'city=Raleigh', 'stateCode=NC', 'houseNumber=1', 'streetName=Main St', 'zip=27601',
    'country=United States'), qr/^Saved\./, 'an address');
$out = text('settings', 'show', $org);
like($out, qr/^Organization 1: Tenants United\n/, 'settings show');
like($out, qr/^ +password +\(saved\)$/m, 'the password only as saved');
like($out, qr/^Credentials: +confirmed/m, 'confirmed');
like($out, qr/^Still missing:\n  - .*called back/m, 'what is missing');
unlike($out, qr/hush/, 'no secret');

# ---- send -----------------------------------------------------------------------
my @send = ('send', '--org', $org, '--text', 'Meeting tonight at 7', '--to');
$j = $s->ctl(@send, '(919) 555-0123', '--wait', 30);
is($j->{messages}[0]{state}, 'delivered', 'a text is sent and delivered');
is($j->{messages}[0]{contact_number}, '+19195550123', 'to whom');
my $first = $j->{messages}[0]{id};
like(text(@send, '+19195550124', '--wait', 30), qr/^[0-9a-f]{16}  \+19195550124  Delivered\n\z/, 'in text');
is(scalar(my @p = $s->sim_posts), 2, 'one request each');
fails('an invalid number', 2, qr/^spokectl: to: ./, @send, '555');
fails('nobody', 2, qr/^spokectl: to: ./, 'send', '--org', $org, '--text', 'x');
fails('no text', 2, qr/^spokectl: text: ./, 'send', '--org', $org, '--to', '+19195550123');
fails('2,049 characters', 2, qr/^spokectl: text: ./, 'send', '--org', $org, '--to', '+19195550123', '--text', 'x' x 2049);
fails('a deadline that is none', 2, qr/--before needs a time/, @send, '+19195550123', '--before', 'soon');
fails('a deadline that is over', 2, qr/send_before|before/, @send, '+19195550123', '--before', '2020-01-01T00:00:00Z');
fails("another's number", 1, qr/^spokectl: from: ./, @send, '+19195550123', '--from', '+19195550177');
fails('http media', 2, qr/^spokectl: media: ./, @send, '+19195550123', '--media', 'http://a.example/x.png');
($status, $j) = $s->ctl_any('', 'send', '--org', $org, '--to', '+19195550125', '--text', 'fail 4720', '--wait', 30);
is($status, 1, 'a text that fails: status 1');
is($j->{messages}[0]{state}, 'failed', 'failed');
is($j->{messages}[0]{error}{code}, 4720, 'why');
is(scalar(my @p2 = $s->sim_posts), 3, 'nothing of what was refused was posted');

# ---- looking ----------------------------------------------------------------------
is($s->ctl('message', $org, $first)->{state}, 'delivered', 'message');
like(text('message', $org, $first), qr/^$first to \+19195550123\nDelivered\n\nMeeting tonight at 7\n\z/, 'in text');
fails('one that is not there', 3, qr/not found|no message/, 'message', $org, '0192f0c1a2b3c4d5');
fails('no id', 3, qr/no message "x"/, 'message', $org, 'x');
is(scalar @{$s->ctl('messages', $org)->{messages}}, 3, 'messages');
is(scalar @{$s->ctl('messages', $org, '--state', 'failed')->{messages}}, 1, '--state');
is($s->ctl('messages', $org, '--contact', '919-555-0123')->{messages}[0]{id}, $first, '--contact');
my $page = $s->ctl('messages', $org, '--limit', 2);
is($s->ctl('messages', $org, '--limit', 2, '--cursor', $page->{next})->{messages}[0]{id}, $first, '--limit and --cursor');
like(text('messages', $org, '--limit', 2), qr/^More: add --cursor \Q$page->{next}\E$/m, 'which the text names');
is_deeply($s->ctl('messages', $org, '--since', '2036-01-01T00:00:00Z')->{messages}, [], '--since');
fails("$_->[0] $_->[1]", 2, qr/\Q$_->[0]\E|state/, 'messages', $org, @$_)
    for ['--direction', 'up'], ['--state', 'gone'], ['--contact', '1'], ['--since', 'then'], ['--cursor', 'x'], ['--limit', 201];

# ---- strangers' text -----------------------------------------------------------------
my $evil = "\e[2J\e]0;owned\a\x{9b}31m\x7f\r\n\x{202e}Hello caf\x{e9}";
is($s->callback($s->inbound(text => $evil, from => '+19195550130'))->{status}, 200, 'a text with control characters comes');
my $shows = 0;
for my $args (['messages', $org], ['messages', $org, '--json'], ['events', $org, '--raw'], ['tray', $org, '--raw'],
	['message', $org, $s->ctl('messages', $org, '--direction', 'in')->{messages}[0]{id}]) {
	my $out = text(@$args);
	utf8::decode($out);
	$shows++ if $out =~ /Hello caf\x{e9}/;
	unlike($out, qr/[\x00-\x09\x0b-\x1f\x7f-\x9f\x{202a}-\x{202e}\x{2066}-\x{2069}]/, "@$args: none of them is printed");
}
cmp_ok($shows, '>=', 2, 'the rest of it is');

# ---- opt-outs --------------------------------------------------------------------
my $gone = '+19195550140';
is(text('optout', 'add', $org, '(919) 555-0140'), "$gone is not texted any more.\n", 'optout add');
($status, $j) = $s->ctl_any('', @send, $gone);
is($status, 1, 'a text to them: status 1');
is($j->{messages}[0]{state}, 'failed', 'it is not sent');
like($j->{messages}[0]{error}{code}, qr/opted.out/, 'because they opted out') or diag explain $j;
is_deeply([map { $_->{number} } @{$s->ctl('optout', 'list', $org)->{optouts}}], [$gone], 'optout list');
like(text('optout', 'list', $org), qr/^\Q$gone\E +\d.* +person +spokectl/m, 'as a table');
is(text('optout', 'remove', $org, $gone), "$gone may be texted again.\n", 'optout remove');
is($s->ctl(@send, $gone, '--wait', 30)->{messages}[0]{state}, 'delivered', 'and they are texted again');
fails('who has not opted out', 3, qr/not found/, 'optout', 'remove', $org, $gone);
fails('no number', 2, qr/^spokectl: 12: /, 'optout', 'add', $org, '12');
$s->callback($s->inbound(text => 'STOP', from => '+19195550141'));
is($s->ctl('optout', 'list', $org)->{optouts}[0]{cause}, 'word', 'STOP is a word');
$s->ctl_any('', 'send', '--org', $org, '--to', '+19195550142', '--text', 'fail 4775', '--wait', 30);
my ($code) = grep { $_->{number} eq '+19195550142' } @{$s->ctl('optout', 'list', $org)->{optouts}};
is($code->{cause}, 'code', 'a carrier that says so opts out, too');
fails("a carrier's opt-out", 1, qr/^spokectl: \S.*\./, 'optout', 'remove', $org, '+19195550142');
is(scalar(grep { $_->{number} eq '+19195550142' } @{$s->ctl('optout', 'list', $org)->{optouts}}), 1, 'stays');

# ---- pause, cancel, resume -----------------------------------------------------------
$s->await(20, 'what STOP is answered with to be sent', sub {
	!grep { $_->{state} =~ /queued|sending/ } @{$s->ctl('messages', $org, '--direction', 'out')->{messages}} });
my $posts = $s->sim_posts;
is(text('pause', $org), "Sending is paused for organization 1. Nothing is lost: texts wait.\n", 'pause');
like(text('settings', 'show', $org), qr/SENDING IS PAUSED/, 'settings show says so');
my @ids = map { $s->ctl(@send, "+1919555015$_")->{messages}[0]{id} } 0 .. 3;
is(text('cancel', $org, $ids[0]), "Cancelled: 1.\n", 'cancel one');
is($s->ctl('message', $org, $ids[0])->{state}, 'cancelled', 'it is');
fails('a second time', 1, qr/^spokectl: \S/, 'cancel', $org, $ids[0]);
fails('one that was sent', 1, qr/^spokectl: \S/, 'cancel', $org, $first);
fails('one that is not there', 3, qr/not found/, 'cancel', $org, '0192f0c1a2b3c4d5');
fails('neither one nor all', 2, qr/which message, or --all/, 'cancel', $org);
fails('one and all', 2, qr/which message, or --all/, 'cancel', $org, $ids[1], '--all');
is($s->ctl('cancel', $org, '--all')->{cancelled}, 3, 'cancel --all');
my $kept = $s->ctl(@send, '+19195550159')->{messages}[0]{id};
is(scalar(my @now = $s->sim_posts), $posts, 'nothing goes out while it is paused');
is(text('resume', $org), "Organization 1 sends again.\n", 'resume');
$s->await(20, 'the text that waited', sub { $s->ctl('message', $org, $kept)->{state} eq 'delivered' });
is(scalar(@now = $s->sim_posts), $posts + 1, 'only what was not cancelled goes out');

# ---- decide ------------------------------------------------------------------------
sub unknown {
	my ($to) = @_;
	$s->sim_faults({ where => 'messages', match => { to => $to }, cut => 'read' });
	my ($status, $j) = $s->ctl_any('', @send, $to, '--wait', 3);
	is($status, 1, 'a cut connection: status 1 after the wait');
	is($j->{messages}[0]{state}, 'unknown', 'nobody knows');
	return $j->{messages}[0]{id};
}
my $u = unknown('+19195550160');
fails('no such word', 2, qr/send, was-sent or give-up/, 'decide', $org, $u, 'perhaps');
fails('one that is not there', 3, qr/not found/, 'decide', $org, '0192f0c1a2b3c4d5', 'send');
fails('one that is done', 1, qr/^spokectl: \S/, 'decide', $org, $first, 'send');
is($s->ctl('decide', $org, $u, 'was-sent')->{state}, 'sent', 'decide was-sent');
$u = unknown('+19195550161');
is($s->ctl('decide', $org, $u, 'give-up')->{state}, 'failed', 'decide give-up');
$u = unknown('+19195550162');
like(text('decide', $org, $u, 'send'), qr/^$u to \+19195550162\n/, 'decide send');
$s->await(20, 'the text that was to be sent again', sub { $s->ctl('message', $org, $u)->{state} eq 'delivered' });

# ---- events, tray ----------------------------------------------------------------
ok(@{$s->ctl('events', $org)->{events}} > 5, 'events');
like(text('events', $org), qr/^ID +RECEIVED +TYPE +EFFECT +MESSAGE *\n[0-9a-f]{16} +\d/, 'as a table');
is($s->callback('[{"type":"message-unheard-of","time":"2026-11-23T18:00:00Z"}]')->{status}, 200, 'something odd comes');
my $tray = $s->ctl('tray', $org)->{events};
cmp_ok(scalar @$tray, '>=', 1, 'it is in the tray');
my $odd = $tray->[0];
like(text('tray', $org), qr/^\Q$odd->{id}\E /m, 'as a table');
is(text('tray', 'done', $org, $odd->{id}), "Done.\n", 'tray done');
is(scalar(grep { $_->{id} eq $odd->{id} } @{$s->ctl('tray', $org)->{events}}), 0, 'it is gone from there');
fails('one that is not there', 3, qr/not found/, 'tray', 'done', $org, '0192f0c1a2b3c4d5');

# ---- contact release ---------------------------------------------------------------
$s->callback($s->inbound(text => 'please stop texting me', from => '+19195550170'));
my $held = $s->ctl(@send, '+19195550170')->{messages}[0];
is($held->{state}, 'held', 'who may have asked to stop is not texted');
is(text('contact', 'release', $org, '+19195550170'), "+19195550170 is no longer held.\n", 'contact release');
$s->await(20, 'the held text', sub { $s->ctl('message', $org, $held->{id})->{state} eq 'delivered' });
fails('who is not held', 3, qr/not found/, 'contact', 'release', $org, '+19195550170');

# ---- the audit -----------------------------------------------------------------------
my %did = map { ("$_->{what} $_->{detail}" => 1) } @{$s->ctl('audit', $org, '--limit', 1000)->{audit}};
ok($did{$_}, "$_ is in the audit") or diag join "\n", sort keys %did
    for "optout.add $gone", "optout.remove $gone", 'contact.release +19195550170', "tray.done $odd->{id}", "message.cancel $ids[0]";
is_deeply($s->sim_do(GET => 'duplicates'), [], 'nothing was accepted twice');
# ---- a queue that waits as a whole --------------------------------------------
{
	my $none = $s->ctl('org', 'add', 'Nothing entered')->{organization};
	like(text('send', '--org', $none, '--to', '+19195550123', '--text', 'x'),
	    qr/  Waiting to be sent: .*not entered yet\.\n\z/, 'without credentials: send says what is missing');
	$s->ctl('pause', $org);
	my $m = $s->ctl('send', '--org', $org, '--to', '+19195550123', '--text', 'x')->{messages}[0];
	is_deeply([@$m{qw(state held held_meaning)}], ['queued', 'paused', 'Sending is paused.'], 'while paused, too');
	like(text('message', $org, $m->{id}), qr/^Waiting to be sent: Sending is paused\.$/m, 'and of one message');
	like(text('queue', $org), qr/^1 text is waiting\.\nSending is paused\. Once it goes on, .* a second\.\n/, 'the queue says so, too');
	is($s->ctl('queue', $org)->{waits}, 'paused', 'with --json');
	$s->ctl('cancel', $org, $m->{id});
	like(text('queue', $org), qr/^No text is waiting\.$/m, 'then nothing waits');
	$s->ctl('resume', $org);
}


# ---- what is not kept any more -----------------------------------------------------
is(($s->run('', Spoke::build() . '/tests/responder/seed', 'retain', 'text'))[0], 0, 'the time for which words are kept has passed');
$j = $s->ctl('message', $org, $first);
ok(exists $j->{text} && !defined $j->{text}, 'a message has no words');
like($j->{text_removed}, qr/^\d{4}-\d\d-\d\dT/, 'and says since when');
like(text('message', $org, $first), qr/^Delivered\n\nThe words were removed after 1 day \(RETAIN_TEXT_DAYS\)\.\n\z/m, 'in text, and why');
like(text('messages', $org, '--contact', '919-555-0123'), qr/^$first .* delivered +The words were removed after 1 day/m, 'the list says it');
done_testing();
