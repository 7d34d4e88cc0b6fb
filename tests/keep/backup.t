# Backups: made while callbacks come in, they hold all that was acknowledged before they began;
# what was interrupted never looks good; a restored, copied or moved store takes callbacks and
# sends nothing before somebody says that the old one is stopped.
use strict;
use warnings;
use lib "$ENV{SOURCE}/tests/lib";
use Spoke;
use SpokeSim;
use Fcntl qw(LOCK_SH);
use Test::More;
use Time::HiRes qw(sleep time);
use File::Temp qw(tempdir);
use POSIX qw(:sys_wait_h mkfifo);

my $s = Spoke->new;
my $backups = "$s->{dir}/backups";
my $ctl = Spoke::build() . '/spokectl';
$s->sim->init->lighttpd(processes => 2);
$s->sim_location(numbers => [$s->{number}]);
$s->sim_credentials;

# Clients that post events until they are told to end; each acknowledged one is written down.
sub traffic {
	my ($name) = @_;
	my $pid = fork // die;
	if ($pid == 0) {
		my $stop = 0;
		local $SIG{TERM} = sub { $stop = 1 };
		open my $f, '>>', "$s->{dir}/acked.$name" or POSIX::_exit(1);
		$f->autoflush(1);
		for (my $n = 0; !$stop; $n++) {
			my $id = "$name-$n";
			my $r = $s->callback($s->inbound(id => $id, from => sprintf('+1919555%04d', 1000 + $n % 500)));
			print $f time, " $id\n" if $r->{status} == 200;
		}
		POSIX::_exit(0);
	}
	return $pid;
}
sub end_traffic { kill TERM => @_; waitpid $_, 0 for @_ }
sub acked { map { split / / } map { Spoke::slurp($_) =~ /^(.*)\n/mg } glob "$s->{dir}/acked.*" }
sub mode { return sprintf '%04o', (stat $_[0])[2] & 07777 }

# Another installation with other data: the same settings, but where it lies.
sub elsewhere {
	my ($data) = @_;
	my $conf = "$s->{dir}/other.conf";
	(my $text = Spoke::slurp("$s->{dir}/spoke.conf")) =~ s/^DATA_DIR=.*$/DATA_DIR=$data/m;
	open my $f, '>', $conf or die;
	print $f $text;
	close $f;
	chmod 0600, $conf;
	return $conf;
}
sub other {
	my ($conf, $program, @args) = @_;
	my $pid = fork // die;
	if ($pid == 0) {
		open STDOUT, '>', "$s->{dir}/other.out";
		open STDERR, '>', "$s->{dir}/other.err";
		$ENV{SPOKE_CONF} = $conf;
		exec Spoke::build() . "/$program", @args or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	return ($? >> 8, Spoke::slurp("$s->{dir}/other.out"), Spoke::slurp("$s->{dir}/other.err"));
}
# Which of Bandwidth's ids the messages of a store have.
sub ids_in {
	my ($conf) = @_;
	my (%ids, $cursor);
	my (undef, $out) = other($conf, 'spokectl', 'dump');
	$ids{$1} = 1 while $out =~ /^messages\t.*"service_id":\s*"([^"]+)"/mg;
	return \%ids;
}

# ---- while callbacks come in ----------------------------------------------------------------

my @clients = map { traffic("c$_") } 1 .. 4;
sleep 2;
my @made;
for my $i (1 .. 3) {
	my $begun = time;
	my ($code, $json, $err) = $s->ctl_any('', 'backup', $backups);
	is($code, 0, "backup $i is made while callbacks come in") or diag $err;
	push @made, { begun => $begun, path => $json->{path} };
	sleep 1.1;
}
end_traffic(@clients);
my %acked = reverse acked();
cmp_ok(scalar keys %acked, '>', 300, 'callbacks came in (' . keys(%acked) . ')');

