# The numbers pages against the simulator: from a search to a number in service, and back to Bandwidth.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Web;

Web::run_live('numbers.js', sub {
	my ($s) = @_;
	$s->sim_location(numbers => ['+19195559901']);
	$s->sim_stock(first => '+19197771200', count => 12, state => 'NC', city => 'RALEIGH', zip => '27601');
}, sub {
	my ($s) = @_;
	my $made = $s->sim_ledger($Spoke::ACCOUNT)->{made};
	return ("orders: $made->{orders}, 2 wanted") if $made->{orders} != 2;
	return ("disconnects: $made->{disconnects}, 2 wanted") if $made->{disconnects} != 2;
	return;
});
