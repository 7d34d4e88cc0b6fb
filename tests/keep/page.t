# The page "Data and backup": a button makes a backup that is good, by a process of the worker's;
# after a move it lets sending go on, once somebody says that the former installation is stopped.
use strict;
use warnings;
use lib "$ENV{SOURCE}/tests/lib";
use Fcntl qw(:flock O_RDONLY);
use Spoke;
use Test::More;
use Time::HiRes qw(sleep);

my $s = Spoke->new;
$s->{settings}{BACKUP_DIR} = "$s->{dir}/backups";
$s->{settings}{BACKUP_KEEP} = 2;
$s->sim->init->lighttpd;

my ($cookie, $csrf);
my $origin = $s->{base} =~ s{(://[^/]+).*}{$1}r;
sub form { return HTTP::Tiny->new->www_form_urlencode({ @_ }) }
sub page { return $s->request(GET => '/admin/1/data', headers => { cookie => $cookie })->{content} }
sub press {
	return $s->request(POST => '/admin/1/data', content => form(csrf => $csrf, @_), headers => { cookie => $cookie,
		origin => $origin, 'content-type' => 'application/x-www-form-urlencoded' });
}
sub sign_in {
	my $r = $s->request(POST => '/login', content => form(email => $s->{email}, password => $s->{password}),
	    headers => { origin => $origin, 'content-type' => 'application/x-www-form-urlencoded' });
	($cookie) = $r->{headers}{'set-cookie'} =~ /^([^;]+)/;
	($csrf) = page() =~ /name="csrf" value="([^"]+)"/;
}

sign_in();
like(page(), qr/Make a backup now/, 'the owner has a button');
is(press(do => 'backup')->{status}, 303, 'it is pressed');
my $page = $s->await(30, 'the backup', sub { my $p = page(); $p =~ /A good backup was made/ ? $p : 0 });
my @made = glob "$s->{dir}/backups/*";
is(scalar @made, 1, 'then there is a backup');
like($page, qr/\Q$made[0]\E/, 'and the page says where');
is(($s->run('', Spoke::build() . '/spokectl', 'verify', $made[0]))[0], 0, 'it is good');
isnt($s->request(POST => '/admin/1/data', content => form(csrf => $csrf, do => 'backup'), headers => { origin => $origin,
	'content-type' => 'application/x-www-form-urlencoded' })->{headers}{location} // '', "$s->{base}/admin/1/data?done=backup-asked", 'only to who is signed in');
for (1 .. 2) {
	sleep 1.1;
	my $n = () = glob "$s->{dir}/backups/*";
	press(do => 'backup');
	$s->await(30, 'another', sub { my @j = grep { !/unfinished/ } glob "$s->{dir}/backups/*"; $j[-1] ne $made[-1] && @j == 2 });
	@made = glob "$s->{dir}/backups/*";
}
is(scalar(@made), 2, 'BACKUP_KEEP of them stay');

# While another is under way, it waits: a worker that began anew meanwhile takes up the same job again.
sysopen my $other, "$s->{dir}/backups", O_RDONLY or die $!;
flock $other, LOCK_EX or die $!;
press(do => 'backup');
$page = $s->await(30, 'the other', sub { my $p = page(); $p =~ /comes after it/ ? $p : 0 });
unlike($page, qr/The last backup failed/, 'behind another backup it waits, and nothing failed');
close $other;
$s->await(40, 'its turn', sub { my @j = grep { !/unfinished/ } glob "$s->{dir}/backups/*"; $j[-1] ne $made[-1] && @j == 2 });
like($s->await(30, 'the end', sub { my $p = page(); $p =~ /comes after it|Copying/ ? 0 : $p }), qr/A good backup was made/, 'then it is made');

# One that fails says so, here and in check.
rename "$s->{dir}/backups", "$s->{dir}/elsewhere";
open my $f, '>', "$s->{dir}/backups" or die;
close $f;
press(do => 'backup');
$page = $s->await(30, 'the failure', sub { my $p = page(); $p =~ /The last backup failed/ ? $p : 0 });
like($page, qr/backup-warning/, 'a backup that failed is a warning on the page');
my ($row) = grep { $_->{what} eq 'backup' } @{($s->ctl_any('', 'check'))[1]{checks}};
is($row->{state}, 'wrong', 'and in spokectl check');

# Moved: same installation, other place.
$s->stop('lighttpd');
sleep 0.5;
rename "$s->{dir}/data", "$s->{dir}/moved" or die;
$s->{settings}{DATA_DIR} = "$s->{dir}/moved";
$s->write_conf;
$s->lighttpd;
sign_in();
like(page(), qr/Sending is held/, 'a moved store says that sending is held');
unlike(page(), qr/Sending is on/, 'and not that it is on');
is(press(do => 'moved')->{status}, 422, 'it takes the word that the former one is stopped');
like(page(), qr/Sending is held/, 'and is held until then');
is(press(do => 'moved', stopped => 'on', waiting => 'on')->{status}, 303, 'with it');
unlike(page(), qr/Sending is held/, 'sending goes on');
ok((grep { $_->{what} eq 'sending.release' && $_->{who} eq $s->{email} } @{$s->ctl('audit', 0)->{audit}}),
    'and the audit says who let it');
done_testing();
