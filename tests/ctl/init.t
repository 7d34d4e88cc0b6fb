# spokectl init, check, recover and moved: the installation itself.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP;
use MIME::Base64 qw(decode_base64);
use Spoke;
use Test::More;

my $ctl = Spoke::build() . '/spokectl';

sub conf_of { my ($text) = @_; return { $text =~ /^([A-Z_]+)=(.*)$/mg } }

# ---- a new installation -----------------------------------------------------
{
	my $s = Spoke->new;
	my ($conf, $data) = ("$s->{dir}/a/new/etc/spoke.conf", "$s->{dir}/another/new/data");
	my @init = ($ctl, 'init', '--conf', $conf);
	my ($status, $out, $err) = $s->run('', @init);
	is($status, 2, 'without --base-url nothing is made up');
	like($err, qr/--base-url https:/, 'it says what is missing');
	($status, $out, $err) = $s->run('', @init, '--base-url', 'texting.example.org/', '--data-dir', $data);
	is($status, 4, 'a BASE_URL that will not do');
	like($err, qr/BASE_URL/, 'is named');
	unlike($err, qr/\Q$conf\E/, 'without a file that is not there');
	ok(!-e "$s->{dir}/a", 'nor a folder for it');
	ok(!-e $conf, 'and leaves no settings file in the way');
	isnt(($s->run('', @init, '--base-url', "https://a.example\nREHEARSAL=yes", '--data-dir', $data))[0], 0,
	    'no second setting comes in with it');
	ok(!-e $conf, 'nor a file');

	umask 0;
	($status, $out, $err) = $s->run('', @init, '--base-url', 'https://texting.example.org', '--data-dir', $data);
	umask 022;
	is($status, 0, 'the right words') or diag $err;
	like($out, qr/\Q$conf\E \(new.*\n.*\Q$data\E\n.*org add/, 'it says what was made, and what is next');
	is((stat $conf)[2] & 07777, 0600, 'spoke.conf has mode 0600');
	is((stat $data)[2] & 07777, 0700, 'the data directory 0700');
	is((stat "$s->{dir}/another/new")[2] & 07777, 0755, 'the folders above it, which were made too, 0755');
	my $text = Spoke::slurp($conf);
	my $c = conf_of($text);
	is($c->{BASE_URL}, 'https://texting.example.org', 'BASE_URL');
	is(length decode_base64($c->{SESSION_SECRET}), 32, 'SESSION_SECRET has 32 bytes');
	unlike("$out$err", qr/\Q$c->{SESSION_SECRET}\E/, 'which are not shown');

	($status, $out) = $s->run('', @init, '--json');
	is($status, 0, 'a second time');
	is_deeply(decode_json($out), { conf => $conf, data_dir => $data, new_conf => JSON::PP::false },
	    'nothing new is made');
	is(Spoke::slurp($conf), $text, 'the settings are as they were');
	($status, $out, $err) = $s->run('', @init, '--base-url', 'https://other.example.org');
	is($status, 2, 'other words for settings that are there');
	like($err, qr{is there already, with BASE_URL=https://texting.example.org and DATA_DIR=\Q$data\E; nothing was changed},
	    'are refused, with what is there');
	is(($s->run('', @init, '--base-url', 'https://texting.example.org', '--data-dir', $data))[0], 0,
	    'the same words once more do no harm');
	is(Spoke::slurp($conf), $text, 'and change nothing');
	local $ENV{SPOKE_CONF};
	my $other = Spoke->new;
	my $c2 = "$other->{dir}/spoke.conf";
	$other->run('', $ctl, 'init', '--conf', $c2, '--base-url', 'https://a.example', '--data-dir', "$other->{dir}/d");
	isnt(conf_of(Spoke::slurp($c2))->{SESSION_SECRET}, $c->{SESSION_SECRET}, 'each has a secret of its own');
}

# ---- what is refused ---------------------------------------------------------
{
	my $s = Spoke->new;
	my @init = ($ctl, 'init', '--conf', "$s->{dir}/spoke.conf", '--base-url', 'https://a.example');
	my ($status, $out, $err) = $s->run('', @init, '--owner', 'nobody-of-that-name');
	is($status, 2, 'an owner who does not exist');
	like($err, qr/there is no user "nobody-of-that-name"/, 'is named');
	SKIP: {
		skip 'these need to be run by somebody other than root', 6 if $> == 0;
		($status, $out, $err) = $s->run('', @init, '--owner', 'root');
		is($status, 2, 'somebody else as the owner');
		like($err, qr/only root/, 'only by root');
		($status, $out, $err) = $s->run('', @init, '--data-dir', '/usr');
		is($status, 1, 'a directory of another user');
		like($err, qr{^spokectl: The data directory /usr belongs to user 0, and this is user $>\. }m, 'is refused in a sentence');
		ok(!-e '/usr/meta.db', 'nothing is written there');
		unlink "$s->{dir}/spoke.conf";
		($status, $out, $err) = $s->run('', @init, '--data-dir', '/proc/none/data');
		is($status, 1, 'a place where none can be made') or diag $err;
	}
}

# ---- check -------------------------------------------------------------------
{
	my $s = Spoke->new->sim->init;
	my $checks = sub {
		my ($status, $j) = $s->ctl_any('', 'check', @_);
		return ($status, { map { $_->{what} => $_ } @{$j->{checks} || []} });
	};
	my ($status, $c) = $checks->();
	is($status, 0, 'all is well') or diag explain $c;
	is_deeply([sort keys %$c], [sort qw(settings address secret worker disk store sending backup)], 'what is looked at');
	is((grep { $_->{state} ne 'fine' } values %$c), 0, 'everything is fine');
	my ($text_status, $out) = $s->run('', $ctl, 'check');
	like($out, qr/^WHAT +STATE *\n.*^store +fine +\Q$s->{dir}\E/ms, 'as a table');

	($status, $c) = $checks->($s->{org});
	is($status, 4, 'an organization without credentials: status 4');
	is(($checks->(77))[0], 3, 'no such organization: status 3');
	is(($checks->('x'))[0], 2, 'no number: status 2');
	is(($checks->(0))[0], 3, 'nor 0');

	for my $mode (0644, 0604, 0620) {
		chmod $mode, "$s->{dir}/spoke.conf";
		($status, $c) = $checks->();
		is($status, 1, sprintf 'spoke.conf with mode %04o: status 1', $mode);
		like($c->{secret}{sentence}, qr/chmod 600/, 'and what to do');
	}
	chmod 0640, "$s->{dir}/spoke.conf";
	is(($checks->())[0], 0, '0640, for the group of the web server, will do');
	chmod 0600, "$s->{dir}/spoke.conf";

	$s->{settings}{WORKER} = "$s->{dir}/nothing";
	$s->write_conf;
	($status, $c) = $checks->();
	is($status, 1, 'a worker that is not there: status 1');
	is($c->{worker}{state}, 'wrong', 'is wrong');
	like($c->{worker}{sentence}, qr/set WORKER/, 'and what to do');
	delete $s->{settings}{WORKER};
	$s->{settings}{COLOUR} = 'red';
	$s->write_conf;
	($status, $c) = $checks->();
	is($status, 4, 'an unknown setting: status 4');
	like($c->{settings}{sentence}, qr/COLOUR/, 'is named');
	delete $s->{settings}{COLOUR};
	$s->{settings}{SESSION_SECRET} = 'another-secret-of-the-tests-0123456789';
	$s->write_conf;
	($status, $c) = $checks->();
	is($status, 4, 'a secret that is not the store\'s: status 4');
	like($c->{store}{sentence}, qr/SESSION_SECRET/, 'is named');
	is(($s->ctl_any('', 'org', 'list'))[0], 4, 'other commands say 4, too');
}

# ---- recover ------------------------------------------------------------------
{
	my $s = Spoke->new->init;
	my $pid = fork // die;
	if ($pid == 0) {	# dies inside the store, at a prompt
		open STDIN, '-|', 'sleep 20';
		open STDERR, '>', '/dev/null';
		$ENV{SPOKE_CONF} = "$s->{dir}/spoke.conf";
		exec $ctl, 'user', 'add', 'b@example.org', '--org', 1, '--role', 'ADMIN';
	}
	select undef, undef, undef, 0.7;
	kill 'KILL', $pid;
	waitpid $pid, 0;
	my ($status, $j, $err) = $s->ctl_any('', 'recover');
	is($status, 0, 'recover') or diag $err;
	is($j->{recovered}, JSON::PP::true, 'says so');
	is(scalar @{$s->ctl('org', 'list')->{organizations}}, 1, 'everything is there');
	is(($s->run('', $ctl, 'recover'))[1], "The store was recovered.\n", 'in text');
}

# ---- a signal at the prompt ----------------------------------------------------
{
	my $s = Spoke->new->init;
	for my $signal (qw(INT TERM)) {
		pipe(my $read, my $write) or die;
		my $pid = fork // die;
		if ($pid == 0) {
			open STDIN, '<&', $read;
			open STDERR, '>', "$s->{dir}/prompt";
			close $write;
			$SIG{INT} = 'DEFAULT';
			$ENV{SPOKE_CONF} = "$s->{dir}/spoke.conf";
			exec $ctl, 'user', 'add', 'b@example.org', '--org', 1, '--role', 'ADMIN';
		}
		close $read;
		select undef, undef, undef, 0.5;
		kill $signal, $pid;
		my $ended = eval { $s->await(5, 'its end', sub { waitpid($pid, 1) == $pid }) };
		ok($ended, "SIG$signal at the prompt ends it");
		is($? & 127, $signal eq 'INT' ? 2 : 15, 'by that signal');
		like(Spoke::slurp("$s->{dir}/prompt"), qr/interrupted; nothing was changed/, 'and it says so');
		kill 'KILL', $pid unless $ended;
	}
	is(scalar @{$s->ctl('user', 'list')->{users}}, 1, 'nobody was added');
}

# ---- a signal while it waits -----------------------------------------------------
{
	my $s = Spoke->new->sim->init;
	$s->ctl('pause', $s->{org});
	my $pid = fork // die;
	if ($pid == 0) {
		open STDOUT, '>', "$s->{dir}/waiting";
		$SIG{INT} = 'DEFAULT';
		$ENV{SPOKE_CONF} = "$s->{dir}/spoke.conf";
		exec $ctl, 'send', '--org', 1, '--to', '+19195550123', '--text', 'Hello', '--wait', 60;
	}
	$s->await(10, 'the text to be queued', sub { scalar @{$s->ctl('messages', $s->{org})->{messages}} });
	kill 'INT', $pid;
	my $ended = eval { $s->await(5, 'its end', sub { waitpid($pid, 1) == $pid }) };
	ok($ended, 'SIGINT ends the waiting');
	kill 'KILL', $pid unless $ended;
	like(Spoke::slurp("$s->{dir}/waiting"), qr/^[0-9a-f]{16}  \+19195550123  \S/, 'what was queued is told all the same');
	my ($status, $out, $err) = $s->run('', $ctl, 'org', 'list');
	is($err, '', 'it had left the store: nothing needs recovery');
}

# ---- moved ------------------------------------------------------------------
{
	my $s = Spoke->new->sim->init->lighttpd;
	$s->sim_credentials;
	$s->stop('lighttpd');
	$s->await(20, 'the worker to end', sub {
		my $r = system('cp', '-a', "$s->{dir}/data", "$s->{dir}/copy"); $r == 0 });
	$s->{settings}{DATA_DIR} = "$s->{dir}/copy";
	$s->write_conf;
	my $shown = $s->ctl('settings', 'show', $s->{org});
	ok($shown->{sending_held}, 'in a copy, sending is held');
	like(($s->run('', $ctl, 'settings', 'show', $s->{org}))[1], qr/^SENDING IS HELD: \S/m, 'settings show says so');
	my ($status, $j) = $s->ctl_any('', 'check');
	is($status, 1, 'check, too');
	my ($row) = grep { $_->{what} eq 'sending' } @{$j->{checks}};
	is($row->{state}, 'wrong', 'in a row of its own');
	($status, $j) = $s->ctl_any('', 'send', '--org', $s->{org}, '--to', '+19195550123', '--text', 'Hello', '--wait', 2);
	is($status, 1, 'a text waits');
	is($j->{messages}[0]{state}, 'queued', 'queued');
	is(scalar(my @none = $s->sim_posts), 0, 'and is not sent');
	my ($refused, undef, $err) = $s->ctl_any('', 'moved');
	is($refused, 2, 'moved needs to be told');
	like($err, qr/--old-is-stopped/, 'what');
	is(($s->run('', $ctl, 'moved', '--old-is-stopped', '--send-waiting'))[1], "This installation sends from now on.\n", 'moved');
	ok(!$s->ctl('settings', 'show', $s->{org})->{sending_held}, 'sending is held no more');
	$s->await(20, 'the text to be sent', sub { scalar(my @p = $s->sim_posts) });
	is(scalar(my @p = $s->sim_posts), 1, 'the text goes out by itself, once');
	ok((grep { $_->{what} =~ /moved|release|sending/ } @{$s->ctl('audit', 0)->{audit}}), 'the audit has it')
	    or diag explain $s->ctl('audit', 0);
}
done_testing();
