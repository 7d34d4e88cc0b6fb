# A worker whose store fails at any call: it neither dies of it nor does anything twice, and once the store is well
# again, all that was asked for comes to its end.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Digest::SHA qw(sha256_hex);
use Fcntl qw(SEEK_SET);
use JSON::PP;
use MIME::Base64;
use Test::More;
use Time::HiRes qw(time sleep);
use Stock;

# tests/store/faulty.h
my ($KV, $PUT, $FLUSH) = (1 | 2 | 4 | 8 | 16 | 32, 8, 64);
my ($ENOMEM, $EIO, $ENOSPC, $NO_PAGE) = (12, 5, 28, -30986);
my $MOST = 10;	# then the store is well again
my $ONE_BY_ONE = 0;

my $w = Stock->new(settings => { MEDIA_FREE_BYTES => 0 });
my $board = "$w->{dir}/faults";
$w->{env}{SPOKE_FAULTS} = $board;
my $well = $Worker::WORKER;
my $faulty = ($ENV{BUILD} || '.') . '/tests/worker/faulty-worker';
$w->sim(POST => 'stock', { first => '+14345550000', count => 200, city => 'LYNCHBURG', state => 'VA', zip => '24501' });

# ---- faults -------------------------------------------------------------------------------

# Writes what fails, if anything is given; what the board says.
sub board {
	open my $f, -e $board ? '+<:raw' : '+>:raw', $board or die $!;
	my ($which, $at, $error, $every) = @_;
	syswrite $f, pack 'l7', $which, $at, $error, 0, 0, $every, $MOST if @_;
	sysseek $f, 0, SEEK_SET;
	sysread $f, my $data, 28;
	return unpack 'l7', $data;
}

# A worker, of whose calls each so many-th fails, beginning with one; how many did.
sub ill {
	my ($which, $at, $every, $error) = @_;
	board($which, $at, $error, $every);
	local $Worker::WORKER = $faulty;
	my $pid = $w->spawn('--once');
	my $status = Worker::ended($pid, 60);
	if (!defined $status) { kill 'KILL', $pid; waitpid $pid, 0 }
	my (undef, undef, undef, $calls, $hits) = board();
	return ($status, $calls, $hits);
}

sub last_lines { my @l = split /\n/, $w->log; return @l > $_[0] ? @l[-$_[0] .. -1] : @l }

