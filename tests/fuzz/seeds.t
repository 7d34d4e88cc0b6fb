# Every seed of every fuzz target goes through it without a finding.
use strict;
use warnings;
use Test::More;

my ($source, $build) = ($ENV{SOURCE} || '.', $ENV{BUILD} || '.');
my @targets = map { m{fuzz_(\w+)\.c$} } glob "$source/tests/fuzz/fuzz_*.c";
cmp_ok(scalar @targets, '>=', 8, 'there are fuzz targets');
for my $target (@targets) {
	my @seeds = glob "$source/tests/fuzz/seeds/$target/*";
	cmp_ok(scalar @seeds, '>=', 3, "$target has seeds");
	is(system("$build/tests/fuzz/fuzz_$target", "$source/tests/fuzz/seeds/$target"), 0, "$target takes them all");
}
done_testing();
