#!/usr/bin/env perl
# tests/coverage.pl: how many lines the tests have run, for each folder and each file of src/, lowest first.
#
#   perl tests/coverage.pl SOURCE BUILD [FOLDER/FILE.c ...]
#
# BUILD was compiled with gcc --coverage and has been run. A file of the folders below of which less than
# 90 % were run must stand in tests/coverage.explained, with what is enough for it and the reason; else
# the status is 1. Files that are named are printed with the lines that were not run.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Find;
use JSON::PP;

my $ENOUGH = 90;
my %strict = map { $_ => 1 } qw(store handlers managers worker);

my ($source, $build, @shown) = @ARGV;
die "usage: coverage.pl SOURCE BUILD [FOLDER/FILE.c ...]\n" unless defined $build && -d "$source/src" && -d $build;
my $src = abs_path($source) . '/src/';

# Lines of each file, { file => { line => times } }. A file may be part of several programs.
sub lines_run {
	my (@notes, %lines);
	find({ no_chdir => 1, wanted => sub { push @notes, abs_path($_) if /\.gcno$/ } }, "$build/src");
	die "coverage.pl: nothing in $build was compiled with --coverage\n" unless @notes;
	chdir $build or die "$build: $!";
	# What it says on standard error is that tables of constants have no functions.
	open my $gcov, '-|', 'sh', '-c', 'exec gcov --json-format --stdout "$@" 2>gcov.log', 'sh', @notes or die "gcov: $!";
	while (my $text = <$gcov>) {
		my $of = decode_json($text);
		for my $file (@{ $of->{files} }) {
			my $path = abs_path($file->{file}) // next;
			next unless index($path, $src) == 0;
			my $at = $lines{substr $path, length $src} //= {};
			$at->{$_->{line_number}} += $_->{count} for @{ $file->{lines} };
		}
	}
	close $gcov or die "gcov failed, status $?: see $build/gcov.log\n";
	return \%lines;
}

# { file => [percent, why] }; a line of the list is "FOLDER/FILE.c PERCENT WHY".
sub explanations {
	my %why;
	open my $f, '<', "$source/tests/coverage.explained" or die "tests/coverage.explained: $!";
	while (<$f>) {
		next if /^\s*(#|$)/;
		my ($file, $percent, $why) = /^(\S+\.[ch])\s+(\d+)\s+(\S.*)$/
		    or die "tests/coverage.explained:$.: not understood\n";
		die "tests/coverage.explained:$.: there is no src/$file\n" unless -f "$source/src/$file";
		$why{$file} = [$percent, $why];
	}
	return \%why;
}

sub percent { my ($run, $all) = @_; return $all ? 100 * $run / $all : 100 }

my ($lines, $explained) = (lines_run(), explanations());
my (%files, %folders);
for my $file (keys %$lines) {
	my @times = values %{ $lines->{$file} };
	my ($run, $all) = (scalar(grep { $_ > 0 } @times), scalar @times);
	next unless $all;
	$files{$file} = [$run, $all];
	my ($folder) = $file =~ m{^(\w+)/};
	$folders{$folder}[$_] += $files{$file}[$_] for 0, 1;
}

sub print_table {
	my ($title, $of) = @_;
	my %p = map { $_ => percent(@{ $of->{$_} }) } keys %$of;
	print "$title\n";
	printf "%6.1f %%  %5d of %5d lines  %s\n", $p{$_}, @{ $of->{$_} }, $_ for sort { $p{$a} <=> $p{$b} || $a cmp $b } keys %p;
	print "\n";
}

print_table('Files of src/, lowest first', \%files);
print_table('Folders of src/, lowest first', \%folders);

my $bad = 0;
for my $file (sort keys %files) {
	my ($folder) = $file =~ m{^(\w+)/};
	my $p = percent(@{ $files{$file} });
	my $e = $explained->{$file};
	next unless $strict{$folder} && $p < $ENOUGH;
	if ($e && $p >= $e->[0]) {
		printf "%5.1f %%  %s: %s\n", $p, $file, $e->[1];
		next;
	}
	$bad++;
	printf "%5.1f %%  %s: %s\n", $p, $file, $e ? "at least $e->[0] % are expected" : "below $ENOUGH % and not explained";
}
for my $file (@shown) {
	my $at = $lines->{$file} or die "coverage.pl: no file $file\n";
	my @source = do { open my $f, '<', "$src$file" or die "$file: $!"; <$f> };
	print "\n$file, not run:\n", map { sprintf '%5d %s', $_, $source[$_ - 1] } sort { $a <=> $b } grep { !$at->{$_} } keys %$at;
}
printf "%d files of %s are below %d %% and not explained\n", $bad, join('/, ', sort keys %strict) . '/', $ENOUGH;
exit($bad ? 1 : 0);
