# The worker's plain work: credentials are found out, texts go out as the published schema has them, once each,
# replies first, as fast as the account may.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Time::HiRes qw(time);
use Worker;

my $w = Worker->new;

# ---- credentials and the first text ------------------------------------------
{
	is($w->record->{cred_state}, 'unchecked', 'saved credentials are unchecked');
	my ($id) = $w->queue(1, '+19195550501');
	is($w->run, 0, 'one worker does what is due');
	my $o = $w->record;
	is($o->{cred_state}, 'confirmed', 'it asked Bandwidth about the credentials');
	is($o->{cred_kind}, 'oauth2', 'which are API credentials');
	is($o->{account_state}, 'confirmed', 'for this account');
	is($w->job->{state}, 'done', 'the job is done');
	like($w->job->{result}, qr/may use this account/, 'and says so');
	my $m = $w->message($id);
	is($m->{state}, 'sent', 'the text that waited for them was sent');
	my @posts = $w->posts;
	is(scalar @posts, 1, 'by one POST');
	my $b = $posts[0]{body};
	is($b->{applicationId}, $Worker::APPLICATION, 'applicationId');
	is_deeply($b->{to}, ['+19195550501'], 'to');
	is($b->{from}, $Worker::NUMBER, 'from');
	is($b->{tag}, "$w->{org}|$id", 'the tag is ours');
	like($b->{expiration}, qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'the deadline is passed on');
	ok(!exists $b->{priority}, 'an ordinary text has no priority');
	is_deeply($posts[0]{unknown_fields}, [], 'nothing that the schema does not know');
	is($m->{service_id}, $posts[0]{id}, "Bandwidth's id is stored");
	like($w->log, qr/message $id to \+1919\*+01: accepted, HTTP 202/, 'one line says so, with the number masked');
	unlike($w->log, qr/\+19195550501|Hello from|hush/, 'no number, text or secret is logged');
	is($w->counters->{token_requests} // $w->counters->{tokens}, 1, 'one token was enough for both');
}

# ---- the token is kept for the next worker -----------------------------------
{
	$w->queue(1, '+19195550502');
	is($w->run, 0, 'another worker');
	is($w->counters->{token_requests} // $w->counters->{tokens}, 1, 'uses the token that the first one stored');
	is($w->states->{sent}, 2, 'and sends');
}

# ---- a receipt --------------------------------------------------------------
{
	my ($m) = grep { $_->{contact_number} eq '+19195550502' } $w->messages;
	my $event = [{ type => 'message-delivered', time => '2026-11-23T18:00:00.123Z', to => $m->{contact_number},
		description => 'ok', message => { id => $m->{service_id}, time => '2026-11-23T18:00:00.123Z',
		to => [$m->{contact_number}], from => $m->{user_number}, text => '', applicationId => $Worker::APPLICATION,
		owner => $m->{user_number}, direction => 'out', segmentCount => 1, tag => "$w->{org}|$m->{id}" } }];
	open my $f, '>', "$w->{dir}/event" or die $!;
	print $f JSON::PP::encode_json($event);
	close $f;
	local %ENV = %{$w->{env}};
	is(system("$Worker::HAND event $w->{org} <$w->{dir}/event >/dev/null"), 0, 'its receipt is taken');
	is($w->state($m->{id}), 'delivered', 'and it is delivered');
}

# ---- replies first, groups, many segments -----------------------------------
{
	$w->sim(POST => 'reset');
	$w->queue(5, '+19195550600');
	$w->queue(3, '+19195550700', 'reply');
	my ($group) = $w->queue(3, '+19195550800', 'group');
	my ($long) = $w->queue(1, '+19195550900', 'long');
	local $w->{env}{SEGMENTS_PER_SECOND} = 4; # the first four go out together, in any order
	is($w->run, 0, 'a mixed queue');
	my @posts = $w->posts;
	is(scalar @posts, 10, 'each once');
	my @order = map { $_->{body}{priority} || 'default' } @posts;
	is(scalar(grep { $_ eq 'high' } @order[0 .. 3]), 3, 'replies go first, with priority high');
	my ($g) = grep { @{$_->{body}{to}} > 1 } @posts;
	is(scalar @{$g->{body}{to}}, 3, 'a group goes out as one message to all');
	is($w->message($group)->{state}, 'sent', 'and is sent');
	is($w->message($long)->{segments}, 3, 'segments are counted');
	is_deeply($w->duplicates, [], 'nothing was accepted twice');
}

# ---- opt-out, pause, deadline are heeded at the claim -------------------------
{
	my ($out, $ok) = $w->queue(2, '+19195551000');
	$w->hand('opt-out', $w->{org}, '+19195551000');
	$w->hand('pause', $w->{org}, 'yes');
	is($w->run, 0, 'while sending is paused');
	is($w->state($ok), 'queued', 'nothing goes out');
	$w->hand('pause', $w->{org}, 'no');
	my ($late) = $w->queue(1, '+19195551010', 'until=300');
	select undef, undef, undef, 0.5;
	is($w->run, 0, 'afterwards');
	is($w->state($ok), 'sent', 'the text goes out');
	isnt($w->state($out), 'sent', 'but not to who has opted out');
	is($w->state($late), 'held', 'and what is late is held, not sent');
}

# ---- pace -------------------------------------------------------------------
{
	local $w->{env}{SEGMENTS_PER_SECOND} = 10;
	$w->sim(POST => 'reset');
	$w->queue(35, '+19195552000');
	my $began = time;
	is($w->run, 0, '35 segments at 10 a second');
	my $took = time - $began;
	is(scalar(my @p = $w->posts), 35, 'all went out');
	cmp_ok($took, '>=', 2.4, 'not faster than the pace');
	cmp_ok($took, '<', 6, 'nor much slower');
}

# ---- round robin ------------------------------------------------------------
{
	my $first = $w->{org};
	my $second = $w->org(name => 'Riders Alliance', number => '+19195550101');
	$w->run;
	$w->sim(POST => 'reset');
	$w->{org} = $first;
	$w->queue(30, '+19195553000');
	$w->{org} = $second;
	$w->queue(5, '+19195553100');
	local $w->{env}{SEGMENTS_PER_SECOND} = 20;
	is($w->run, 0, 'two organizations on one account');
	# When each was taken from the queue: requests under way may overtake each other.
	my ($last) = sort { $b <=> $a } map { $_->{posted} } $w->messages($second);
	my $before = grep { $_->{out} && $_->{contact_number} =~ /^\+191955530/ && $_->{posted} < $last } $w->messages($first);
	cmp_ok($before, '<=', 15, 'the small queue does not wait for the long one');
	is_deeply($w->duplicates, [], 'nothing was accepted twice');
	my $third = $w->org(name => 'Bus Riders', number => '+19195550102');
	$w->run;
	for my $reply ([], ['reply']) {
		$w->sim(POST => 'reset');
		my %name = ('+19195550100' => 'A', '+19195550101' => 'B', '+19195550102' => 'C');
		for ([$first, 8, '+19195554000'], [$second, 3, '+19195554100'], [$third, 3, '+19195554200']) {
			$w->{org} = $_->[0];
			$w->queue($_->[1], $_->[2], @$reply);
		}
		local $w->{env}{SEGMENTS_PER_SECOND} = 2;
		is($w->run, 0, 'three organizations, two segments a second');
		my $order = join '', map { $name{$_->{body}{from}} } $w->posts;
		# The first two go out together; afterwards one at a time.
		like($order, qr/^(?:ABC|BAC)(?:ABC|BAC|ACB|BCA|CAB|CBA){2}A{5}$/, "take turns (@$reply): $order");
	}
}

# ---- replies and others --------------------------------------------------------
{
	my ($talks, $asks) = ($w->{org}, $w->org(name => 'Tenants Together', number => '+19195550103'));
	$w->run;
	$w->sim(POST => 'reset');
	$w->{org} = $asks;
	my %text = map { $_ => 1 } $w->queue(3, '+19195555100');
	$w->{org} = $talks;
	my %reply = map { $_ => 1 } $w->queue(40, '+19195555000', 'reply');
	local $w->{env}{SEGMENTS_PER_SECOND} = 10;
	is($w->run, 0, 'many replies, and a few other texts of another organization on the account');
	is(scalar(grep { ($_->{body}{priority} // '') eq 'high' } $w->posts), 40, 'replies have a high priority');
	# When each was taken from the queue: requests under way may overtake each other.
	my @replies = sort { $a <=> $b } map { $_->{posted} } grep { $reply{$_->{id}} } $w->messages($talks);
	my @texts = sort { $a <=> $b } map { $_->{posted} } grep { $text{$_->{id}} } $w->messages($asks);
	my $between = sub { my ($from, $to) = @_; return scalar grep { $_ >= $from && $_ <= $to } @replies };
	cmp_ok($between->(0, $texts[0]), '>=', 9, 'replies go first');
	cmp_ok($between->($texts[2] + 1, 9**15), '>=', 2, 'but the others do not wait for all of them');
	cmp_ok($between->(@texts[$_ - 1, $_]), '>=', 9, 'of ten at most one is another') for 1, 2;
}
done_testing();
