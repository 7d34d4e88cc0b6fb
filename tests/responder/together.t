# Several who ask one process at the same time, for everything that it has: each gets its own answer, and what
# two of them ask for at once is done once. Under ThreadSanitizer (tests/run --threads) this is what has races to find.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FCGI;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

my ($clients, $seconds) = (8, 4);
my $r = FCGI->new(settings => { THREADS => 6 });
my @ids = @{ decode_json($r->seed(messages => 20))->{messages} };
my $mms = $r->start && $r->attachments("\x89PNG\r\n\x1a\n" . 'x' x 2000);
my $w = $r->{world};
my %owner = %{ $r->sign_in('owner@example.org') };
my %cookie = (Cookie => $owner{cookie}, Origin => $r->{origin});
my %bearer = (Authorization => "Bearer $w->{both}");

sub event {
	my ($id, $from) = @_;
	return encode_json([{ type => 'message-received', to => '+19195550100', time => '2026-11-23T18:00:00.000Z',
		message => { id => $id, direction => 'in', from => $from, to => ['+19195550100'], text => "Event $id" } }]);
}

# Each asks and gives the status; n is the client, i counts its turns. What bears only i is asked for by all of them.
my @asks = (
	[event => sub { my ($n, $i) = @_; $r->callback(event("own-$n-$i", '+19195550199')) }, 200],
	[shared => sub { my ($n, $i) = @_; $r->callback(event("shared-$i", '+19195550198')) }, 200],
	[submit => sub { my ($n, $i) = @_; $r->request(POST => '/api/orgs/1/messages',
		headers => { %bearer, 'Idempotency-Key' => "key-$i" }, body => qq({"to":"+19195550123","text":"Key $i"})) }, 202, 409],
	[list => sub { $r->request(GET => '/api/orgs/1/messages?limit=10', headers => \%bearer) }, 200],
	[item => sub { $r->request(GET => "/api/orgs/1/messages/$ids[rand @ids]", headers => \%bearer) }, 200],
	[media => sub { $r->request(GET => "/api/orgs/1/messages/$mms/media/0", headers => \%bearer) }, 200],
	[pages => sub { $r->request(GET => '/admin/1/' . (qw(messages settings numbers check data look))[rand 6], headers => \%cookie) }, 200],
	[pause => sub { $r->request(POST => '/admin/1/pause', headers => \%cookie,
		form => { csrf => $owner{csrf}, do => (qw(pause resume))[rand 2] }) }, 303],
	[wrong => sub { $r->callback('[]', password => 'wrong') }, 401, 429],
	[health => sub { $r->request(GET => '/healthz') }, 200],
	# Trying is limited, takes a while, and has half of the threads at most: once each.
	[login => sub { my ($n, $i) = @_; $i ? $r->request(GET => '/login') : $r->sign_in('admin@example.org')->{answer} }, 200, 303, 429, 503],
);

my (@reads, @pids);
for my $n (1 .. $clients) {
	pipe my $read, my $write or die;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		close $read;
		srand $n;
		my ($end, $out) = (time + $seconds, '');
		TURN: for (my $i = 0; time < $end; $i++) {
			for my $ask (@asks) {
				my ($name, $do) = @$ask;
				my $a = eval { $do->($n, $i) } || { status => 0 };
				$out .= join(' ', $name, $n, $i, $a->{status}, $a->{json}{messages}[0]{id} // '-') . "\n";
				last TURN if $a->{status} == 0;	# nobody answers any more
			}
		}
		print $write $out;
		close $write;
		POSIX::_exit(0);
	}
	close $write;
	push @reads, $read;
	push @pids, $pid;
}
my @lines = map { my $f = $_; map { chomp; [split / /] } <$f> } @reads;
waitpid $_, 0 for @pids;

for my $ask (@asks) {
	my ($name, undef, @good) = @$ask;
	my %status;
	$status{$_->[3]}++ for grep { $_->[0] eq $name } @lines;
	my $told = join ', ', map { "$_: $status{$_}" } sort keys %status;
	is_deeply([grep { my $s = $_; !grep { $_ == $s } @good } keys %status], [], "$name: $told");
}

my $events = join "\n", $r->records('events');
my @messages = map { decode_json($_) } $r->records('messages');
my %heard;
$heard{$_->{service_id}}++ for grep { defined $_->{service_id} } @messages;
my @own = map { "own-$_->[1]-$_->[2]" } grep { $_->[0] eq 'event' && $_->[3] == 200 } @lines;
is(scalar(grep { ($heard{$_} // 0) != 1 } @own), 0, scalar(@own) . ' events are kept, each once');
my %shared = map { ("shared-$_->[2]" => 1) } grep { $_->[0] eq 'shared' && $_->[3] == 200 } @lines;
is(scalar(grep { ($heard{$_} // 0) != 1 } keys %shared), 0, scalar(keys %shared) . ' events that came several times at once have one effect');
my (%answered, %queued);
$answered{"Key $_->[2]"}{$_->[4]} = 1 for grep { $_->[0] eq 'submit' && $_->[3] == 202 } @lines;
$queued{$_->{text}}++ for grep { ($_->{text} // '') =~ /^Key/ } @messages;
is(scalar(grep { keys %{ $answered{$_} } != 1 } keys %answered), 0, scalar(keys %answered) . ' keys that came several times at once name one text');
is(scalar(grep { $queued{$_} != 1 } keys %queued), 0, 'which is queued once');
is(scalar(keys %queued), scalar(keys %answered), 'and there are no others');
is($r->stop, 0, 'it ends in order');
unlike($r->log, qr/ThreadSanitizer|AddressSanitizer|runtime error/, 'no sanitizer complains') or diag $r->log;
done_testing();
