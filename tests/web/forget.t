# The page on which a person is forgotten, in the browser, with the real worker; afterwards the data holds nothing of them.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Web;

Web::run_live('forget.js', sub {
	my ($s) = @_;
	$s->ctl('numbers', 'add', 1, '+19195550100');
	$s->{number} = '+19195550100';
}, sub {
	my ($s) = @_;
	my (undef, $dump) = $s->run('', Spoke::build() . '/spokectl', 'dump');
	# What another person wrote of her stays, with the event that brought it.
	my @left = grep { /9195550?18[12]|555.?018[12]/ && !/Ask Ann/ } split /\n/, $dump;
	my ($status, $out) = $s->run('', Spoke::build() . '/spokectl', 'verify');
	return (@left, $status == 0 ? () : "verify: $out", $dump =~ /^forgotten\t/m ? () : 'nobody was forgotten');
});
