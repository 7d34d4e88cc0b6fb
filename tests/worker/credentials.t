# What was entered is found out by asking Bandwidth; "could not be reached" is never "refused".
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep);
use Worker;

my $w = Worker->new(no_org => 1);
$w->config(accounts => [{ id => '9900001' }, { id => '9900002', messaging => JSON::PP::false }],
	clients => [
		{ id => 'elsewhere', secret => 'hush', accounts => ['9900001'] },
		{ id => 'trial', secret => 'hush', accounts => ['9900000'], express => JSON::PP::true },
		{ id => 'silent', secret => 'hush', accounts => ['9900002'] },
	]);

# Makes an organization with those credentials, has them checked, returns its record.
my $number = 110;
sub checked {
	my (%o) = @_;
	$w->org(number => '+19195550' . $number++, %o);
	is($w->run, 0, 'a worker');
	return $w->record;
}

my $o = checked();
is_deeply([@$o{qw(cred_kind cred_state account_state)}], [qw(oauth2 confirmed confirmed)], 'API credentials');

$o = checked(user => 'user');
is_deeply([@$o{qw(cred_kind cred_state)}], [qw(basic confirmed)], 'an API user');
like($w->job->{result}, qr/2 December 2026/, 'is told when Bandwidth ends API users');
my ($id) = $w->queue(1, '+19195550501');
is($w->run, 0, 'a worker');
like($w->state($id), qr/sent|delivered/, 'and can send until then');
is((grep { $_->{tag} eq "$w->{org}|$id" } $w->posts)[0]{who}, 'user', 'with user and password');

$o = checked(password => 'wrong');
is($o->{cred_state}, 'refused', 'a wrong secret is refused');
like($o->{cred_words}, qr/Client authentication failed/, "in Bandwidth's words");
($id) = $w->queue(1, '+19195550502');
is($w->run, 0, 'a worker');
is($w->state($id), 'queued', 'and what is queued waits');
$w->hand('save', $w->{org}, 'client', 'hush');
is($w->run, 0, 'after the right one was entered');
like($w->state($id), qr/sent|delivered/, 'it goes out');

$o = checked(user => 'elsewhere');
is_deeply([@$o{qw(cred_kind cred_state account_state)}], [qw(oauth2 refused refused)], 'credentials of another account');
like($w->job->{result}, qr/not for account 9900000; they are for: 9900001/, 'and which that is');

$o = checked(user => 'trial');
is($o->{cred_state}, 'refused', 'a trial account');
like($w->job->{result}, qr/trial/, 'is told why');

$o = checked(user => 'silent', account => '9900002');
is($o->{cred_state}, 'refused', 'an account without messaging');
like($o->{cred_words}, qr/Access Denied/, "in Bandwidth's words");

# ---- not reached is not refused -------------------------------------------------
for my $fault ({ status => 503 }, { status => 429, empty => JSON::PP::true }, { cut => 'read' }, { body => '<html>' }) {
	$w->faults({ where => 'token', times => 0, %$fault });
	$o = checked();
	is($o->{cred_state}, 'unreachable', 'token endpoint: ' . join ' ', %$fault);
	$w->no_faults;
}
$w->faults({ where => 'list', status => 500, times => 0 });
$o = checked();
is($o->{cred_state}, 'unreachable', 'the messaging interface fails');
$w->no_faults;
my $confirmed = $w->{org};
$w->hand('save', $w->{org}, 'client', 'hush');
is($w->run, 0, 'a worker');
is($w->record->{cred_state}, 'confirmed', 'asked again: confirmed');

# ---- what was refused stays refused until Bandwidth takes it --------------------
{
	$w->faults({ where => 'messages', status => 403, times => 0 });
	my ($held) = $w->queue(1, '+19195550504');
	is($w->run, 0, 'a worker whose every text is refused');
	Worker::await(20, 'the second try', sub { $w->run; $w->record->{cred_state} eq 'refused' });
	$w->no_faults;
	$w->faults({ where => 'token', status => 503, times => 0 });
	my $posts = $w->counters->{posts};
	$w->hand('again', $w->{org});
	is($w->run, 0, 'a check that does not reach Bandwidth');
	is($w->record->{cred_state}, 'refused', 'leaves "refused"');
	is($w->state($held), 'queued', 'the queue is still held');
	is($w->counters->{posts}, $posts, 'and nothing is posted');
	$w->no_faults;
	$w->hand('again', $w->{org});
	is($w->run, 0, 'a check that does');
	is($w->record->{cred_state}, 'confirmed', 'opens it again');
}

