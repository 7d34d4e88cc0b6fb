# Every seed of every fuzz target goes through it without a finding; and every parser of a stranger's bytes has a
# target, or a reason to have none.
use strict;
use warnings;
use Test::More;

my ($source, $build) = ($ENV{SOURCE} || '.', $ENV{BUILD} || '.');
my %text = map { my ($name) = m{fuzz_(\w+)\.c$}; open my $f, '<', $_ or die; local $/; ($name => <$f>) } glob "$source/tests/fuzz/fuzz_*.c";
my @targets = sort keys %text;
cmp_ok(scalar @targets, '>=', 8, 'there are fuzz targets');
for my $target (@targets) {
	my @seeds = glob "$source/tests/fuzz/seeds/$target/*";
	cmp_ok(scalar @seeds, '>=', 3, "$target has seeds");
	is(system("$build/tests/fuzz/fuzz_$target", "$source/tests/fuzz/seeds/$target"), 0, "$target takes them all");
}
my $size = 0;
$size += -s for glob "$source/tests/fuzz/seeds/*/*";
cmp_ok($size, '<', 200_000, "together they are small ($size bytes)");

# ---- what reads a stranger's bytes -------------------------------------------------------

my %inventory = (
	'a request: variables, address, proxies, credentials' => [qw(environment_read target_read client_address client_network
		authorization_basic authorization_bearer request_start)],
	'its address, and addresses in settings' => [qw(url_target url_parse url_decode)],
	'the Cookie header' => [qw(cookie_get session_cookie)],
	'the Range header' => [qw(range_read)],
	'forms and queries' => [qw(form_parse)],
	'what is entered into them' => [qw(config_check want_parse inventory_want_check email_normalize password_fault)],
	'JSON' => [qw(json_scan json_parse)],
	'callbacks' => [qw(event_read event_key tag_parse)],
	'STOP and the like' => [qw(stopwords_read plain_words)],
	'the body of the messages API' => [qw(api_read_submission submit_check)],
	'telephone numbers' => [qw(phone_normalize phone_display phone_masked phone_find phone_hide)],
	'times, Base64' => [qw(clock_parse base64_decode base64url_decode)],
	'an answer of Bandwidth on the wire: status, Retry-After, Date, Location' => [qw(client_start)],
	'its answers to sending, lists, tokens' => [qw(messaging_read list_read token_read)],
	'XML, and the answers of the Numbers API' => [qw(xml_read sites_read peer_read applications_read numbers_read order_read)],
	'attachments: addresses and first bytes' => [qw(media_judge media_sniff)],
	'the settings file' => [qw(settings_read)],
	'what comes back from a disk or a backup' => [qw(record_read progress_read format_check media_name_read)],
);
my $all = join "\n", values %text;
for my $what (sort keys %inventory) {
	is_deeply([grep { $all !~ /\b$_\(/ } @{$inventory{$what}}], [], "fuzzed: $what");
}

# Whatever else is called like a parser and does not read the store in a transaction.
my %without = (
	crypto_open => 'nothing is taken from it unless it was sealed with our key',
	forget_read => 'members of a job of our own, each by json_get_text',
	frame_read => 'reads the store',
	held_work_read => 'a record, by record_read',
	inventory_read => 'a record, by record_read',
	role_parse => 'one of two words',
	settings_limit_read => 'a number, by parse_u64',
	setup_facts_read => 'a record, by record_read',
	setup_judge => 'judges facts, not bytes',
	state_parse => 'one of nine words',
	trial_judge => 'judges facts, not bytes',
);
my %parsers;
for my $file (map({ glob "$source/src/$_/*.h" } qw(base org http bandwidth texting handlers)), map({ "$source/src/store/$_.h" } qw(format media))) {
	open my $f, '<', $file or die "$file: $!";
	my $header = do { local $/; <$f> };
	$header =~ s{/\*.*?\*/}{}gs;
	$header =~ s{\b\w+\([^()]*struct tx \*[^()]*\)}{}g;	# what reads the store
	$parsers{$_} = 1 for $header =~ /\b(\w+_(?:read|parse|decode|normalize|sniff|judge|scan))\(/g;
}
cmp_ok(scalar keys %parsers, '>=', 40, 'functions that are called like a parser');
is_deeply([grep { $all !~ /\b$_\(/ && !$without{$_} } sort keys %parsers], [], 'each has a target, or a reason to have none');
is_deeply([grep { !$parsers{$_} && $_ ne 'crypto_open' } sort keys %without], [], 'and no reason is left over');

# Without a target of their own: multipart (refused by its type), FastCGI's records (libfcgi's, from the web server's
# socket), the gate's file (shared memory of our own processes; tests/store/gate_test.c and power_test.c tear it), the
# sums of a backup (compared as a whole), Idempotency-Key and X-Api-Key (hashed as they are).
done_testing();
