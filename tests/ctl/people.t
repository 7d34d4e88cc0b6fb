# spokectl org, user, token, numbers, callback-password and audit: who may do what, and who did.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP;
use Spoke;
use Test::More;

my $ctl = Spoke::build() . '/spokectl';
my $s = Spoke->new->sim->init->lighttpd;
my $org = $s->{org};
my $second = $s->ctl('org', 'add', "Riders' Alliance")->{organization};

# Runs a call that must fail: status, and a sentence on standard error alone.
sub fails {
	my ($what, $want, $sentence, @args) = @_;
	my $input = ref $args[0] ? ${shift @args} : '';
	my ($status, $out, $err) = $s->run($input, $ctl, @args);
	is($status, $want, "$what: status $want") or diag $err;
	is($out, '', "$what: nothing on standard output");
	like($err, $sentence, "$what: says why");
}
sub text { my ($status, $out, $err) = $s->run('', $ctl, @_); is($status, 0, "@_") or diag $err; return $out }

# ---- organizations ------------------------------------------------------------
isnt($second, $org, 'each organization has its number');
is_deeply([map { $_->{name} } @{$s->ctl('org', 'list')->{organizations}}], ['Tenants United', "Riders' Alliance"], 'org list');
like(text('org', 'list'), qr/^NUMBER +NAME +PAUSED +ADDED\n1 +Tenants United +no +\d{4}-\d\d-\d\dT? ?[\d:]+/, 'as a table');
like(text('org', 'add', 'Third'), qr/^Organization \d+: Third\n\z/, 'org add in text');
fails('a name of no bytes', 2, qr/1 to 200 bytes/, 'org', 'add', '');
fails('a name of 201 bytes', 2, qr/1 to 200 bytes/, 'org', 'add', 'x' x 201);
fails('a name of two lines', 2, qr/one line/, 'org', 'add', "a\nb");

