# spokectl numbers, all the way to the simulator and back: search, order, sync, drain, release, and what goes wrong.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP;
use Spoke;
use SpokeSim;
use Test::More;

my $ctl = Spoke::build() . '/spokectl';
my $s = Spoke->new->sim(set => ['order_ms=50', 'inservice_ms=50', 'backorder_ms=60000'])->init;
my $org = $s->{org};

sub call { return $s->run(ref $_[0] ? ${shift @_} : '', $ctl, 'numbers', @_) }
sub fails {
	my ($what, $want, $sentence, @args) = @_;
	my ($status, $out, $err) = call(@args);
	is($status, $want, "$what: status $want") or diag "$out$err";
	like("$out$err", $sentence, "$what: says why");
}
sub text { my ($status, $out, $err) = call(@_); is($status, 0, "numbers @_") or diag "$out$err"; return $out }
sub numbers { return { map { ($_->{number} => $_->{state}) } @{$s->ctl('numbers', 'list', $org, @_)->{numbers}} } }
sub orders { return $s->sim_ledger($Spoke::ACCOUNT)->{made}{orders} // 0 }

# ---- before anything is set up ----------------------------------------------------
fails('without credentials', 1, qr/credentials are missing/, 'sync', $org);
fails('nothing said', 2, qr/say one of --area/, 'search', $org);
fails('two things said', 2, qr/say one of --area/, 'search', $org, '--area', 919, '--zip', 27601);
fails('no area code', 2, qr/^spokectl: area: /, 'search', $org, '--area', 91);
fails('a city without its state', 2, qr/^spokectl: state: /, 'search', $org, '--city', 'Raleigh');
fails('no such state of a number', 2, qr/there is no state "lost"/, 'list', $org, '--state', 'lost');
fails('no such job', 3, qr/job: not found/, 'job', $org, '0192f0c1a2b3c4d5');
fails('no id', 3, qr/not found/, 'job', $org, 'x');

$s->sim_location;
$s->sim_stock(first => '+19197771200', count => 12, state => 'NC', city => 'RALEIGH', zip => '27601');
$s->sim_stock(first => '+18335551200', count => 3);
$s->sim_credentials;
$s->ctl('settings', 'set', $org, 'siteId=30130', 'sipPeerId=569230', '--wait', 30);

# ---- searching ----------------------------------------------------------------------
my $out = text('search', $org, '--area', 919, '--quantity', 5);
is(scalar(my @found = $out =~ /^\+1919777\d{4}  /mg), 5, 'five numbers are shown');
my $j = $s->ctl('numbers', 'search', $org, '--city', 'Raleigh', '--state', 'nc', '--quantity', 3);
is($j->{state}, 'done', 'by city');
is(scalar @{$j->{found}}, 3, 'as many as were asked for');
like($j->{found}[0]{number}, qr/^\+1919777\d{4}$/, 'as +1...');
is(scalar @{$s->ctl('numbers', 'search', $org, '--toll-free', '83*')->{found}}, 3, 'toll-free');
is(scalar @{$s->ctl('numbers', 'search', $org, '--zip', '27601')->{found}}, 10, 'by ZIP, ten unless said');
is_deeply($s->ctl('numbers', 'search', $org, '--area', 212)->{found}, [], 'none there');

# ---- ordering -----------------------------------------------------------------------
my @pick = map { $_->{number} } @{$j->{found}}[0, 1];
fails('without a word', 2, qr/This costs money: .*2.*Type "buy 2".*nothing came/s, 'buy', $org, @pick);
fails('with another', 2, qr/that was not "buy 2"; nothing was done/, \"yes\n", 'buy', $org, @pick);
is(orders(), 0, 'nothing was ordered');
$out = text(\"buy 2\n", 'buy', $org, @pick, '--wait', 30);
like($out, qr/^Bandwidth says: COMPLETE/m, 'typed: ordered, and waited for') or diag $out;
like($out, qr/^  Ordered\. Bandwidth is working on it\.$/m, 'with what it did meanwhile');
is(orders(), 1, 'one order');
is_deeply([@{numbers()}{@pick}], ['in-service', 'in-service'], 'they are in the list, in service') or diag explain numbers();
$j = $s->ctl('numbers', 'buy', $org, '--area', 919, '--quantity', 2, '--yes', '--wait', 30);
is($j->{bandwidth_status}, 'COMPLETE', '--yes');
is(scalar @{$j->{got}}, 2, 'two came');
is(scalar(keys %{numbers('--area', 919)}), 5, 'five with area code 919 now');
my ($status, $part) = $s->ctl_any('', 'numbers', 'buy', $org, '--area', 919, '--quantity', 20, '--yes', '--wait', 30);
is($part->{bandwidth_status}, 'PARTIAL', 'more than there are: a part');
is(scalar @{$part->{got}}, 8, 'what there was');
($status, $j) = $s->ctl_any('', 'numbers', 'buy', $org, '--area', 212, '--yes', '--all', '--wait', 30);
is($status, 1, 'none there: status 1');
is($j->{bandwidth_status}, 'FAILED', 'failed');
ok($j->{bandwidth_words}, "with Bandwidth's words");
($status, $j) = $s->ctl_any('', 'numbers', 'buy', $org, '--area', 212, '--yes', '--backorder', '--wait', 2);
is($status, 1, 'a backorder is not over when the time is: status 1');
is($j->{bandwidth_status}, 'BACKORDERED', 'it waits at Bandwidth');
like(text('job', $org, $j->{id}), qr/^Under way: .*--wait 60$/m, 'and can be looked at again');
like(text('jobs', $org), qr/^ID +KIND +STATE +BANDWIDTH +ASKED +WHAT\n[0-9a-f]{16} +order +\S+ +BACKORDERED/, 'the list of jobs');
is(scalar @{$s->ctl('numbers', 'jobs', $org, '--limit', 2)->{jobs}}, 2, '--limit');

# ---- the same call twice ----------------------------------------------------------------
my @may = ('--area', 919, '--quantity', 1, '--yes', '--once', 'may 2026');
$s->sim_stock(first => '+19197771300', count => 6, state => 'NC', city => 'RALEIGH', zip => '27601');
my $before = orders();
$j = $s->ctl('numbers', 'buy', $org, @may, '--wait', 30);
is($j->{state}, 'done', 'an order with a key of the caller\'s') or diag explain $j;
my ($twice, $again, $said) = call('buy', $org, @may, '--wait', 30);
is($twice, 0, 'the same call again: status 0') or diag $said;
like($said, qr/asked for before; nothing more is ordered/, 'it is said that this is the first order');
like($again, qr/^Came: \Q$j->{got}[0]\E$/m, 'which it shows');
is($s->ctl('numbers', 'buy', $org, @may)->{id}, $j->{id}, 'with --json the same id');
is(orders(), $before + 1, 'Bandwidth got one order');
fails('the same key for another order', 1, qr/key was used before, for another order/, 'buy', $org, @may, '--all');
fails('an empty key', 1, qr/1 to 200 bytes/, 'buy', $org, '--area', 919, '--yes', '--once', '');
fails('a key that is too long', 1, qr/1 to 200 bytes/, 'buy', $org, '--area', 919, '--yes', '--once', 'k' x 201);
is(orders(), $before + 1, 'still one');
my $other = $s->ctl('numbers', 'buy', $org, @may[0 .. 5], 'june 2026', '--wait', 30);
isnt($other->{id}, $j->{id}, 'another key');
is(orders(), $before + 2, 'is another order');
fails('above ORDER_NUMBERS_MAX', 2, qr/quantity/, 'buy', $org, '--area', 919, '--quantity', 101, '--yes');

# ---- with a campaign --------------------------------------------------------------------
$s->sim_stock(first => '+19845551200', count => 3);
$j = $s->ctl('numbers', 'buy', $org, '--area', 984, '--quantity', 1, '--campaign', 'CSIM001', '--yes', '--wait', 60);
is($j->{state}, 'done', 'a number for a campaign') or diag explain $j;
my ($tn) = grep { $_->{number} eq $j->{got}[0] } $s->sim_tns(account => $Spoke::ACCOUNT);
is($tn->{campaign}, 'CSIM001', 'Bandwidth has put it there');
is($s->sim_ledger($Spoke::ACCOUNT)->{made}{tnoptions}, 1, 'asked once');
$s->sim_fault(match => { path => '/tnoptions$', method => 'POST' }, status => 400, times => 0);
$j = $s->ctl('numbers', 'buy', $org, '--area', 984, '--quantity', 1, '--campaign', 'CNOT001', '--yes', '--wait', 60);
is($j->{state}, 'done', 'a campaign that Bandwidth refuses: the number came all the same');
like($j->{result}, qr/the campaign was not assigned: \S/, 'and the end says that');
$s->sim_do(POST => 'faults/clear', {});

# ---- comparing ------------------------------------------------------------------------
$s->sim_numbers(number => '+19195559901', account => $Spoke::ACCOUNT, location => '569230');
$s->sim_gone($pick[1]);
$out = text('sync', $org, '--wait', 30);
like($out, qr/^new \+19195559901/m, 'a new number');
like($out, qr/^gone \Q$pick[1]\E/m, 'and one that is gone');
is(numbers()->{'+19195559901'}, 'in-service', 'in service');
is(numbers()->{$pick[1]}, 'gone', 'gone');
$j = $s->ctl('numbers', 'sync', $org, '--wait', 30);
is_deeply([@$j{qw(state added gone moved)}], ['done', 0, 0, 0], 'then nothing new');

# ---- draining and releasing ---------------------------------------------------------------
is(text('drain', $org, $pick[0]), "Draining: 1. They keep their contacts and get no new ones.\n", 'drain');
is(numbers()->{$pick[0]}, 'draining', 'it does');
is(text('drain', $org, $pick[0], '--off'), "Back in service: 1.\n", 'and back');
fails('a number that is not there', 1, qr/not in service/, 'drain', $org, '+12125550000');
fails('release without a word', 2, qr/1 numbers go back to Bandwidth for good.*Type "release 1"/s, 'release', $org, $pick[0]);
is(numbers()->{$pick[0]}, 'in-service', 'nothing happened');
fails('not one of ours', 1, qr/not one of the organization/, 'release', $org, '+12125550000', '--yes');
$j = $s->ctl('numbers', 'release', $org, $pick[0], '--days', 3, '--yes');
is(numbers()->{$pick[0]}, 'draining', 'it drains first');
like(text('keep', $org, $j->{id}), qr/^Taken back\./, 'taken back');
fails('a second time', 1, qr/./, 'keep', $org, $j->{id});
$s->ctl('numbers', 'drain', $org, $pick[0], '--off');
$j = $s->ctl('numbers', 'release', $org, $pick[0], '--days', 0, '--yes', '--wait', 60);
is($j->{state}, 'done', 'released') or diag explain $j;
is_deeply($j->{got}, [$pick[0]], 'given back');
is(numbers()->{$pick[0]}, 'released', 'the list says so');

# ---- who did it -----------------------------------------------------------------------------
my %did = map { ($_->{what} => $_->{who}) } @{$s->ctl('audit', $org, '--limit', 1000)->{audit}};
is($did{$_}, 'spokectl', "$_ is in the audit") for qw(numbers.search numbers.order numbers.sync numbers.drain numbers.release);
done_testing();
