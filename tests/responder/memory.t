# Somebody opens the store with too little memory (a cron job with a limit, a shared host): those who serve are not disturbed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Spoke;
use Test::More;

plan skip_all => 'a sanitizer takes all addresses there are' if $ENV{ASAN_OPTIONS} || $ENV{SPOKE_TEST_THREADS};
my $s = Spoke->new;
$s->sim->init->lighttpd(processes => 2);
is($s->callback($s->inbound)->{status}, 200, 'it serves');
sub left { return scalar(() = Spoke::slurp("$s->{dir}/lighttpd.log") =~ /store: leaving/g) }

my ($short, $said) = (0, 0);
for (my $mb = 16; $mb <= 160; $mb += 4) {
	my ($code, undef, $err) = $s->run('', 'sh', '-c', 'ulimit -v ' . $mb * 1024 . '; exec ' . Spoke::build() . '/spokectl messages 1');
	last if $code == 0;
	$short++ if $err =~ /memory/i;
	$said++ if $err =~ /could not be joined: Cannot allocate memory/;
	$s->callback($s->inbound);
}
cmp_ok($short, '>', 0, 'a program that has too little memory says so');
cmp_ok($said, '>', 0, 'also when it is the store that does not fit');
is($s->callback($s->inbound)->{status}, 200, 'others serve');
is(left(), 0, 'and nobody had to leave for it');
done_testing();
