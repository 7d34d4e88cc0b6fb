# What the house does without: functions that overflow, share static buffers,
# or hide errors; and files that do not say what they are for.
use strict;
use warnings;
use File::Find;
use Test::More;

my $top = $ENV{SOURCE} || '.';
my $banned = join '|', qw(strcpy strcat sprintf vsprintf strncpy strncat strtok atoi atol atof
    sscanf gets system popen localtime gmtime ctime strerror tmpnam mktemp);
my (@calls, @headless, @wide);

find({ no_chdir => 1, wanted => sub {
	return unless m{^\Q$top\E/(src|cgi-bin)/.*\.[ch]$};
	my $file = $_;
	open my $in, '<', $file or die "$file: $!";
	my $text = do { local $/; <$in> };
	close $in;
	push @headless, $file unless $text =~ m{\A/\*};
	(my $code = $text) =~ s{/\*.*?\*/}{ "\n" x ($& =~ tr/\n//) }gse;
	$code =~ s{"(?:\\.|[^"\\\n])*"}{""}g;
	my $n = 0;
	for my $line (split /\n/, $code) {
		$n++;
		push @calls, "$file:$n: $1" if $line =~ /(?<![\w.>])($banned)\s*\(/;
	}
	$n = 0;
	for my $line (split /\n/, $text) {
		$n++;
		(my $flat = $line) =~ s/\t/        /g;
		push @wide, "$file:$n" if length $flat > 120;
	}
} }, "$top/src", "$top/cgi-bin");

is_deeply(\@calls, [], 'no banned function is called');
is_deeply(\@headless, [], 'every file begins by saying what it is for');
is("@wide", '', 'no line is wider than 120 columns');
done_testing();
