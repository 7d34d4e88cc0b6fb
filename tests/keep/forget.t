# A person asks to be forgotten, with the real programs: a conversation with a picture, groups, calls that could not be
# understood, answers of the API, the audit. Afterwards the data holds their number nowhere, all of it agrees with
# itself, and they are not texted: not by a repeated send, not after SESSION_SECRET changed. What comes late brings
# nothing back; who writes START may be texted.
use strict;
use warnings;
use lib "$ENV{SOURCE}/tests/lib";
use JSON::PP;
use MIME::Base64;
use Spoke;
use Test::More;
use Time::HiRes qw(sleep time);

my $s = Spoke->new;
my $ctl = Spoke::build() . '/spokectl';
my $former = $s->{settings}{SESSION_SECRET} = 'the-former-secret-0123456789abcdefgh';
$s->sim(receipt_delay_ms => 30)->init->lighttpd;
$s->sim_location(numbers => [$s->{number}]);
$s->sim_credentials;
my ($ANN, $BEN, $CAT, $DAN, $EVE) = map { "+191955502$_" } qw(31 32 33 34 35);
my %words = map { $_ => sprintf '(%s) %s-%s', $_ =~ /^\+1(\d{3})(\d{3})(\d{4})$/ } $ANN, $EVE;

# ---- looking ------------------------------------------------------------------