my $last = $made[-1]{path};
like($last, qr{^\Q$backups\E/\d{8}-\d{6}Z$}, 'it has the name of its time');
is(mode($backups), '0700', 'only its owner sees the folder');
is_deeply([grep { mode($_) ne '0600' } grep { -f } glob "$last/*"], [], 'and reads the files');
my $text = Spoke::slurp("$last/backup");
like($text, qr/SESSION_SECRET is not in it/, 'it says that the secret is not in it');
my $secret = 'a-secret-of-the-tests-0123456789abcdef';
is(system("grep -rqF $secret $last"), 256, 'nor is it');
is(system("cd $last && sha256sum --quiet -c SHA256SUMS"), 0, 'sha256sum finds all its files as they were');
is_deeply([grep { -e } glob "$last/{gate,__db*,*.lock,wake}"], [], 'nothing of running processes is in it');
my ($code, $out, $err) = $s->run('', $ctl, 'verify', $last);
is($code, 0, "it verifies: $out") or diag $err;
is(system("cd $last && sha256sum --quiet -c SHA256SUMS"), 0, 'which leaves it as it was');
is_deeply([grep { !m{/\d{8}-\d{6}Z$} } glob "$backups/*"], [], 'and nothing beside it');

for my $m (@made) {
	my $data = "$s->{dir}/restored-" . ($m->{path} =~ m{([^/]+)$})[0];
	my $conf = elsewhere($data);
	my ($code, $out, $err) = other($conf, 'spokectl', 'restore', $m->{path});
	is($code, 0, 'it is restored') or diag $err;
	like($out, qr/^It was made at \d{4}-\d\d-\d\dT.*STOPs neither.*spokectl optout add/m, 'and what came later is said to be missing');
	my $ids = ids_in($conf);
	my @before = grep { $acked{$_} < $m->{begun} } keys %acked;
	my @lost = grep { !$ids->{$_} } @before;
	is("@lost", '', 'with all ' . @before . ' texts that had come in when it began');
}

# ---- rotation, interruption -----------------------------------------------------------------

is($s->ctl('backup', $backups, '--keep', 2)->{with_secret}, JSON::PP::false, 'a backup says that the secret is not in it');
is(scalar(my @left = glob "$backups/*"), 2, '--keep leaves the newest');
ok(!-e $made[0]{path} && -e $made[2]{path}, 'and removes the oldest');

my ($killed, $bad) = (0, 0);
my $took = time;
$s->ctl('backup', "$s->{dir}/cut");
$took = time - $took;
for my $i (0 .. 47) {
	last if $killed >= 10;
	my $pid = fork // die;
	if ($pid == 0) {
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', '/dev/null';
		$ENV{SPOKE_CONF} = "$s->{dir}/spoke.conf";
		exec $ctl, 'backup', "$s->{dir}/cut" or POSIX::_exit(127);
	}
	sleep 0.01 + $took * ($i % 12) / 13;
	kill KILL => $pid;
	waitpid $pid, 0;
	$killed++ if $? & 127;
	next if $? & 127;
	$took *= 0.8; # it was done sooner than the one that was measured
	sleep 1.1; # or the next one finds its name taken, and ends at once
}
cmp_ok($killed, '>=', 6, "backups were killed at $killed moments");
for my $good (glob "$s->{dir}/cut/*Z") {
	my ($code) = $s->run('', $ctl, 'verify', $good);
	$bad++ if $code != 0;
}
is($bad, 0, 'whatever has the name of a good one is good');
is($s->callback($s->inbound)->{status}, 200, 'and nobody noticed');
sleep 1.1;
$s->ctl('backup', "$s->{dir}/cut");
is_deeply([glob "$s->{dir}/cut/*.unfinished"], [], 'the next one removes what was unfinished');

# ---- by a wrong clock, at once, without room ------------------------------------------------