# Each kind of work, with faults at other places each time.
sub under_faults {
	my ($what, $rounds, $begin, $end) = @_;
	$rounds *= 5 if $ENV{SPOKE_TEST_LONG};
	my ($hits, $calls) = (0, 0);
	my @bad;
	for my $round (0 .. $rounds - 1) {
		my $every = (31, 17, 43, 9)[$round % 4];
		my $at = 1 + $round * 5 % $every;
		# A job that reads as damaged is taken out of the list: not so here.
		my ($which, $error) = @{([$KV, $ENOMEM], [$KV, $EIO], [$KV | $FLUSH, $ENOMEM], [$FLUSH, $EIO],
			[$KV, $what =~ /text/ ? $NO_PAGE : $EIO])[$round % 5]};
		($which, $error, $at, $every) = ($KV, $ENOMEM, $round + ($rounds > 40 ? 1 : 60), 0) if $ONE_BY_ONE;
		my $state = $begin->($round);
		my ($status, $c, $h) = ill($which, $at, $every, $error);
		push @bad, "round $round: the worker ended with " . ($status // 'a kill: it hung') if !defined $status || $status & 127;
		$hits += $h;
		$calls += $c;
		my $wrong = eval { $end->($state, $round) };
		$wrong = "died: $@" if $@;
		push @bad, "round $round (at $at, every $every, error $error, $h of $c failed): $wrong" if $wrong;
	}
	ok(!@bad, "$what: $hits of $calls calls failed, and all came to its end once") or diag join "\n", @bad, last_lines(60);
	cmp_ok($hits, '>', $rounds / 2, "$what: enough of them failed");
}

# ---- what is asked for -----------------------------------------------------------------------

my $next = 1000;
sub accepted { my ($id) = @_; return scalar grep { $_->{tag} =~ /\|$id$/ && $_->{accepted} } $w->posts }
under_faults('texts', 12, sub {
	return [map { ($w->queue(1, '+1919666' . $next++))[0] } 1 .. 3];
}, sub {
	my ($ids) = @_;
	my %open = map { $_ => 1 } @$ids;
	for my $try (1 .. 20) {
		for (keys %open) { delete $open{$_} if $w->state($_) =~ /^(sent|delivered)$/ }
		last unless %open;
		$w->hand('due', $w->{org}, $_, 0) for keys %open;
		$w->run;
	}
	return "open: " . join ', ', map { "$_ " . $w->state($_) } keys %open if %open;
	my @wrong = grep { accepted($_) != 1 } @$ids;
	return @wrong ? "accepted more than once: @wrong" : undef;
});
is_deeply($w->duplicates, [], 'Bandwidth got no text twice');

# Each call with which the answer of a POST is stored, by itself: the worker has nothing else to do while it waits.
{
	local $Worker::WORKER = $faulty;
	local $w->{env}{WORKER} = '/bin/true';	# no other one is started
	board(0, 0, 0, 0);
	my $pid = $w->spawn('--watch');
	my (@wrong, %state);
	for my $at ($ENV{SPOKE_TEST_LONG} ? (1 .. 28) : (1, 2, 3, 6, 9, 11, 16, 17, 21, 25)) {
		$w->faults({ where => 'messages', answer_delay_ms => 600 });
		my ($id) = $w->queue(1, '+1919667' . $next++);
		$w->hand('wake', 1);
		Worker::await(10, 'the POST', sub { $w->state($id) eq 'sending' });
		board($KV | $FLUSH, $at, $at % 2 ? $NO_PAGE : $ENOMEM, 0);
		Worker::await(10, 'its answer', sub { $w->state($id) ne 'sending' });
		$state{$w->state($id)}++;
		my $sent = eval { Worker::await(20, 'the text', sub {
			return 1 if $w->state($id) =~ /^(sent|delivered)$/;
			$w->hand('due', $w->{org}, $id, 0);
			$w->hand('wake', 1);
			sleep 0.2;
		}) };
		push @wrong, "call $at: " . $w->state($id) . ', accepted ' . accepted($id) if !$sent || accepted($id) != 1;
	}
	ok(!@wrong, 'whichever call fails when the answer to a text is stored: sent once (' . join(', ', map { "first $_: $state{$_}" } sort keys %state) . ')')
	    or diag join "\n", @wrong;
	like($w->log, qr/a record next to it is damaged; it counts as unknown/, 'what cannot be stored counts as unknown, and is looked for');
	board(0, 0, 0, 0);
	kill 'TERM', $pid;
	is(Worker::ended($pid, 10), 0, 'the worker ends in order');
}

sub job_ends {
	my ($want) = @_;
	return sub {
		my ($id, $round) = @_;
		my $j = $w->finish($id, tries => 30);
		return "$j->{job}{state}: $j->{job}{result}" if $j->{job}{state} ne 'done';
		return $want ? $want->($j, $round) : undef;
	};
}
my $orders = $w->estate->{made}{orders} || 0;
under_faults('an order', 8, sub { $w->ask('order', $w->once, 'area', '434', 1) }, job_ends(sub {
	my ($j) = @_;
	my $made = ($w->estate->{made}{orders} || 0) - $orders;
	$orders += $made;
	return "$made orders were made" if $made != 1;
	my $number = $j->{detail}{got}[0] // 'none';
	my $state = ($w->numbers->{$number} || {})->{state} // 'not there';
	return $state eq 'in-service' ? undef : "$number is $state";
}));

my @ours = map { sprintf '+1919555%04d', $_ } 110 .. 199;
my $disconnects = $w->estate->{made}{disconnects} || 0;
my $holders;
under_faults('a release', 8, sub {
	my ($round) = @_;
	$w->ask('hold', $ours[$round], sprintf('1336555%04d', 100 * $round), 5);
	$holders = $w->ask('contacts', $ours[$round]);
	return $w->ask('release', $w->once, $ours[$round]);
}, job_ends(sub {
	my ($j, $round) = @_;
	my $made = ($w->estate->{made}{disconnects} || 0) - $disconnects;
	$disconnects += $made;
	return "$made disconnects" if $made != 1;
	return "moved $j->{detail}{contacts_moved} of $holders" if ($j->{detail}{contacts_moved} // 0) != $holders;
	my $state = $w->numbers->{$ours[$round]}{state};
	return $state eq 'released' ? undef : "it is $state";
}));

under_faults('a search', 5, sub { $w->ask('search', 'area', '434', 3) }, job_ends(sub {
	my ($j) = @_;
	return @{$j->{detail}{found} || []} == 3 ? undef : 'not three found';
}));
under_faults('a sync', 8, sub { $w->ask('sync') }, job_ends());
is($w->by_state->{'in-service'} // 0, $w->sim(GET => "numbers?account=$Worker::ACCOUNT")->{numbers}{Inservice} // -1, 'the syncs lost none of our numbers');
under_faults('a check', 8, sub { $w->ask('check') }, job_ends());

under_faults('a text with a picture', 8, sub {
	my ($round) = @_;
	my $png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR" . "round $round" x 500;
	my $r = $w->sim(POST => 'inbound', { from => '+19195550123', to => $Worker::NUMBER, media => [
		{ name => 'a.png', content_type => 'image/png', base64 => encode_base64($png, '') }] });
	my $url = "$w->{url}/api/v2/users/$Worker::ACCOUNT/media/$r->{ids}[0]/0/a.png";
	return [$w->hand('mms', $w->{org}, $Worker::NUMBER, $url), $png];
}, sub {
	my ($id, $png) = @{$_[0]};
	for my $try (1 .. 20) {
		my ($m) = @{decode_json($w->hand('media', $w->{org}, $id))};
		if ($m->{state} eq 'stored') {
			my $path = sprintf '%s/data/media/%d/%s/%s.0', $w->{dir}, $w->{org}, substr($id, 0, 4), $id;
			return sha256_hex(Worker::slurp($path)) eq sha256_hex($png) ? undef : 'other bytes';
		}
		return "it is $m->{state}" if $m->{state} ne 'waiting';
		$w->hand('media-age', $w->{org}, $id, 0, 0);
		$w->run;
	}
	return 'it was never fetched';
});

# New credentials are checked, and what is there is set up anew, without making anything twice. Here each call
# fails by itself, from about where the jobs begin on.
my %made = %{$w->estate->{made} || {}};
$ONE_BY_ONE = 1;
under_faults('credentials', 40, sub {
	$w->hand('save', $w->{org}, 'client', 'hush');
	return $w->stock('last', $w->{org}, 'provision');
}, sub {
	my ($id) = @_;
	for my $try (1 .. 20) {
		my ($cred, $setup) = ($w->record->{cred_state} // '', $w->job_of($id)->{job});
		return "setting up: $setup->{result}" if $setup->{state} eq 'failed';
		return undef if $cred eq 'confirmed' && $setup->{state} eq 'done';
		$w->stock('old', $_, 0) for $w->job->{id}, $id;	# due now
		$w->run;
	}
	return 'they are ' . ($w->record->{cred_state} // 'nothing') . ', setting up is ' . $w->job_of($id)->{job}{state};
});
is_deeply([map { $w->estate->{made}{$_} // 0 } qw(sites locations applications)], [map { $made{$_} // 0 } qw(sites locations applications)], 'and nothing was made');

# ---- a store that cannot be written ------------------------------------------------------------------

{
	my $id = $w->ask('search', 'area', '434', 3);
	my ($text) = $w->queue(1, '+19196669999');
	board($PUT, -1, $ENOSPC, 0);
	local $Worker::WORKER = $faulty;
	local $w->{env}{WORKER} = '/bin/true';
	my $pid = $w->spawn('--watch');
	sleep 4;
	my (undef, undef, undef, $calls, $hits) = board();
	cmp_ok($hits, '>', 0, 'nothing can be written');
	cmp_ok($hits, '<', 500, "which is tried now and then, and keeps no processor busy ($hits tries in 4 s)");
	is($w->state($text), 'queued', 'nothing is sent that could not be noted');
	board(0, 0, 0, 0);
	is($w->await_state(20, $text, 'sent') ? 1 : 0, 1, 'once it can be written, it goes on by itself');
	Worker::await(20, 'the search', sub { $w->job_of($id)->{job}{state} eq 'done' });
	kill 'TERM', $pid;
	is(Worker::ended($pid, 10), 0, 'and ends when told');
}

# ---- nothing is lost, nothing is left ----------------------------------------------------------------

$w->run;
is_deeply($w->duplicates, [], 'no text twice, in the end');
unlike($w->log, qr/AddressSanitizer|runtime error/, 'no sanitizer complains');
done_testing();
