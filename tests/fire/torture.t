# A minute under fire: nothing is lost, nothing doubled, nothing gets stuck; and the torture can tell, because
# programs that are wrong on purpose do not pass it.
use strict;
use warnings;
use FindBin;
use Test::More;

my $seconds = $ENV{SPOKE_TEST_LONG} ? 600 : 60;

sub torture {
	my $out = qx($^X $FindBin::Bin/torture.pl @_ 2>&1);
	my %n = $out =~ /(kills|acknowledged|sent|lost|doubled|stuck|longest stall) (\d+)/g;
	diag $out =~ s/^/  /gmr if !%n || $ENV{SPOKE_TEST_LONG};
	return ($? >> 8, \%n, $out);
}

my ($status, $n, $out) = torture('--seconds', $seconds);
diag $out if $status;
is($status, 0, 'the torture passes');
cmp_ok($n->{kills} // 0, '>=', $seconds, "$n->{kills} processes were killed");
cmp_ok($n->{acknowledged} // 0, '>', $seconds * 10, "$n->{acknowledged} events were acknowledged");
cmp_ok($n->{sent} // 0, '>', $seconds, "$n->{sent} texts were sent");
is($n->{$_}, 0, "$_: 0") for qw(lost doubled stuck);
diag "longest stall $n->{'longest stall'} ms";

($status, $n) = torture('--seconds', 12, '--patience', 3, '--no-flush');
isnt($status, 0, 'a responder that answers before the disk has the event does not pass');
cmp_ok($n->{lost} // 0, '>', 0, "$n->{lost} events lost");
($status, $n) = torture('--seconds', 12, '--patience', 3, '--blind');
isnt($status, 0, 'nor does a worker that sends again what may have been sent');
cmp_ok($n->{doubled} // 0, '>', 0, "$n->{doubled} texts doubled");
done_testing();
