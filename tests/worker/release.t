# Numbers are given back once: drained, their contacts moved once, disconnected once, whatever
# happens in between; and a late reply to one of them is kept and heeded.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep);
use Stock;

my $w = Stock->new;
my @ours = map { sprintf '+1919555%04d', $_ } 100 .. 199;
# One of another area, alone there.
$w->sim(POST => 'numbers', { account => $Worker::ACCOUNT, number => '+12525550001', location => $Stock::LOCATION, status => 'Inservice' });
$w->finish($w->ask('sync'));

sub disconnects { return $w->estate->{made}{disconnects} || 0 }
sub release { my (@what) = @_; return $w->ask('release', $w->once, @what) }

# ---- preview, drain -------------------------------------------------------------------
$w->ask('hold', $ours[1], '13365550000', 250);
my $p = decode_json($w->ask('preview', $ours[1]));
is_deeply([@$p{qw(contacts wrote left same_area refuse)}], [250, 0, 100, 1, ''], 'a preview');
$p = decode_json($w->ask('preview', '+12525550001'));
is($p->{same_area}, 0, 'tells when no other number has the area code');
like(decode_json($w->ask('preview', '+12025550199'))->{refuse}, qr/not one of/, "and what is not ours");
is($w->ask('drain', 'on', $ours[2]), '', 'a number is drained');
is($w->numbers->{$ours[2]}{state}, 'draining', 'it is');
$w->ask('drain', 'off', $ours[2]);
is($w->numbers->{$ours[2]}{state}, 'in-service', 'and may come back');
my $id = $w->ask('release', $w->once, $ours[2], 'later');
is($w->numbers->{$ours[2]}{state}, 'draining', 'a release for later drains at once');
like($w->ask('drain', 'off', $ours[2]), qr/being released/, 'and is not undone by the way');
$w->run;
is($w->job_of($id)->{job}{state}, 'waiting', 'it waits for its time');
$w->ask('cancel', $id);
is($w->job_of($id)->{job}{state}, 'failed', 'and may be taken back');
$w->ask('drain', 'off', $ours[2]);
is(disconnects(), 0, 'Bandwidth was not asked');

# ---- release ------------------------------------------------------------------------------
my $once = $w->once;
$id = $w->ask('release', $once, $ours[1]);
is($w->ask('release', $once, $ours[1]), $id, 'a form that comes twice is one release');
my $j = $w->finish($id);
is($j->{job}{state}, 'done', "a release: $j->{job}{result}");
is($w->numbers->{$ours[1]}{state}, 'released', 'the number is released');
like($w->numbers->{$ours[1]}{state_why}, qr/ann/, 'with who asked for it');
is($j->{detail}{contacts_moved}, 250, 'all contacts moved');
is($w->numbers->{$ours[1]}{figures}{contacts}, 0, 'nobody knows us by it any more');
my $c = $w->contact('+13365550007');
like($c->{user_number}, qr/^\+1919/, 'a contact has a number with the same area code');
isnt($c->{user_number}, $ours[1], 'another one');
is($c->{moved_from}, $ours[1], 'and its record says from where');
ok($c->{moved_at} > time * 1000 - 120000, 'and when');
my %holders;
$holders{$w->contact(sprintf '+1336555%04d', $_)->{user_number}}++ for 0 .. 98;
cmp_ok(scalar keys %holders, '>', 90, 'they are spread over the other numbers');
is($w->ask('events', 'numbers.released'), 1, 'the audit has it');
is(disconnects(), 1, 'one disconnect was made');

# No other number of the area: the pipeline decides.
$w->ask('hold', '+12525550001', '12525559000', 3);
$j = $w->finish(release('+12525550001'));
is($j->{detail}{contacts_forgotten}, 3, 'without another number of the area they are left to the pipeline');
is($w->contact('+12525559001')->{user_number}, undef, 'which knows nothing of an old number');
is($w->contact('+12525559001')->{moved_from}, '+12525550001', 'the record does');
my $made = disconnects();

