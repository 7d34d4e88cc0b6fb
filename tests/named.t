# Pages that say which test shows what: every test they name is in the suite and has those words, and no row of
# such a table goes without.
#
# A reference stands in backticks, as "tests/PATH: words". The words are literally in that file, outside its comments.
# Of a table with a column "test" or "tests" each row has one.
use strict;
use warnings;
use Test::More;

my $top = $ENV{SOURCE} || '.';
my @pages = grep { -e "$top/$_" } qw(src/THREATS tests/fire/README tests/survival/README);

# ---- the suite, as the Makefiles list it --------------------------------------------------

my %list;
for my $file (glob "$top/tests/Makefile.inc $top/tests/*/Makefile.inc") {
	open my $in, '<', $file or die "$file: $!";
	my $text = do { local $/; <$in> };
	$text =~ s/\\\n/ /g;
	push @{$list{$1}}, split ' ', $2 while $text =~ /^(\w+)[ \t]*\+?=[ \t]*(.*)$/mg;
}
sub words_of {
	my ($name) = @_;
	return map { /^\$\((\w+)\)$/ ? words_of($1) : $_ } @{$list{$name} || []};
}
my %in_suite = map { $_ => 1 } words_of('SCRIPT_TESTS'), (map { "$_.c" } words_of('UNIT_TESTS')),
    map { "tests/fuzz/fuzz_$_.c" } words_of('fuzz_targets');	# by tests/fuzz/seeds.t
# What a script of the suite runs for it: tests/web/pages.js with tests/web/pages.t.
sub in_suite {
	my ($path) = @_;
	return 1 if $in_suite{$path};
	(my $script = $path) =~ s/\.(?:js|pl)$/.t/;
	return $in_suite{$script};
}
cmp_ok(scalar keys %in_suite, '>=', 90, 'the suite is known');

# ---- a page ------------------------------------------------------------------------------------

my %text;
sub text_of {
	my ($path) = @_;
	return $text{$path} //= do {
		open my $in, '<', "$top/$path" or return undef;
		my $text = do { local $/; <$in> };
		$text =~ s{/\*.*?\*/}{}gs if $path =~ /\.[cj]s?$/;
		$text =~ s{^\s*(?:#|//).*}{}mg unless $path =~ /\.c$/;
		$text;
	};
}

sub fault_of {
	my ($path, $words) = @_;
	return 'is not in the suite' unless in_suite($path);
	my $text = text_of($path) // return 'cannot be read';
	return index($text, $words) < 0 ? "does not have the words \"$words\"" : undef;
}

# What is wrong with it; counts its references.
sub faults {
	my ($page, $count) = @_;
	my (@faults, $wants);
	for my $line (split /\n/, $page) {
		my @references = $line =~ m{`(tests/[^`:]+: [^`]+)`}g;
		for (@references) {
			my ($path, $words) = /^(\S+): (.+)$/ or next;
			my $fault = fault_of($path, $words);
			push @faults, "$path $fault" if $fault;
			$$count++;
		}
		push @faults, "$_ is not there" for grep { !/\*/ && !-e "$top/$_" } $line =~ m{`(tests/[\w./-]+)`}g;
		if ($line !~ /^\|/) {
			$wants = undef;
		} elsif (!defined $wants) {
			$wants = (grep { /^\s*tests?\s*$/ } split /\|/, $line) ? 1 : 0;
		} elsif ($wants && $line !~ /^\|[\s|:-]+$/ && !@references) {
			push @faults, "no test: $line";
		}
	}
	return @faults;
}

# ---- that it finds what is wrong -----------------------------------------------------------------

my $good = 'no floor includes one above it';
for (["| attack | test |\n| --- | --- |\n| a | `tests/layers.t: $good` |\n", 0, 'a good row'],
	["| attack | test |\n| --- | --- |\n| a | see the source |\n", 1, 'a row without a test'],
	["| what | why |\n| --- | --- |\n| a | because |\n", 0, 'a table about something else'],
	["`tests/layers.t: no such words`", 1, 'words that are not there'],
	["`tests/layers.t: The table of src/README`", 1, 'words of a comment'],
	["`tests/none.t: $good`", 1, 'a file that is not there'],
	["`tests/harness: Runs`", 1, 'a file that is no test'],
	["`tests/none`", 1, 'a path that is not there'],
	["`tests/unit/base_log.c: nor can it forge a line`", 0, 'a unit test'],
	["`tests/web/pages.js: none of those`", 1, 'a script of the browser without the words']) {
	my ($page, $want, $what) = @$_;
	my $count = 0;
	my @f = faults($page, \$count);
	is(scalar @f, $want, $what) or diag join "\n", @f;
}

# ---- the pages ------------------------------------------------------------------------------------

ok((grep { $_ eq 'src/THREATS' } @pages), 'the threats are written down');
for my $page (@pages) {
	open my $in, '<', "$top/$page" or die "$page: $!";
	my $count = 0;
	is_deeply([faults(do { local $/; <$in> }, \$count)], [], "$page names only tests that there are, and leaves no row without");
	cmp_ok($count, '>=', 10, "$page names $count");
}

# ---- what the harness begins with -----------------------------------------------------------------

{
	open my $in, '<', "$top/tests/slowest" or die "tests/slowest: $!";
	my @names = grep { !/^#/ } split /\n/, do { local $/; <$in> };
	cmp_ok(scalar @names, '>', 0, 'the slowest tests are listed');
	is_deeply([grep { !in_suite(/\.t$/ ? $_ : "$_.c") } @names], [], 'and all of them are in the suite');
}
done_testing();
