# spokectl's own words: the list, each command's help, the man page, wrong calls and their status.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Spoke;
use Test::More;

my $top = $ENV{SOURCE} || '.';
my $s = Spoke->new;
sub ctl { my ($status, $out, $err) = $s->run('', Spoke::build() . '/spokectl', @_); return ($status, $out, $err) }

# The table, as the source has it: words, what it takes, its options.
my %commands;
(my $table = Spoke::slurp("$top/src/ctl/table.c")) =~ s/"\s*\n\s*"//g;
while ($table =~ /\{\s*"([a-z -]+)",\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)",\s*(\d+),\s*(\d+),\s*(NEED_\w+)/g) {
	$commands{$1} = { takes => $2, what => $3, example => $4, options => $5, min => $6, max => $7, need => $8 };
}
my @names = sort keys %commands;
my $rows = () = $table =~ /NEED_\w+,\s*cmd_/g;
is(scalar @names, $rows, "the table's $rows commands are all read");
cmp_ok($rows, '>=', 30, 'which are many');

# ---- help -------------------------------------------------------------------
my ($status, $list, $err) = ctl('help');
is($status, 0, 'help');
is((ctl('--help'))[1], $list, '--help is the same');
is_deeply([sort grep { $commands{$_} } $list =~ /^  ([a-z]+(?:-[a-z]+)*(?: [a-z]+)?) {1,}[A-Z]/mg], \@names,
    'it lists every command');
like($list, qr/0 done, 1 failed, 2 wrong call, 3 not found, 4 not configured/, 'and what the status means');
($status, my $out, $err) = ctl();
is($status, 2, 'no command at all is a wrong call');
is($out, '', 'with nothing on standard output');
like($err, qr/spokectl for|callback-password/, 'but the list');
like((ctl('--version'))[1], qr/^spokectl \d/, '--version');

for my $name (@names) {
	my $c = $commands{$name};
	subtest "help of $name" => sub {
		my ($status, $out, $err) = ctl(split(/ /, $name), '--help');
		is($status, 0, 'done');
		is($err, '', 'no complaint');
		like($out, qr/^spokectl \Q$name\E\b/, 'its words');
		like($out, qr/^Example:\n  spokectl \Q$name\E\b/m, 'an example');
		unlike($out, qr/ $/m, 'no blanks at the ends of lines');
		is((ctl('help', split / /, $name))[1], $out, '"help" before it is the same');
		for my $option (split / /, $c->{options}) {
			(my $word = $option) =~ s/[=*]$//;
			like($c->{takes}, qr/--\Q$word\E\b/, "--$word is told");
		}
		my %known = map { s/[=*]$//r => 1 } split / /, $c->{options};
		my @told = grep { !$known{$_} } $c->{takes} =~ /--([a-z-]+)/g;
		is_deeply(\@told, [], 'nothing is told that it does not take');
		my ($used) = grep { !$known{$_} && $_ ne 'json' } $c->{example} =~ / --([a-z-]+)/g;
		is($used, undef, 'nor used in the example');
	};
}

# ---- the man page -------------------------------------------------------------
{
	my $page = Spoke::slurp("$top/src/ctl/spokectl.1");
	$page =~ s/\\-/-/g;
	my ($section) = $page =~ /^\.SH COMMANDS\n(.*?)^\.SH /ms;
	my %man;
	$man{$1} = [$2, $3] while $section =~ /^\.B "([^"]+)" ?(.*)\n(.*)$/mg;
	is_deeply([sort keys %man], \@names, 'the man page has every command and no other');
	is_deeply({ map { $_ => $man{$_} } @names }, { map { $_ => [$commands{$_}{takes}, $commands{$_}{what}] } @names },
	    'with the same words');
	SKIP: {
		skip 'groff is not installed', 1 unless grep { -x "$_/groff" } split /:/, $ENV{PATH};
		is(`groff -man -Tutf8 -ww -z $top/src/ctl/spokectl.1 2>&1 </dev/null`, '', 'it is rendered without warnings');
	}
}

# ---- wrong calls, before anything is configured ---------------------------------
sub wrong {
	my ($what, $want, @args) = @_;
	my ($status, $out, $err) = ctl(@args);
	is($status, 2, "$what: status 2");
	is($out, '', "$what: nothing on standard output");
	like($err, $want, "$what: $want");
}
wrong('unknown command', qr/no command "frobnicate".*spokectl help/, 'frobnicate');
wrong('half a command', qr/say which one: .*org add, org list/, 'org');
wrong('unknown option', qr/does not take --colour/, 'org', 'add', 'X', '--colour');
wrong('option of another command', qr/does not take --wait/, 'pause', 1, '--wait', 3);
wrong('a test text without an organization', qr/belong to an organization/, 'check', '--text', '+19195550123');
wrong('value missing', qr/--base-url needs a value/, 'init', '--base-url');
wrong('value for a flag', qr/--password-stdin takes no value/, 'user', 'add', 'a@b.example', '--password-stdin=hunter22');
wrong('option twice', qr/--org was given twice/, 'token', 'add', '--org', 1, '--org', 2);
wrong('too few arguments', qr/^Usage: spokectl message N ID\nExample: /, 'message', 1);
wrong('too many arguments', qr/^Usage: /, 'pause', 1, 2);
wrong('not UTF-8', qr/argument 1 is not UTF-8/, 'org', 'add', "Caf\xe9");
wrong('a control character', qr/control characters/, 'org', 'add', "Tenants\e[2J");

# ---- not configured ---------------------------------------------------------
for my $name (grep { $commands{$_}{need} ne 'NEED_NOTHING' } @names) {
	my @args = map { 1 } 1 .. $commands{$name}{min};
	my ($status, $out, $err) = ctl(split(/ /, $name), @args);
	is($status, 4, "$name without settings: status 4") or diag $err;
}
$s->write_conf;
($status, $out, $err) = ctl('org', 'list');
is($status, 4, 'settings but no store: status 4');
like($err, qr/spokectl init/, 'and what to do');
is((ctl('callback-password', 1))[0], 4, 'so does the callback password: only a store knows who is there');
($status, undef, $err) = ctl('check');
is($status, 4, 'check says 4');
mkdir "$s->{dir}/data", 0700;
is((ctl('org', 'list'))[0], 4, 'an empty data directory: status 4') or diag +(ctl('org', 'list'))[2];
done_testing();