sub verified { my ($path) = @_; my ($code, $out) = $s->run('', $ctl, 'verify', $path); return ($code, $out) }
# Programs that run at the same time; [status, what they said] of each.
sub at_once {
	my ($conf, @calls) = @_;
	my @pids;
	for my $i (0 .. $#calls) {
		my $pid = fork // die;
		if ($pid == 0) {
			open STDOUT, '>', "$s->{dir}/once.$i";
			open STDERR, '>&', \*STDOUT;
			$ENV{SPOKE_CONF} = $conf;
			exec $ctl, @{$calls[$i]} or POSIX::_exit(127);
		}
		push @pids, $pid;
	}
	return map { waitpid $pids[$_], 0; [$?, Spoke::slurp("$s->{dir}/once.$_")] } 0 .. $#pids;
}

# One that a clock gave a name of years ahead is not the reason to remove the one of today.
system 'cp', '-a', $left[-1], "$s->{dir}/cut/20990101-000000Z";
sleep 1.1;
my $today = $s->ctl('backup', "$s->{dir}/cut", '--keep', 1)->{path};
ok(-e "$today/SHA256SUMS", 'the one just made stays, whatever the others are called');
system 'rm', '-rf', "$s->{dir}/cut/20990101-000000Z";

sleep 1.1;
my @ends = at_once("$s->{dir}/spoke.conf", map { ['backup', "$s->{dir}/cut"] } 1 .. 4);
cmp_ok(scalar(grep { $_->[0] == 0 } @ends), '>=', 1, 'of four backups at once one is made');
is_deeply([grep { $_->[0] != 0 && $_->[1] !~ /under way/ } @ends], [], 'and the others say why they are not');
is_deeply([grep { (verified($_))[0] } glob "$s->{dir}/cut/*Z"], [], 'and what was made is good');

isnt($s->ctl('backup', "$s->{dir}/cut")->{path}, $s->ctl('backup', "$s->{dir}/cut")->{path}, 'of two in one second each has a name');

my $before = () = glob "$s->{dir}/cut/*";
my ($full, undef, $said) = $s->run('', 'sh', '-c', 'ulimit -f 200; exec "$@"', 'sh', $ctl, 'backup', "$s->{dir}/cut");
is($full, 1, 'a disk that takes no more');
like($said, qr/there is no new backup\. Cannot .*large/, 'is said');
is(scalar(my @now = glob "$s->{dir}/cut/*"), $before, 'and leaves nothing');

# ---- an attachment that is gone ----------------------------------------------------------------

$s->sim_do(POST => 'inbound', { from => '+19195550123', to => $s->{number}, media => [map { { name => "$_.txt", content_type => 'text/plain', base64 => 'aGVsbG8=' } } 1, 2] });
my @stored = @{$s->await(30, 'the attachments', sub { my @f = glob "$s->{dir}/data/media/1/*/*"; @f == 2 && \@f })};
$s->await(30, 'their records', sub { (other("$s->{dir}/spoke.conf", 'spokectl', 'verify'))[0] == 0 });
unlink $stored[0] or die;
my ($status, $json) = $s->ctl_any('', 'backup', "$s->{dir}/lost");
is($status, 0, 'a file that is gone is no reason to have no backups from then on');
is($json->{attachments_lost}, 1, 'but it is said');
is(($s->run('', $ctl, 'verify'))[0], 1, 'and verifying names it');
is((other(elsewhere("$s->{dir}/without"), 'spokectl', 'restore', "$s->{dir}/lost"))[0], 0, 'and it can be restored');
is(scalar(my @others = glob "$s->{dir}/without/media/1/*/*"), 1, 'with all that there was');
open my $found, '>', $stored[0] or die;
print $found 'hello';
close $found;

# ---- places that won't do -------------------------------------------------------------------

