# A store that an older version wrote opens in this one, without a command: store-1.tar.xz is a
# data directory of the first layout (26 tables; organization, user, numbers, token, an opt-out,
# a text that waits), made by that version itself.
use strict;
use warnings;
use lib "$ENV{SOURCE}/tests/lib";
use Spoke;
use Test::More;

my $s = Spoke->new;
my $ctl = Spoke::build() . '/spokectl';
$s->write_conf;
my $data = "$s->{dir}/data";
mkdir $data, 0700;
is(system('tar', '-xJf', "$ENV{SOURCE}/tests/keep/store-1.tar.xz", '-C', $data), 0, 'an older store is there');
ok(!-e "$data/number_turn.db" && !-e "$data/media.db", 'without tables that came later');

# Many come at once, as after an upgrade of a busy installation.
my @pids = map { my $pid = fork // die; if (!$pid) {
	open STDOUT, '>', '/dev/null';
	open STDERR, '>', "$s->{dir}/err.$_";
	$ENV{SPOKE_CONF} = "$s->{dir}/spoke.conf";
	exec $ctl, 'org', 'list' or POSIX::_exit(127) } $pid } 1 .. 6;
my $good = grep { waitpid($_, 0) == $_ && $? == 0 } @pids;
is($good, 6, 'six that open it at once all get in') or diag map { Spoke::slurp("$s->{dir}/err.$_") } 1 .. 6;
like(Spoke::slurp("$data/format"), qr/^steps 3\ntables .*number_turn.* queue_size/m, 'it has the tables and says so');

my ($code, $out, $err) = $s->run('', $ctl, 'verify');
is($code, 0, 'all of it agrees') or diag $out, $err;
my @numbers = @{$s->ctl('numbers', 'list', 1)->{numbers}};
is_deeply({ map { $_->{number} => $_->{state} } @numbers }, { '+19195550100' => 'in-service', '+19195550101' => 'gone' },
    'its numbers are there, in their states');
is($s->ctl('org', 'list')->{organizations}[0]{name}, 'Tenants United', 'its organization');
my ($m) = @{$s->ctl('messages', 1)->{messages}};
is($m->{text}, 'written by an older version', 'its text');
is($s->ctl('optout', 'list', 1)->{optouts}[0]{number} // '', '+19195550777', 'its opt-out');
ok((grep { $_->{what} eq 'sending' && $_->{state} eq 'wrong' } @{($s->ctl_any('', 'check'))[1]{checks}}),
    'as a store from elsewhere it does not send yet');
$s->ctl('moved', '--old-is-stopped');
$s->ctl('numbers', 'add', 1, '+19195550102');
($code, $out, $err) = $s->run('', $ctl, 'verify');
is($code, 0, 'and still agrees') or diag $out, $err;
($code, $out, $err) = $s->run('', $ctl, 'backup', "$s->{dir}/backups");
is($code, 0, 'and can be backed up') or diag $err;
done_testing();