# ---- a late reply ------------------------------------------------------------------------------
sub reply {
	my ($from, $to, $text) = @_;
	my $log = "$w->{dir}/event";
	my $body = encode_json([{ type => 'message-received', time => '2026-11-23T12:00:00.000Z', to => $to, description => 'x',
		message => { id => "late-$from-$text", time => '2026-11-23T12:00:00.000Z', owner => $to, applicationId => $Worker::APPLICATION,
			direction => 'in', segmentCount => 1, text => $text, from => $from, to => [$to] } }]);
	open my $f, '>', $log or die $!;
	print $f $body;
	close $f;
	my $pid = fork // die;
	if ($pid == 0) {
		%ENV = %{$w->{env}};
		open STDIN, '<', $log;
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', "$log.err";
		exec $Worker::HAND, 'event', $w->{org} or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	is($?, 0, "\"$text\" to $to is taken") or diag Worker::slurp("$log.err");
}
my $before = $w->contact('+13365550007')->{user_number};
reply('+13365550007', $ours[1], 'I will be there');
my ($m) = grep { ($_->{text} // '') eq 'I will be there' } $w->messages;
is($m->{user_number}, $ours[1], 'a late reply to a released number is kept and shown');
is($w->contact('+13365550007')->{user_number}, $before, 'and the contact keeps the number it has now');
is($w->numbers->{$ours[1]}{figures}{in_today}, 1, 'it is counted');
reply('+13365550008', $ours[1], 'STOP');
ok($w->contact('+13365550008')->{opted_out}, 'a STOP to it counts');
my ($text) = $w->queue(1, '+13365550008');
is($w->state($text), 'failed', 'and nothing is sent to that person from any number');

# ---- the last number ------------------------------------------------------------------------------
{
	my $s = Stock->new(sim => []);
	$s->sim(POST => 'numbers/remove', { first => '+19195550101', count => 99 });
	$s->finish($s->ask('sync'));
	$s->finish($s->ask('sync')) if $s->by_state->{'in-service'} > 1;
	is($s->by_state->{'in-service'}, 1, 'with one number left');
	like($s->ask('release', $s->once, '+19195550100'), qr/No number in service would be left/, 'its release is refused');
	like($s->ask('release', $s->once, '+19195550100', 'last'), qr/^[0-9a-f]{16}$/, 'unless that is said');
}

# ---- what Bandwidth refuses ------------------------------------------------------------------------
$w->faults({ where => 'numbers', match => { method => 'POST', path => '/disconnects$' }, error => 5012 });
$j = $w->finish(release($ours[3]));
is($j->{job}{state}, 'failed', 'a release that Bandwidth refuses');
is($w->numbers->{$ours[3]}{state}, 'draining', 'leaves the number ours');
like($w->numbers->{$ours[3]}{state_why}, qr/did not take it back: \S/, "with Bandwidth's words");
$w->no_faults;
is(disconnects(), $made, 'nothing was disconnected');

# ---- lost answers ---------------------------------------------------------------------------------------
my $next = 4;
for my $fault ({ cut => 'accepted' }, { cut => 'answer' }, { late_status => 500 }) {
	my $what = join ' ', %$fault;
	$w->faults({ where => 'numbers', match => { method => 'POST', path => '/disconnects$' }, %$fault });
	$j = $w->finish(release($ours[$next]));
	is($j->{job}{state}, 'done', "$what, after the deed: the release is found");
	is($w->numbers->{$ours[$next]}{state}, 'released', 'and over');
	is(disconnects() - $made, 1, 'one disconnect was made');
	$w->no_faults;
	$made = disconnects();
	$next++;
}
$w->faults({ where => 'numbers', match => { method => 'POST', path => '/disconnects$' }, status => 429, reset_s => 1, times => 2 });
$j = $w->finish(release($ours[$next]));
is($j->{job}{state}, 'done', 'a release that Bandwidth was too busy for');
is(disconnects() - $made, 1, 'is made once');
$w->no_faults;
$made = disconnects();
$next++;

# ---- kill -9 between any two steps ----------------------------------------------------------------------
for my $step ([ 'after the disconnect', { method => 'POST', path => '/disconnects$' } ],
    [ 'while asking how it stands', { method => 'GET', path => '/disconnects/' } ]) {
	my ($what, $match) = @$step;
	$w->ask('hold', $ours[$next], '14045550000', 120);
	my $holders = $w->ask('contacts', $ours[$next]);
	$w->faults({ where => 'numbers', match => $match, answer_delay_ms => 60000 });
	$id = release($ours[$next]);
	$w->kill_at_fault($what);
	$j = $w->finish($id);
	is($j->{job}{state}, 'done', "killed $what: the release comes to its end");
	is(disconnects() - $made, 1, 'with exactly one disconnect');
	is($j->{detail}{contacts_moved}, $holders, "each of $holders contacts moved once");
	$made = disconnects();
	$next++;
}
# Killed while contacts move, again and again.
$w->ask('hold', $ours[$next], '16145550000', 4000);
my $holders = $w->ask('contacts', $ours[$next]);
$id = release($ours[$next]);
my $kills = 0;
for my $try (1 .. 15) {
	my $pid = $w->spawn('--watch');
	sleep 0.03 + rand 0.15;
	kill 'KILL', $pid;
	waitpid $pid, 0;
	$kills++;
	last if $w->job_of($id)->{job}{state} =~ /done|failed/;
	$w->stock('due', $id) if $w->job_of($id)->{job}{state} eq 'waiting';
}
$j = $w->finish($id);
is($j->{job}{state}, 'done', "killed $kills times: the release comes to its end");
is(($j->{detail}{contacts_moved} // 0) + ($j->{detail}{contacts_forgotten} // 0), $holders, "$holders contacts moved, each counted once");
is($w->ask('contacts', $ours[$next]), 0, 'none is left behind');
is(disconnects() - $made, 1, 'with exactly one disconnect');
done_testing();