($code, $out, $err) = $s->run('', $ctl, 'backup', "$s->{dir}/data/backups");
is($code, 1, 'not into the data directory');
like($err, qr/lies in the data directory/, 'and it says why');
symlink "$s->{dir}/data", "$s->{dir}/link";
for my $place ("$s->{dir}/link", "$s->{dir}/link/b", "$s->{dir}/open/../data/b", "$s->{dir}/data/../data/b") {
	mkdir "$s->{dir}/open";
	($code, $out, $err) = $s->run('', $ctl, 'backup', $place);
	is($code, 1, 'nor by a roundabout way');
	like($err, qr/lies in the data directory/, 'and it says why');
	ok(!-e "$s->{dir}/data/b", 'and leaves nothing there');
}
mkdir "$s->{dir}/open";
chmod 0777, "$s->{dir}/open";
($code, $out, $err) = $s->run('', $ctl, 'backup', "$s->{dir}/open");
is($code, 1, 'nor where others may write');
like($err, qr/chmod 700/, 'and it says what to do');
# A disk that is all for it has a folder of its own.
mkdir $_, 0700 for "$s->{dir}/disk", "$s->{dir}/disk/lost+found";
($code, undef, $err) = other(elsewhere("$s->{dir}/disk"), 'spokectl', 'restore', $backups);
is($code, 0, "a disk's lost+found keeps no restore out") or diag $err;
ok(-d "$s->{dir}/disk/lost+found" && -e "$s->{dir}/disk/format", 'and stays');
($code, $out, $err) = $s->run('', $ctl, 'restore', $backups);
is($code, 1, 'nothing is restored over data that is there');
like($err, qr/not empty/, 'and it says why');
my $conf = elsewhere("$s->{dir}/nowhere");
# An attachment, too.
mkdir "$s->{dir}/data/$_" for 'media', 'media/1', 'media/1/00ab';
open my $f, '>', "$s->{dir}/data/media/1/00ab/00ab000000000000.0" or die;
print $f 'a picture';
close $f;
my @two = map { sleep 1.1; $s->ctl('backup', "$s->{dir}/two")->{path} } 1, 2;
my $torn = "$s->{dir}/torn";
# What is done to a copy of a backup.
sub flip {
	my ($path) = @_;
	open my $f, '+<', $path or die "$path: $!";
	my $at = int((-s $path) / 2);
	seek $f, $at, 0;
	read $f, my $byte, 1;
	seek $f, $at, 0;
	print $f chr(ord($byte) ^ 1);
	close $f;
}
my @files = map { s{^\Q$two[0]\E/}{}r } grep { -f } glob "$two[0]/{*,media/1/00ab/*}";
cmp_ok(scalar(grep { /^media|^log\.|^backup$|^format$|^SHA256SUMS$|^messages\.db$/ } @files), '>=', 6, 'a backup of ' . @files . ' files');
my %harm = ('a file more' => sub { open my $f, '>', "$torn/extra.db"; print $f 'x' },
	'an attachment more' => sub { open my $f, '>', "$torn/media/1/00ab/00ab000000000000.1"; print $f 'x' },
	'a pipe more' => sub { mkfifo("$torn/extra.db", 0600) },
	'a link for a file' => sub { rename "$torn/messages.db", "$s->{dir}/aside.db"; symlink "$s->{dir}/aside.db", "$torn/messages.db" });
for my $file (@files) {
	$harm{"a bit of $file"} = sub { flip("$torn/$file") };
	$harm{"$file missing"} = sub { unlink "$torn/$file" };
}
# Files that are equal in both are nobody's mixture.
for my $file (grep { Spoke::slurp("$two[0]/$_") ne Spoke::slurp("$two[1]/$_") } @files) {
	$harm{"$file of another"} = sub { system 'cp', "$two[1]/$file", "$torn/$file" };
}
cmp_ok(scalar(grep { / of another$/ } keys %harm), '>=', 3, 'and another one, of later');
my (@restored, @passed);
for my $what (sort keys %harm) {
	system 'rm', '-rf', $torn;
	system 'cp', '-a', $two[0], $torn;
	$harm{$what}->();
	($code, $out, $err) = other($conf, 'spokectl', 'restore', $torn);
	push @restored, "$what: $code $err" if $code == 0 || $err !~ /not as they were|is not a finished backup|Cannot read/;
	if ($what =~ /more|link|media|log|messages\.db|backup|SUMS/) {
		($code, $out, $err) = other($conf, 'spokectl', 'verify', $torn);
		push @passed, "$what: $code $out$err" if $code == 0;
	}
	push @restored, "$what: something is left" if glob "$s->{dir}/nowhere/*";
}
is_deeply(\@restored, [], 'a backup that was changed is not restored, whatever was (' . keys(%harm) . ' ways)');
is_deeply(\@passed, [], 'and verifying it says so');
system 'rm', '-rf', $torn;
($code, $out, $err) = other($conf, 'spokectl', 'restore', "$s->{dir}/data");
is($code, 3, 'nor anything that is no backup');