# Lines of the dump in which a number stands in any spelling: in a key, a value, or what a value encodes.
sub found {
	my ($number) = @_;
	(my $digits = $number) =~ s/^\+1//;
	my $any = join '(?:[^0-9A-Za-z\n]|\\\\u[0-9a-f]{4}){0,4}', split //, $digits;
	my $key = unpack 'H*', $digits;
	my (undef, $dump) = $s->run('', $ctl, 'dump');
	my @lines = split /\n/, $dump;
	die 'no dump' if @lines < 20;
	return grep {
		my ($table, $k, $v) = split /\t/, $_, 3;
		my $plain = join '', map { decode_base64($_) } $v =~ /([A-Za-z0-9+\/]{16,}={0,2})/g;
		$k =~ /\Q$key\E/ || $v =~ /$any/ || $plain =~ /$any/;
	} @lines;
}
sub verified { my ($what) = @_; my ($code, $out, $err) = $s->run('', $ctl, 'verify'); is($code, 0, "$what: all of it agrees") or diag $out, $err }
sub receipt {
	my ($type, $to, %o) = @_;
	return [{ type => $type, time => '2026-11-23T18:00:01.000Z', to => $to, description => 'x', %{$o{event} || {}},
		message => { id => $o{id} // 'late-1', time => '2026-11-23T18:00:00.000Z', to => $o{all} // [$to], from => $s->{number},
			owner => $s->{number}, text => '', applicationId => $Spoke::APPLICATION, segmentCount => 1, direction => 'out',
			tag => $o{tag} // '' } }];
}
sub state { my ($id) = @_; return $s->ctl('message', $s->{org}, $id)->{state} }
sub settled { my ($id) = @_; return $s->await(20, "message $id", sub { my $st = state($id); $st =~ /delivered|failed|cancelled/ ? $st : 0 }) }
sub send_to {
	my ($to, %more) = @_;
	my $r = $s->api(POST => '/messages', { to => $to, text => 'Meeting tonight at 7', %more });
	is($r->{status}, 202, 'queued for ' . (ref $to ? "@$to" : $to)) or diag $r->{content};
	return $r->{json}{messages}[0]{id};
}
# All messages in the order of changes, as a client follows them.
sub follow {
	my ($cursor) = @_;
	my @all;
	for (1 .. 50) {
		my $r = $s->api(GET => '/messages?order=oldest&limit=2' . (defined $cursor ? "&cursor=$cursor" : ''));
		die "follow: $r->{status} $r->{content}" if $r->{status} != 200;
		push @all, @{$r->{json}{messages}};
		return (\@all, $cursor) if !@{$r->{json}{messages}};
		$cursor = $r->{json}{next};
	}
	die 'no end';
}
sub forget { return $s->ctl_any('', 'forget', $s->{org}, @_) }

# ---- a person with something of everything ----------------------------------------

is($s->callback($s->inbound(id => 'hello-1', from => $ANN, text => "Hi, I'm Ann"))->{status}, 200, 'she writes');
$s->sim_do(POST => 'inbound', { from => $ANN, to => $s->{number}, wait_ms => 5000,
	media => [{ name => 'me.png', content_type => 'image/png', base64 => encode_base64("\x89PNG\r\n\x1a\n" . 'x' x 5000, '') }] });
$s->await(15, 'her picture', sub { glob "$s->{dir}/data/media/1/*/*" });
my $one = send_to($ANN, reference => 'call-919-555-0231');
is(settled($one), 'delivered', 'a text to her is delivered');
my @group = map { send_to($_, group => JSON::PP::true, text => 'All of you') } [$ANN, $BEN, $CAT], [$BEN, $ANN];
is(settled($_), 'delivered', 'a group text') for @group;
# Of this one her own report is still to come.
$s->sim_faults({ where => 'callback', match => { to => $ANN, text => '' }, nth => 1, times => 0, drop => JSON::PP::true, name => 'hers' });
my $open = send_to([$ANN, $BEN], group => JSON::PP::true, text => 'Both of you');
my $late = send_to($ANN, text => 'with a late report');
$s->await(20, 'both to be sent', sub { state($open) eq 'sent' && state($late) eq 'sent' });
sleep 0.5;	# their reports are dropped
$s->sim_do(POST => 'faults/clear', {});
is($s->callback($s->inbound(id => 'group-in', from => $BEN, text => 'to all', message => { to => [$s->{number}, $ANN] }))->{status},
    200, 'somebody writes to a group with her');
is($s->callback($s->inbound(id => 'hers-in', from => $ANN, text => 'my own', message => { to => [$s->{number}, $BEN] }))->{status},
    200, 'she writes to a group');
is($s->callback([{ %{$s->inbound(id => 'not-ours', from => $ANN, text => 'who?')->[0]}, to => '+19195550177' }])->{status}, 200, 'to no number of ours');
$s->callback('{"broken": "call me, ' . $words{$ANN} . '"');
$s->callback("\xff\xfe 919.555.0231");
$s->callback([{ type => 'message-odd', time => '2026-11-23T18:00:00Z', who => { tel => '+1 919 555 0231' } }]);
$s->callback(receipt('message-read', $ANN, id => 'read-1'));
$s->ctl('optout', 'add', $s->{org}, $ANN);
$s->ctl('optout', 'remove', $s->{org}, $ANN);
is($s->callback($s->inbound(id => 'stop-1', from => $ANN, text => 'STOP'))->{status}, 200, 'and STOP in the end');
send_to($ANN);	# refused: she opted out
my $same = { to => [$ANN, $DAN], text => 'refused for one', reference => 'r-1' };
my $two = $s->api(POST => '/messages', $same);
is(settled($two->{json}{messages}[1]{id}), 'delivered', 'a request for two, of whom one is refused');
my (undef, $cursor) = follow();
my @tray = @{$s->ctl('tray', 1)->{events}};
my %tables = map { (split /\t/)[0] => 1 } found($ANN);
my @want = qw(audit by_contact contacts events holders idempotency messages tray);
is_deeply([grep { !$tables{$_} } @want], ['tray'], 'her number stands in ' . join ' ', sort keys %tables);
cmp_ok(scalar @tray, '>=', 4, 'and calls with it need a look');
my %was = map { $_->{number} => $_ } @{$s->ctl('numbers', 'list', 1)->{numbers}};

# ---- asking ------------------------------------------------------------------------

is((forget($ANN))[0], 2, 'without a word nothing is forgotten');
is((forget('555-01', '--yes'))[0], 2, 'nor what is no number');
is((forget('5550231', '--yes'))[0], 1, 'nor one without its area code, as a short code that nobody knows');
is(($s->ctl_any('', 'forget', 77, $ANN, '--yes'))[0], 3, 'nor of no organization');
my ($status, undef, $err) = forget($s->{number}, '--yes');
is($status, 1, 'nor an own number');
like($err, qr/own numbers/, 'which is said');
cmp_ok(scalar(found($ANN)), '>', 10, 'nothing is gone yet');
($status, my $j, $err) = forget($words{$ANN}, '--yes', '--wait', 60);
is($status, 0, 'she is forgotten') or diag $err, explain $j;
is($j->{state}, 'done', 'the job is done');
is_deeply([map { $_->{state} } @{$j->{steps}}], [('done') x 5], 'all of its steps');
cmp_ok($j->{texts}, '>=', 6, "$j->{texts} texts went") or diag explain $j;
is($j->{groups}, 4, 'in four group texts her number is written over');
is_deeply([found($ANN)], [], 'the data holds her number nowhere');
verified('forgotten');
is_deeply([glob "$s->{dir}/data/media/1/*/*"], [], 'the picture is gone from the disk');
is_deeply($s->ctl('messages', 1, '--contact', $ANN)->{messages}, [], 'there is no conversation');
is($s->ctl('forget', 1)->{forgotten}, 1, 'how many were forgotten is known');
like(($s->run('', $ctl, 'optout', 'list', 1))[1], qr/1 more asked to be forgotten/, 'also in the list of opt-outs');
is_deeply([grep { ($_->{number} // '') eq $ANN } @{$s->ctl('optout', 'list', 1)->{optouts}}], [], 'which has no number');
my %now = map { $_->{number} => $_ } @{$s->ctl('numbers', 'list', 1)->{numbers}};
is($now{$s->{number}}{out_today}, $was{$s->{number}}{out_today}, 'how many texts went out is counted as before');
cmp_ok($now{$s->{number}}{contacts}, '<', $was{$s->{number}}{contacts}, 'she is no contact any more');
is_deeply([grep { $_->{what} eq 'contact.forget' } @{$s->ctl('audit', 1)->{audit}}]->[0]{detail}, $j->{id}, 'the audit has the job');

# ---- the others' record -----------------------------------------------------------------

my $g = $s->ctl('message', 1, $group[0]);
is_deeply($g->{group}, ['forgotten', $BEN, $CAT], 'the others\' group text stays, without her number');
is($g->{contact_number}, $BEN, 'and is found with the next of them');
is($s->ctl('message', 1, $group[1])->{contact_number}, $BEN, 'one that began with another stays there');
my ($in) = grep { $_->{text} eq 'to all' } @{$s->ctl('messages', 1, '--contact', $BEN)->{messages}};
is_deeply($in->{group}, [$BEN, 'forgotten'], 'so does what another wrote to a group');
is_deeply([grep { ($_->{text} // '') eq 'my own' } @{$s->ctl('messages', 1)->{messages}}], [], 'what she wrote to one does not');
my ($all) = follow();
ok((grep { $_->{id} eq $group[0] } @$all), 'a client that follows all changes comes through');
my ($since) = follow($cursor);
is_deeply([sort map { $_->{id} } @$since], [sort @group, $open, $in->{id}], 'one that went on where it was learns what changed');
my $again = $s->api(POST => '/messages', $same);
is_deeply([map { $_->{to} } @{$again->{json}{messages}}], ['forgotten', $DAN], 'a repeated request gets the first answer, without the number');

# ---- what comes late ---------------------------------------------------------------------

my $tray_before = @{$s->ctl('tray', 1)->{events}};
is($s->callback(receipt('message-delivered', $ANN, id => 'late-own', tag => "1|$late"))->{status}, 200, 'a late report about her text is taken');
is($s->callback(receipt('message-delivered', $ANN, id => 'late-own', tag => "1|$late"))->{status}, 200, 'and once more');
is($s->callback(receipt('message-sent', $ANN, id => 'late-2'))->{status}, 200, 'one without a tag');
is($s->callback(receipt('message-failed', $ANN, id => 'late-3', event => { errorCode => 4720 }))->{status}, 200, 'a failure');
is($s->callback(receipt('message-read', $ANN, id => 'late-4'))->{status}, 200, 'one of another type');
is($s->callback(receipt('message-sent', $BEN, id => 'late-5', all => [$ANN, $BEN], tag => "1|$group[1]"))->{status}, 200, "another's of a group");
is($s->callback($s->inbound(id => 'hello-1', from => $ANN, text => "Hi, I'm Ann"))->{status}, 200, 'a text that was taken before');
my $x = $s->ctl('message', 1, $open);
is($x->{state}, 'sent', 'a group text of which her report is missing');
is($s->callback(receipt('message-delivered', $ANN, id => $x->{service_id}, all => [$ANN, $BEN], tag => "1|$open"))->{status}, 200, 'gets it');
is(state($open), 'delivered', 'and is settled');
is_deeply([found($ANN)], [], 'none of them brings the number back');
is(scalar(@{$s->ctl('tray', 1)->{events}}), $tray_before, 'nor needs a look');
my ($kept) = grep { ($_->{type} // '') eq 'message-failed' } @{$s->ctl('events', 1, '--raw')->{events}};
is($kept->{raw}, '{"type":"message-failed","to":"forgotten"}', 'that it came is kept');
verified('afterwards');

# ---- not texted ------------------------------------------------------------------------

sub refused {
	my ($what) = @_;
	my $r = $s->api(POST => '/messages', { to => $ANN, text => 'are you there?' });
	is($r->{json}{messages}[0]{state}, 'failed', "$what: a text to her fails");
	is($r->{json}{messages}[0]{error}{code} // $r->{json}{messages}[0]{error}{name}, 'opted-out', 'because she is opted out') or diag explain $r->{json};
	is($s->api(POST => '/messages', { to => [$BEN, $ANN], group => JSON::PP::true, text => 'x' })->{json}{messages}[0]{state}, 'failed', 'one to a group too');
}
my $posts = () = $s->sim_posts;
refused('at once');
is(($s->run('', $ctl, 'send', '--org', 1, '--to', $ANN, '--text', 'x', '--wait', 10))[0], 1, 'spokectl neither');
cmp_ok(scalar(found($ANN)), '>', 0, 'whoever sends to the number brings it here again');
is((forget($ANN, '--yes', '--wait', 60))[0], 0, 'and can have it forgotten again');
is_deeply([found($ANN)], [], 'which it is');

# The secret changes; what the former one sealed is sealed anew.
sub change {
	my (%new) = @_;
	$s->{settings}{$_} = $new{$_} for keys %new;
	$s->write_conf;
	$s->stop('lighttpd');
	$s->lighttpd;
	$s->{callback} = $s->ctl('callback-password', 1);
	$s->sim_do(POST => 'config', { applications => [{ id => $Spoke::APPLICATION, account => $Spoke::ACCOUNT,
		callback_password => $s->{callback}{callback_password} }] });
}
change(SESSION_SECRET => 'a-new-secret-of-the-tests-0123456789ab', SESSION_SECRET_PREVIOUS => $former);
refused('between two secrets');
$s->await(40, 'everything to be sealed anew', sub {
	$s->run('', Spoke::build() . '/spoke-worker', '--once');
	my (undef, $dump) = $s->run('', $ctl, 'dump');
	my %k = map { $_ => 1 } $dump =~ /^secrets\t.*?"k":\s*"([0-9a-f]{8})"/mg;
	keys %k == 1 && ($s->run('', $ctl, 'check'))[0] == 0 });
change(SESSION_SECRET_PREVIOUS => undef);
refused('with the new one alone');
my ($row) = grep { $_->{what} eq 'forgotten' } @{($s->ctl_any('', 'check'))[1]{checks}};
is($row->{state}, 'fine', 'check says that she is recognized');
is(scalar(() = $s->sim_posts), $posts, 'nothing went out in all this');

# A backup knows it, too.
is((forget($ANN, '--yes', '--wait', 60))[0], 0, 'forgotten once more');
my ($code, $out) = $s->run('', $ctl, 'backup', "$s->{dir}/backups");
is($code, 0, 'a backup is good');

# ---- writing again ------------------------------------------------------------------------

is($s->callback($s->inbound(id => 'again-1', from => $ANN, text => 'Hello again'))->{status}, 200, 'she writes again');
is_deeply([map { $_->{text} } @{$s->ctl('messages', 1, '--contact', $ANN)->{messages}}], ['Hello again'], 'which is kept and shown');
is((grep { $_->{number} eq $ANN && $_->{cause} eq 'word' } @{$s->ctl('optout', 'list', 1)->{optouts}}) + 0, 1, 'she is a contact, opted out by her own word');
is($s->ctl('forget', 1)->{forgotten}, 0, 'and not among the forgotten');
verified('written again');
refused('who writes again');
is((forget($ANN, '--yes', '--wait', 60))[0], 0, 'forgotten again');
is($s->callback($s->inbound(id => 'start-1', from => $ANN, text => 'START'))->{status}, 200, 'START');
is($s->ctl('forget', 1)->{forgotten}, 0, 'takes the hash away');
is(settled(send_to($ANN)), 'delivered', 'and she can be texted');

# Who was not opted out is so by a person's word, which START does not undo, but a person may.
is(settled(send_to($EVE)), 'delivered', 'somebody who never said STOP');
$s->callback($s->inbound(id => 'dan-1', from => $DAN, text => "ask $words{$EVE}"));
($status, $j) = forget($EVE, '--yes', '--wait', 60);
is($status, 0, 'is forgotten');
is($j->{mentions}, 1, 'what another wrote of the number stays, and is named');
like($s->ctl('message', 1, $j->{mentioned}[0])->{text}, qr/^ask \(919\)/, 'as it is');
like($j->{result}, qr/1 text of other people names the number in their words and stays\./, 'which is said');
$s->callback($s->inbound(id => 'eve-start', from => $EVE, text => 'START'));
is($s->api(POST => '/messages', { to => $EVE, text => 'x' })->{json}{messages}[0]{state}, 'failed', 'START alone does not do');
is((forget($EVE, '--yes', '--wait', 60))[0], 0, 'forgotten');
$s->ctl('optout', 'remove', 1, $EVE);
unlike((map { $_->{detail} // '' } grep { $_->{what} eq 'optout.remove' } @{$s->ctl('audit', 1)->{audit}})[0], qr/0235/, 'the audit does not say whom');
is(settled(send_to($EVE)), 'delivered', 'a person here can take it back');

# ---- waiting ------------------------------------------------------------------------------------

# A text of which nobody knows: it can't go before somebody decides.
$s->sim_faults({ where => 'messages', match => { to => $CAT }, cut => 'accepted', drop => JSON::PP::true, unlisted => JSON::PP::true });
my $lost = send_to($CAT);
$s->await(20, 'a lost answer', sub { state($lost) eq 'unknown' });
($status, $j) = forget($CAT, '--yes', '--wait', 3);
is($status, 1, 'whose text is in doubt is not forgotten yet');
like($j->{step}, qr/^Waiting until it is known whether a text to this person was sent/, 'which is said') or diag explain $j;
is($s->api(POST => '/messages', { to => $CAT, text => 'x' })->{json}{messages}[0]{state}, 'failed', 'but not texted any more');
my ($first) = $s->ctl_any('', 'forget', 1, $CAT, '--yes');
is($s->ctl('forget', 1, '--job', $j->{id})->{id}, $j->{id}, 'the job can be looked at');
is(($s->ctl_any('', 'forget', 1, $CAT, '--yes'))[1]{id}, $j->{id}, 'asking again is the same job');
is(($s->ctl_any('', 'decide', 1, $lost, 'give-up'))[0], 0, 'somebody decides');
($status, $j) = $s->ctl_any('', 'forget', 1, '--job', $j->{id}, '--wait', 90);
is($status, 0, 'then it goes on') or diag explain $j;
is_deeply([found($CAT)], [], 'and the number is gone');
verified('in the end');

done_testing();
