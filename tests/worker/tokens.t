# No token to be had, and lists that do not come: what waits is kept, nothing is posted a second time, whoever looks reads
# why, and it goes on by itself as soon as Bandwidth answers again.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use Test::More;
use Worker;

my $w = Worker->new(no_org => 1);
my ($watch, $serial, $account, $client) = (undef, 0);
# An organization with an account of its own: what one renewed keeps no other waiting.
sub fresh {
	$serial++;
	($account, $client) = (9_920_000 + $serial, "client$serial");
	my $application = sprintf '93de2206-9669-4e07-948d-%012d', $serial;
	my $number = '+1919556' . (1000 + $serial);
	$w->config(accounts => [{ id => "$account" }], applications => [{ id => $application, account => "$account" }],
	    numbers => [{ number => $number, account => "$account", application => $application }]);
	client();
	$w->org(account => $account, user => $client, application => $application, number => $number);
	is($w->run, 0, 'the credentials are checked first');
	is($w->record->{cred_state}, 'confirmed', 'and confirmed') or diag $w->record->{cred_words};
	return [$w->{org}, $account, $client];
}
sub as { ($w->{org}, $account, $client) = @{$_[0]} }
sub work { $watch = $w->spawn('--watch') }
sub rest { kill 'TERM', $watch; is(Worker::ended($watch, 40), 0, 'the worker ends') }
my $next = 2000;
sub queue { my ($id) = $w->queue(1, '+1919555' . $next++); $w->hand('wake', 1); return $id }
sub gone { my ($id, $what) = @_; Worker::await(60, $what, sub { $w->state($id) =~ /^(sent|delivered)$/ }); pass($what) }
sub accepted { my ($id) = @_; return scalar grep { $_->{tag} =~ /\|$id$/ && $_->{accepted} } $w->posts }
sub said { my ($pattern) = @_; return scalar(() = $w->log =~ /$pattern/g) }
sub client { return $w->config(clients => [{ id => $client, secret => 'hush', accounts => ["$account"], @_ }]) }

# ---- no token ----------------------------------------------------------------------------

# Bandwidth is not there for a while: tried again after a second, two, four.
for my $case ([{ status => 503 }, '503'], [{ cut => 'read' }, 'no answer'], [{ body => '<html>', content_type => 'text/html' }, 'no sense']) {
	my ($fault, $what) = @$case;
	fresh();
	work();
	my $failures = said('no token from Bandwidth');
	$w->faults({ where => 'token', times => 2, %$fault });
	$w->sim(POST => 'expire');
	my $id = queue();
	Worker::await(30, "$what: two tries", sub { said('no token from Bandwidth') >= $failures + 2 });
	is($w->state($id), 'queued', "no token ($what): the text waits");
	is($w->record->{cred_state}, 'confirmed', 'nobody says that the credentials are wrong');
	gone($id, 'with the third try it goes');
	is(accepted($id), 1, 'once');
	rest();
}

# Bandwidth says no: a check finds out, a minute later, and it is told.
my @no = ([{ secret => 'other' }, qr/Client authentication failed/, 'the secret was changed at Bandwidth'],
    [{ accounts => ['9900009'] }, qr/not for account \d+; they are for: 9900009/, 'the credentials are for another account now']);
push @$_, fresh() for @no;
for my $case (@no) {
	as($case->[3]);
	client(%{$case->[0]});
}
$w->sim(POST => 'expire');
work();
for my $case (@no) {
	as($case->[3]);
	push @$case, queue();
}
for my $case (@no) {
	my (undef, $words, $what, $f, $id) = @$case;
	as($f);
	Worker::await(180, $what, sub { $w->record->{cred_state} eq 'refused' });
	like($w->record->{cred_words} . ' ' . ($w->job->{result} // ''), $words, "$what: it says so");
	is($w->state($id), 'queued', 'the text waits');
	client();
	$w->hand('save', $w->{org}, $client, 'hush');
	$w->hand('wake', 1);
	gone($id, 'after the right ones were saved it goes');
	is(accepted($id), 1, 'once');
}
rest();

# ---- lists that do not come -----------------------------------------------------------------

# Texts of which the answers were lost, and a fault of each list: nothing is known afterwards, and the next look finds them.
my $failed = qr/Bandwidth could not be asked for it/;
my @lists = (
	['503', { status => 503 }, $failed],
	['429', { status => 429, headers => { 'Retry-After' => 2 } }, $failed],
	['401', { status => 401 }, $failed],
	['no answer', { cut => 'read' }, $failed],
	['no sense', { body => '[]', content_type => 'application/json' }, $failed],
	# So many to one person that they cannot be told apart.
	['no end', { times => 0, content_type => 'application/json', body => encode_json({ totalCount => 9000, messages => [],
		pageInfo => { nextPage => "$w->{url}/api/v2/users/1/messages?pageToken=YXQ6MTAw", nextPageToken => 'YXQ6MTAw' } }) },
	    qr/Bandwidth lists too many to tell it apart/],
);
push @$_, fresh() for @lists;
work();
for my $case (@lists) {
	as($case->[3]);
	my %match = (match => { path => "/users/$account/" });
	$w->faults({ where => 'messages', %match, cut => 'accepted' }, { where => 'list', %match, %{$case->[1]} });
	push @$case, queue();
}
for my $case (@lists) {
	my ($what, undef, $words, $f, $id) = @$case;
	as($f);
	Worker::await(120, "$what: the look", sub { $w->log =~ /message $id: $words/ });
	pass("the list, $what: the log says so");
	is($w->state($id), 'unknown', 'nothing is known of the text');
	ok(!$w->message($id)->{looks}, 'and that look does not count');
	is($w->record->{cred_state}, 'confirmed', 'the credentials are fine');
}
cmp_ok($w->counters->{lists}, '<', 60, 'a list without an end is not read for ever');
rest();
$w->no_faults;
for my $case (@lists) {
	as($case->[3]);
	$w->hand('due', $w->{org}, $case->[4], 0);
}
work();
for my $case (@lists) {
	my ($what, undef, undef, $f, $id) = @$case;
	as($f);
	gone($id, "$what: the next look finds it");
	is(accepted($id), 1, 'it was posted once');
}
rest();
is_deeply($w->duplicates, [], 'nothing was accepted twice');
done_testing();