# Two at the same time, of different backups: one of them, whole, or none.
my (@won, @ruined);
for my $i (1 .. 5) {
	system 'rm', '-rf', "$s->{dir}/raced";
	my $to = elsewhere("$s->{dir}/raced");
	my @ends = at_once($to, map { ['restore', $_] } @two, $two[0]);
	push @won, scalar grep { $_->[0] == 0 } @ends;
	($code, $out, $err) = other($to, 'spokectl', 'verify');
	push @ruined, "$code $out$err" if $code != 0 || -e "$s->{dir}/raced/restoring.unfinished";
}
is("@won", '1 1 1 1 1', 'of restores to the same place at once one is done');
is_deeply(\@ruined, [], 'and is whole');
system 'rm', '-rf', "$s->{dir}/raced";
mkdir "$s->{dir}/raced", 0700;
open my $there, '<', "$s->{dir}/raced" or die;
flock $there, LOCK_SH or die;
($code, $out, $err) = other(elsewhere("$s->{dir}/raced"), 'spokectl', 'restore', $two[0]);
is($code, 1, 'nor is it done where somebody is in a store whose files were taken away');
like($err, qr/is in use/, 'and it says so');
close $there;

# Killed at any moment it leaves a store that is whole, or none, and a place where it can be done again.
my ($fell, @half) = (0);
my $again = elsewhere("$s->{dir}/again-and-again");
$took = time;
other($again, 'spokectl', 'restore', $two[0]);
$took = time - $took;
for my $i (0 .. 39) {
	last if $fell >= 10;
	system 'rm', '-rf', "$s->{dir}/again-and-again" if $i % 2 == 0; # else where the one before was killed
	my $pid = fork // die;
	if ($pid == 0) {
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', '/dev/null';
		$ENV{SPOKE_CONF} = $again;
		exec $ctl, 'restore', $two[0] or POSIX::_exit(127);
	}
	sleep 0.01 + $took * ($i % 12) / 13;
	kill KILL => $pid;
	waitpid $pid, 0;
	$fell++ if $? & 127;
	($code, $out, $err) = other($again, 'spokectl', -e "$s->{dir}/again-and-again/format" ? 'verify' : ('restore', $two[0]));
	push @half, "$code $out$err" if $code != 0;
	system 'rm', '-rf', "$s->{dir}/again-and-again" if -e "$s->{dir}/again-and-again/format";
}
cmp_ok($fell, '>=', 6, "restores were killed at $fell moments");
is_deeply(\@half, [], 'and are whole, or can be done again');

# With another secret it is restored, and not used.
my $strange = elsewhere("$s->{dir}/strange");
system 'sed', '-i', 's/^SESSION_SECRET=.*/SESSION_SECRET=another-secret-of-the-tests-0123456789/', $strange;
($code, $out, $err) = other($strange, 'spokectl', 'restore', $two[0]);
is($code, 4, 'restored where another secret is set');
like($err, qr/was restored to .* but: SESSION_SECRET is not the one/, 'it says so');
for my $call (['spokectl', 'moved', '--old-is-stopped'], ['spokectl', 'messages', 1], ['spoke-worker', '--once']) {
	($code, $out, $err) = other($strange, @$call);
	isnt($code, 0, "@$call: refused then");
	like($err . $out . Spoke::slurp("$s->{dir}/strange/worker.log"), qr/SESSION_SECRET/, 'for that reason');
}

# ---- restored, copied, moved ------------------------------------------------------------------