# ---- every command about an organization that is not there ---------------------
for my $c (['settings', 'show', 99], ['settings', 'set', 99, 'city=X'], ['pause', 99], ['resume', 99],
	['messages', 99], ['message', 99, '0192f0c1a2b3c4d5'], ['cancel', 99, '--all'],
	['decide', 99, '0192f0c1a2b3c4d5', 'send'], ['events', 99], ['tray', 99], ['tray', 'done', 99, '0192f0c1a2b3c4d5'],
	['callback-password', 99], ['optout', 'list', 99], ['optout', 'add', 99, '+19195550123'], ['optout', 'remove', 99, '+19195550123'],
	['contact', 'release', 99, '+19195550123'], ['numbers', 'list', 99], ['numbers', 'add', 99, '+19195550123'],
	['numbers', 'remove', 99, '+19195550123'], ['numbers', 'drain', 99, '+19195550123'], ['numbers', 'sync', 99],
	['numbers', 'search', 99, '--area', 919], ['numbers', 'buy', 99, '--area', 919, '--yes'], ['numbers', 'jobs', 99],
	['numbers', 'release', 99, '+19195550123', '--yes'], ['numbers', 'keep', 99, '0192f0c1a2b3c4d5'],
	['numbers', 'job', 99, '0192f0c1a2b3c4d5'], ['numbers', 'picker', 99], ['audit', 99], ['user', 'list', '--org', 99],
	['user', 'remove', 'a@b.example', '--org', 99], ['token', 'add', '--org', 99], ['token', 'list', '--org', 99],
	['token', 'revoke', '01234567', '--org', 99], ['send', '--org', 99, '--to', '+19195550123', '--text', 'x'],
	['user', 'add', 'a@b.example', '--org', 99, '--role', 'OWNER']) {
	my ($status, $out, $err) = $s->run("a long enough password\n", $ctl, @$c);
	ok($status == 3 && $out eq '' && $err =~ /no organization 99/, "@$c: status 3") or diag "$status $out $err";
}
fails('no number', 2, qr/"x" is not an organization's number/, 'pause', 'x');
fails('none at all', 2, qr/--org N/, 'token', 'add');

# ---- the callback password -------------------------------------------------------
is($s->{callback}{callback_user}, 'bandwidth.com', 'callback user');
is($s->{callback}{callback_password}, Spoke::slurp("$s->{dir}/sim.password"), 'callback password');
like(text('callback-password', 1), qr/^Callback password: \Q$s->{callback}{callback_password}\E$/m, 'in text');
fails('organization 0', 3, qr/no organization 0/, 'callback-password', 0);

# ---- users ---------------------------------------------------------------------
sub sign_in {
	my ($email, $password) = @_;
	my $body = $s->{http}->www_form_urlencode({ email => $email, password => $password });
	my $r = $s->request(POST => '/login', content => $body, headers => {
		'content-type' => 'application/x-www-form-urlencoded', origin => $s->{base}, 'sec-fetch-site' => 'same-origin' });
	return $r->{status} == 303 && exists $r->{headers}{'set-cookie'} ? 1 : 0;
}
$s->request(GET => '/healthz');
my @add = ('user', 'add', 'Ben@Example.org', '--org', $org, '--role');
fails('no password', 2, qr/nothing came/, @add, 'ADMIN', '--password-stdin');
fails('a short one', 2, qr/12/, \"short\n", @add, 'ADMIN', '--password-stdin');
fails('one character', 2, qr/./, \('a' x 20 . "\n"), @add, 'ADMIN', '--password-stdin');
fails('the address itself', 2, qr/./, \"ben\@example.org\n", @add, 'ADMIN', '--password-stdin');
fails('5,000 characters', 2, qr/./, \('ab' x 2500 . "\n"), @add, 'ADMIN', '--password-stdin');
fails('no such role', 2, qr/OWNER.*ADMIN/, \"a long enough password\n", @add, 'KING');
fails('no address', 2, qr/not an e-mail/, \"a long enough password\n", 'user', 'add', 'ben', '--org', 1, '--role', 'ADMIN');
is(scalar @{$s->ctl('user', 'list')->{users}}, 1, 'none of these was added');
my ($status, $out, $err) = $s->run("a long enough password\r\n", $ctl, @add, 'ADMIN', '--password-stdin');
is($status, 0, 'a good one') or diag $err;
is($out, "ben\@example.org is ADMIN of organization $org.\n", 'in lower case');
unlike("$out$err", qr/long enough/, 'the password is not shown');
ok(sign_in('ben@example.org', 'a long enough password'), 'they can sign in');
my $again = $s->ctl('user', 'add', 'ben@example.org', '--org', $second, '--role', 'OWNER');
is($again->{new}, JSON::PP::false, 'another role needs no password');
is_deeply([map { "$_->{email}: $_->{roles}" } @{$s->ctl('user', 'list', '--org', $second)->{users}}],
    ["ben\@example.org: $org ADMIN, $second OWNER"], 'user list');
like(text('user', 'list'), qr/^E-MAIL +ROLES +ADDED\nana\@example\.org +1 OWNER +\d/m, 'as a table');
$s->ctl(\"quite another password\n", 'user', 'add', 'ben@example.org', '--org', $org, '--role', 'ADMIN', '--password-stdin');
ok(!sign_in('ben@example.org', 'a long enough password'), 'the old password is no good after a new one');
ok(sign_in('ben@example.org', 'quite another password'), 'the new one is');
is(text('user', 'remove', 'ben@example.org', '--org', $org), "ben\@example.org can no longer use that organization.\n", 'one role');
fails('a role that is not there', 3, qr/not found/, 'user', 'remove', 'ben@example.org', '--org', $org);
$s->ctl('user', 'remove', 'ben@example.org');
ok(!sign_in('ben@example.org', 'quite another password'), 'a removed user cannot sign in');
is(scalar @{$s->ctl('user', 'list', '--org', $second)->{users}}, 0, 'and is in no organization');
fails('a second time', 3, qr/ben\@example\.org.*not found/, 'user', 'remove', 'ben@example.org');
like(text('user', 'list'), qr/^ben\@example\.org +\(removed\)/m, 'user list says so');
fails('added again', 2, qr/nothing came/, 'user', 'add', 'ben@example.org', '--org', $second, '--role', 'ADMIN');
$s->ctl(\"a third good password\n", 'user', 'add', 'ben@example.org', '--org', $second, '--role', 'ADMIN');
ok(sign_in('ben@example.org', 'a third good password'), 'with a password of their own');
ok(!sign_in('ben@example.org', 'quite another password'), 'and no other');
$s->ctl('user', 'remove', 'ben@example.org', '--org', $second);
ok(!sign_in('ben@example.org', 'a third good password'), 'who has lost their last role cannot sign in');
fails('who was never there', 3, qr/not found/, 'user', 'remove', 'eve@example.org');

# ---- tokens --------------------------------------------------------------------
my $t = $s->ctl('token', 'add', '--org', $org, '--name', 'member database');
like($t->{token}, qr/^spk_[A-Za-z0-9_-]{43}$/, 'a token');
sub with { local $s->{token} = shift; return $s->api(@_)->{status} }
is(with($t->{token}, GET => '/messages'), 200, 'which the API takes');
my $read = $s->ctl('token', 'add', '--org', $org, '--read-only');
my $send = $s->ctl('token', 'add', '--org', $org, '--send-only');
my %text = (to => '+19195550123', text => 'Hello');
is(with($read->{token}, GET => '/messages'), 200, '--read-only may read');
is(with($read->{token}, POST => '/messages', \%text), 403, 'but not send');
is(with($send->{token}, GET => '/messages'), 403, '--send-only may not read');
is(with($send->{token}, POST => '/messages', \%text), 202, 'but send');
my $list = $s->ctl('token', 'list', '--org', $org)->{tokens};
my ($row) = grep { $_->{id} eq $t->{id} } @$list;
is($row->{name}, 'member database', 'token list has its name');
unlike(encode_json($list), qr/spk_/, 'and no token');
like(text('token', 'list', '--org', $org), qr/^\Q$t->{id}\E +member database +yes +yes/m, 'as a table');
is_deeply($s->ctl('token', 'list', '--org', $second)->{tokens}, [], 'each organization has its own');
fails('both rights taken', 2, qr/exclude each other/, 'token', 'add', '--org', $org, '--read-only', '--send-only');
fails('a time that is over', 2, qr/time to come/, 'token', 'add', '--org', $org, '--expires', '2020-01-01T00:00:00Z');
fails('no time', 2, qr/time to come/, 'token', 'add', '--org', $org, '--expires', 'tomorrow');
fails('revoked for another organization', 3, qr/not found/, 'token', 'revoke', $t->{id}, '--org', $second);
is(with($t->{token}, GET => '/messages'), 200, 'changes nothing');
is(text('token', 'revoke', $t->{id}, '--org', $org), "Token $t->{id} is useless from now on.\n", 'revoked');
is(with($t->{token}, GET => '/messages'), 401, 'the API refuses it');
fails('a second time', 3, qr/not found/, 'token', 'revoke', $t->{id}, '--org', $org);
like(text('token', 'add', '--org', $org), qr/^spk_\S+\n\nKeep it now: .*: [0-9a-f]{8}\.\n\z/, 'token add in text');

# ---- numbers -------------------------------------------------------------------
sub numbers { return [map { $_->{number} } @{$s->ctl('numbers', 'list', $_[0])->{numbers}}] }
fails('a number of another organization', 1, qr/\+19195550100 belongs to organization 1 already; nothing was added/,
    'numbers', 'add', $second, '(919) 555-0101', '+19195550100');
is_deeply(numbers($second), [], 'not even the other one was added');
fails('no number', 2, qr/^spokectl: 12: ./, 'numbers', 'add', $second, '+19195550102', '12');
is_deeply(numbers($second), [], 'nothing was added');
is(text('numbers', 'add', $second, '(919) 555-0101', '919-555-0102'), "Added: +19195550101 and 1 more.\n", 'two at once');
is_deeply(numbers($second), ['+19195550101', '+19195550102'], 'as +1...');
my $page = $s->ctl('numbers', 'list', $second, '--limit', 1);
is($page->{next}, '+19195550101', 'a page says where the next begins');
is($s->ctl('numbers', 'list', $second, '--limit', 1, '--cursor', $page->{next})->{numbers}[0]{number}, '+19195550102', 'there');
like(text('numbers', 'list', $second), qr/^NUMBER +STATE +CONTACTS +OUT TODAY +IN TODAY +DELIVERED % +LAST TEXT\n\+19195550101 +in-service +0/, 'as a table');
fails('removed from another organization', 3, qr/not found/, 'numbers', 'remove', $org, '+19195550101');
fails('one of two is not there', 3, qr/\+19195550199: not found/, 'numbers', 'remove', $second, '+19195550101', '+19195550199');
is(scalar @{numbers($second)}, 2, 'nothing was removed');
is(text('numbers', 'remove', $second, '+19195550101'), "Removed: 1. They are still yours at Bandwidth.\n", 'removed');
is_deeply({ map { ($_->{number} => $_->{state}) } @{$s->ctl('numbers', 'list', $second)->{numbers}} },
    { '+19195550101' => 'gone', '+19195550102' => 'in-service' }, 'it is gone');
is($s->ctl('numbers', 'add', $org, '+19195550101')->{added}, 1, 'and may be another organization\'s');
$s->ctl('numbers', 'remove', $org, '+19195550101');

# ---- audit -----------------------------------------------------------------------
{
	local $ENV{SUDO_USER} = 'carla';
	$s->ctl('numbers', 'add', $second, '+19195550103');
	local $ENV{SUDO_USER} = "eve\n";
	$s->ctl('numbers', 'remove', $second, '+19195550103');
}
my $audit = $s->ctl('audit', $second)->{audit};
my %did = map { ("$_->{what} $_->{detail}" => $_->{who}) } @$audit;
is($did{'numbers.add +19195550103'}, 'spokectl (carla)', 'who did it stands in the audit');
is($did{'numbers.remove +19195550103'}, 'spokectl', 'unless that is no name');
is($did{'numbers.add +19195550101 +19195550102'}, 'spokectl', 'what was done to what');
ok((grep { $_->{from} eq 'local' } @$audit) == @$audit, 'from here');
my @what = map { $_->{what} } @{$s->ctl('audit', $org)->{audit}};
for my $what (qw(org.add user.add user.change user.remove token.add token.revoke numbers.add)) {
	ok((grep { $_ eq $what } @what), "$what is in the audit");
}
is(scalar @{$s->ctl('audit', $org, '--limit', 2)->{audit}}, 2, '--limit');
ok((grep { $_->{what} eq 'sign-in' } @{$s->ctl('audit', 0)->{audit}}), 'signing in belongs to the installation');
like(text('audit', $second), qr/^TIME +WHO +FROM +WHAT +DETAIL\n/, 'as a table');
fails('a limit of 0', 2, qr/--limit needs a number from 1 to/, 'audit', $org, '--limit', 0);

# ---- dump -------------------------------------------------------------------------
$s->sim_credentials;
is($s->callback($s->inbound(text => "Three \x{202e} and a \x{9b}31m red one"))->{status}, 200, 'a hostile text comes');
$out = text('dump');
like($out, qr/Three \\u202e and a \\u009b31m red one/, 'what a terminal would take as a command is written out');
unlike($out, qr/\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xc2[\x80-\x9f]|[\x00-\x08\x0b-\x1f\x7f]/, 'and nothing such gets through');
like($out, qr/Tenants United/, 'dump has the records');
like($out, qr/\+19195550100/, 'in clear');
unlike($out, qr/hush/, 'but not the API password');
unlike($out, qr/\Q$_\E/, 'nor a token') for $s->{token}, $read->{token};
unlike($out, qr/\Q$s->{password}\E|long enough password|another password/, "nor a user's password");
unlike($out, qr/a-secret-of-the-tests|\Q$s->{callback}{callback_password}\E/, 'nor SESSION_SECRET or what follows from it');
done_testing();
