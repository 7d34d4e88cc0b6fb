# What goes wrong at Bandwidth, and the state each fault must lead to. The simulator's ledger says how often a
# text was accepted: never more than once.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Time::HiRes qw(time sleep);
use Worker;

my $w = Worker->new;
is($w->run, 0, 'the credentials are checked first');
my $watch = $w->spawn('--watch');

# Queues one text, with a fault for it; returns its id.
my $next = 1000;
sub one {
	my (%fault) = @_;
	my $to = '+1919555' . $next++;
	$w->faults({ where => 'messages', match => { to => $to }, %fault }) if %fault;
	my ($id) = $w->queue(1, $to);
	$w->hand('wake', 1);
	return $id;
}
sub accepted { my ($id) = @_; return scalar grep { $_->{tag} =~ /\|$id$/ && $_->{accepted} } $w->posts }
sub posted { my ($id) = @_; return scalar grep { $_->{tag} =~ /\|$id$/ } $w->posts }
# In the end it is in that state (what was sent may have its receipt already).
sub settled {
	my ($id, $state, $what) = @_;
	my $want = $state eq 'sent' ? qr/^(sent|delivered)$/ : qr/^$state$/;
	eval { Worker::await(30, $id, sub { $w->state($id) =~ $want }) };
	like($w->state($id), $want, $what);
}

# ---- final refusals -----------------------------------------------------------
for my $status (400, 404, 405, 406, 415) {
	my $id = one(status => $status);
	settled($id, 'failed', "$status as published: failed");
	is($w->message($id)->{error}, "http-$status", 'with its reason');
	is(posted($id), 1, 'and not tried again');
}
like($w->message(one(status => 400))->{id}, qr/^[0-9a-f]{16}$/, 'a next one');

# ---- for later ------------------------------------------------------------------
{
	my $id = one(status => 429, times => 2);
	settled($id, 'sent', '429 loses nothing: sent in the end');
	is(posted($id), 3, 'at the third POST');
	is(accepted($id), 1, 'accepted once');
	$id = one(status => 500);
	settled($id, 'sent', "500 with Bandwidth's type: sent in the end");
	is(accepted($id), 1, 'accepted once');
	my $began = time;
	$id = one(status => 429, headers => { 'Retry-After' => 4 });
	settled($id, 'sent', '429 with Retry-After');
	cmp_ok(time - $began, '>=', 4, 'is heeded');
}

# ---- a token that is no longer good -------------------------------------------------
{
	my $tokens = $w->counters->{tokens};
	$w->sim(POST => 'expire');
	my @ids = map { one() } 1 .. 5;
	settled($_, 'sent', 'with an expired token: renewed and sent') for @ids;
	is($w->counters->{tokens} - $tokens, 1, 'by one renewal');
	is($w->record->{cred_state}, 'confirmed', 'and the credentials stay confirmed');
}

# ---- the connection fails ----------------------------------------------------------
{
	$w->sim(POST => 'refuse', { ms => 1500 });
	my $id = one();
	settled($id, 'sent', 'nobody listens for a while: sent afterwards');
	is(accepted($id), 1, 'once');
}

# ---- nobody knows ---------------------------------------------------------------------
my %unknown = (
	'502 after it was taken' => { late_status => 502, body => 'Bad Gateway', content_type => 'text/html' },
	'an empty 500 after it was taken' => { late_status => 500, empty => JSON::PP::true },
	'no answer after it was taken' => { cut => 'accepted' },
	'a reset after it was taken' => { cut => 'accepted', reset => JSON::PP::true },
	'half of the answer' => { cut => 'answer' },
	'an answer that is no JSON' => { body => '<html>', content_type => 'text/html' },
);
my %id = map { $_ => one(%{$unknown{$_}}) } sort keys %unknown;
# Each is for ten seconds, before it is looked for.
my %was;
eval { Worker::await(60, 'all to be unknown', sub {
	my %state = map { $_->{id} => $_->{state} } $w->messages;
	$was{$_} ||= $state{$id{$_}} eq 'unknown' for keys %id;
	return !grep { !$was{$_} } keys %id;
}) };
ok($was{$_}, "$_: unknown") for sort keys %unknown;
my $missing = one(cut => 'read');
Worker::await(30, 'the cut', sub { $w->state($missing) eq 'unknown' });
my $behind = ($w->queue(1, $w->message($missing)->{contact_number}))[0];
for my $what (sort keys %unknown) {
	settled($id{$what}, 'sent', "$what: found in Bandwidth's list after 10 s, sent");
	is(posted($id{$what}), 1, 'and not posted a second time');
}
Worker::await(30, 'the look', sub { ($w->message($missing)->{looks} || 0) > 0 });
is($w->state($missing), 'unknown', 'one that was not taken is looked for, and stays unknown');
is(posted($missing), 1, 'it is not posted again');
is($w->state($behind), 'queued', 'the next text to that person waits');
Worker::await(40, 'its try', sub { ($w->message($behind)->{held_why} || '') eq 'earlier-open' });
pass('and says what for');

# ---- 401 and 403 ------------------------------------------------------------------------
for my $status (401, 403) {
	my $before = $w->states->{failed} || 0;
	$w->faults({ where => 'messages', status => $status, times => 0 });
	my @ids = map { one() } 1 .. 3;
	Worker::await(40, "$status", sub { $w->record->{cred_state} eq 'refused' });
	pass("$status: refused after one renewal");
	like($w->record->{cred_words}, $status == 401 ? qr/Authentication Failed/ : qr/Access Denied/, "in Bandwidth's words");
	sleep 1;
	is($w->states->{failed} || 0, $before, 'no text failed');
	is(scalar(grep { $w->state($_) eq 'queued' } @ids), 3, 'all are in the queue');
	my $posts = $w->counters->{posts};
	sleep 2;
	is($w->counters->{posts}, $posts, 'which is held');
	$w->no_faults;
	$w->hand('save', $w->{org}, 'client', 'hush');
	$w->hand('wake', 1);
	settled($_, 'sent', 'after new credentials were saved: sent') for @ids;
}
# ---- one text alone is refused --------------------------------------------------------------
{
	Worker::await(30, 'the credentials', sub { $w->record->{cred_state} eq 'confirmed' });
	my ($bad) = one(status => 403, times => 0);
	Worker::await(10, 'its refusal', sub { posted($bad) > 0 });
	my (@good, $began);
	$began = time;
	while ($w->state($bad) ne 'failed' && time - $began < 30) {
		push @good, one();
		sleep 0.5;
	}
	is($w->state($bad), 'failed', 'one text that is always refused fails');
	is($w->message($bad)->{error}, 'http-403', 'for that reason');
	cmp_ok(posted($bad), '<=', 3, 'after a second try');
	cmp_ok(time - $began, '<', 15, 'soon');
	settled($_, 'sent', 'the others go on') for @good[-1, 0];
	is($w->record->{cred_state}, 'confirmed', 'and the credentials stay confirmed');
}
is_deeply($w->duplicates, [], 'nothing was accepted twice');
kill 'TERM', $watch;
is(Worker::ended($watch, 10), 0, 'told to end, it ends');
done_testing();