# What happens to a text that waited when the copy was made, and to new ones.
sub holds_back {
	my ($name, $conf, $waiting) = @_;
	my ($code, $out) = other($conf, 'spokectl', 'check', '--json');
	like($out, qr/"what":"sending","state":"wrong"/, "$name: it says that sending is held");
	my $posts = $s->sim_posts;
	other($conf, 'spokectl', 'send', '--org', 1, '--to', '+19195551999', '--text', "new, $name");
	other($conf, 'spoke-worker', '--once');
	is(scalar(my @now = $s->sim_posts), $posts, "$name: nothing is sent");
	($code, undef, $out) = other($conf, 'spokectl', 'moved');
	is($code, 2, "$name: and not before somebody says that the old one is stopped");
	($code) = other($conf, 'spokectl', 'moved', '--old-is-stopped');
	is($code, 0, "$name: then");
	other($conf, 'spoke-worker', '--once');
	# A worker that the commands above have started may be at it.
	eval { $s->await(20, 'the new text', sub { $s->sim_posts > $posts }) };
	sleep 0.5;
	my @texts = map { $_->{body}{text} // $_->{text} // '' } ($s->sim_posts)[$posts .. $s->sim_posts - 1];
	is_deeply(\@texts, ["new, $name"], "$name: what is asked for since goes out, and not what waited");
	eval { $s->await(20, 'the old text to be held', sub {
		(undef, $out) = other($conf, 'spokectl', 'message', 1, $waiting, '--json');
		$out =~ /"state":\s*"held"/ }) };
	like($out, qr/"state":\s*"held"/, "$name: that waits for a person");
	like($out, qr/former installation may have sent it/, "$name: with the reason");
}

$s->ctl('pause', 1);
my $waiting = $s->ctl('send', '--org', 1, '--to', '+19195551888', '--text', 'it waits')->{messages}[0]{id};
$s->ctl('resume', 1) if 0;
my @traffic = map { traffic("d$_") } 1 .. 2;
sleep 0.5;
my $kept = $s->ctl('backup', $backups)->{path};
system "cp -a $s->{dir}/data $s->{dir}/copied";
end_traffic(@traffic);

$conf = elsewhere("$s->{dir}/again");
($code, $out, $err) = other($conf, 'spokectl', 'restore', $kept);
is($code, 0, 'a backup with a text that waits is restored') or diag $err;
like($out, qr/moved --old-is-stopped/, 'and it says how sending goes on');
other($conf, 'spokectl', 'resume', 1);
holds_back('restored', $conf, $waiting);

$conf = elsewhere("$s->{dir}/copied");
other($conf, 'spokectl', 'resume', 1);
holds_back('copied by cp -a while in use', $conf, $waiting);

# The same place again, as after rm and restore: inode and path may be as they were.
$s->stop('lighttpd');
sleep 0.5;
system "rm -rf $s->{dir}/data";
($code, $out, $err) = $s->run('', $ctl, 'restore', $kept);
is($code, 0, 'a backup is restored to where it came from') or diag $err;
my ($r) = grep { $_->{what} eq 'sending' } @{($s->ctl_any('', 'check'))[1]{checks}};
is($r->{state}, 'wrong', 'and holds sending there too');
$s->lighttpd;
is($s->callback($s->inbound(id => 'while-held'))->{status}, 200, 'while callbacks are taken');
$s->ctl('moved', '--old-is-stopped', '--send-waiting');
$s->ctl('resume', 1);
ok($s->await(20, 'the text', sub { $s->ctl('message', 1, $waiting)->{state} =~ /sent|delivered/ }),
    'told that the old one was stopped before, what waited goes out');

$s->stop('lighttpd');
sleep 0.5;
rename "$s->{dir}/data", "$s->{dir}/moved" or die;
$conf = elsewhere("$s->{dir}/moved");
($code, $out) = other($conf, 'spokectl', 'check', '--json');
like($out, qr/was \Q$s->{dir}\E\/data before/, 'a store that was moved says where it was, and is held');

done_testing();
