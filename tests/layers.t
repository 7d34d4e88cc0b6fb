# The floors of src/ include only what src/README's table lets them, and each
# third-party header appears in one folder only.
use strict;
use warnings;
use File::Find;
use Test::More;

my $top = $ENV{SOURCE} || '.';

# The table of src/README: | `folder/` | what | may include |
my %may;
open my $readme, '<', "$top/src/README" or die "src/README: $!";
while (<$readme>) {
	next unless m{^\|\s*`(\w+)/`\s*\|.*\|\s*([^|]*?)\s*\|\s*$};
	my ($folder, $list) = ($1, $2);
	$list =~ s/;.*//;
	$may{$folder} = { map { $_ => 1 } $folder, grep { /^\w+$/ } split /[,\s]+/, $list };
}
close $readme;
cmp_ok(scalar keys %may, '>=', 10, 'src/README has its table of floors');

my %third = (
	'db.h' => 'store', 'fcgiapp.h' => 'responder', 'fcgi_config.h' => 'responder',
	'fcgios.h' => 'responder',
);
sub folder_of_header {
	my ($header) = @_;
	return $third{$header} if $third{$header};
	return 'bandwidth' if $header =~ m{^(curl|libxml)/};
	return 'base' if $header =~ m{^(openssl|json-c)/};
	return undef;
}

my (%folders, @wrong, @foreign);
find({ no_chdir => 1, wanted => sub {
	return unless m{^\Q$top\E/src/(\w+)/.*\.[ch]$};
	my ($file, $folder) = ($_, $1);
	$folders{$folder} = 1;
	open my $in, '<', $file or die "$file: $!";
	while (<$in>) {
		if (m{^\s*#\s*include\s+"(\w+)/}) {
			push @wrong, "$file includes $1/" unless $may{$folder}{$1};
		} elsif (m{^\s*#\s*include\s+<([^>]+)>}) {
			my $owner = folder_of_header($1);
			push @foreign, "$file includes <$1>" if defined $owner && $owner ne $folder;
		}
	}
	close $in;
} }, "$top/src");

is_deeply(\@wrong, [], 'no floor includes one above it');
is_deeply(\@foreign, [], 'third-party headers stay in their folder');
is_deeply([sort keys %folders], [sort keys %may], 'src/README names every folder, and no other');
done_testing();