# ---- bound to the address they were entered for -----------------------------------
{
	my ($held) = $w->queue(1, '+19195550503');
	my $posts = $w->counters->{posts};
	my $tokens = $w->counters->{token_requests};
	my $other = Worker->new(no_org => 1);
	local @{$w->{env}}{qw(BANDWIDTH_MESSAGING_URL BANDWIDTH_NUMBERS_URL BANDWIDTH_TOKEN_URL)} =
	    @{$other->{env}}{qw(BANDWIDTH_MESSAGING_URL BANDWIDTH_NUMBERS_URL BANDWIDTH_TOKEN_URL)};
	is($w->run, 0, 'a worker with other addresses');
	is($w->state($held), 'queued', 'sends nothing');
	is($other->counters->{token_requests}, 0, 'and does not show the credentials to the other address');
}
like($w->run, qr/^0$/, 'a worker with the right ones');
is($w->states->{queued} || 0, 0, 'sends');

# ---- whoever sits in between ---------------------------------------------------------
{
	my $trap = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', LocalPort => 0) or die;
	$trap->blocking(0);
	my $proxy = 'http://127.0.0.1:' . $trap->sockport;
	local @{$w->{env}}{qw(http_proxy https_proxy HTTPS_PROXY ALL_PROXY all_proxy)} = ($proxy) x 5;
	my ($id) = $w->queue(1, '+19195550505');
	is($w->run, 0, 'a worker whose environment names a proxy');
	like($w->state($id), qr/sent|delivered/, 'sends');
	is($trap->accept, undef, 'and shows the proxy nothing');
}
SKIP: {
	skip 'openssl is not installed', 6 unless grep { -x "$_/openssl" } split /:/, $ENV{PATH};
	my $d = $w->{dir};
	my $free = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0) or die;
	my $port = $free->sockport;
	close $free;
	system("openssl req -x509 -newkey rsa:2048 -nodes -keyout $d/key.pem -out $d/cert.pem -days 10 -subj /CN=localhost " .
	    "-addext subjectAltName=DNS:localhost >/dev/null 2>&1") == 0 or die 'openssl';
	pipe my $input, my $hold or die;	# at the end of its input it would end
	my $pid = fork // die;
	if ($pid == 0) {
		close $hold;
		open STDIN, '<&', $input or die;
		open STDOUT, '>', "$d/heard" or die;
		open STDERR, '>&', \*STDOUT;
		exec 'openssl', 's_server', '-accept', "127.0.0.1:$port", '-key', "$d/key.pem", '-cert', "$d/cert.pem" or POSIX::_exit(127);
	}
	Worker::await(10, 'the server', sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) });
	my $in = Worker->new(no_org => 1, settings => { map { $_ => "https://localhost:$port/api/v2" } qw(BANDWIDTH_MESSAGING_URL BANDWIDTH_NUMBERS_URL BANDWIDTH_TOKEN_URL) });
	$in->org;
	my ($id) = $in->queue(1, '+19195550506');
	is($in->run, 0, 'a worker whose Bandwidth has a certificate that nobody vouches for');
	is($in->record->{cred_state}, 'unreachable', 'does not get through');
	is($in->state($id), 'queued', 'and the text waits');
	sleep 0.3;
	my $heard = Worker::slurp("$d/heard");
	like($heard, qr/ACCEPT|ERROR|alert/, 'that one was called');
	unlike($heard, qr{POST|/api/v2|Authorization}, 'and told nothing');
	like($in->log, qr/certificate/i, 'the log says why');
	kill 'KILL', $pid;
	waitpid $pid, 0;
}
done_testing();
