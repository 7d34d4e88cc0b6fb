# The whole way by command alone: from an empty account at Bandwidth to a delivered text, with nothing but the account ID
# and the API credentials; the web server only takes Bandwidth's callbacks.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Spoke;
use SpokeSim;
use Test::More;

my $s = Spoke->new->sim(set => ['order_ms=100', 'inservice_ms=100', 'receipt_delay_ms=50']);
my $new = $s->sim_account_empty;
$s->sim_stock(first => '+19197771200', count => 12, state => 'NC', city => 'RALEIGH', zip => '27601');
$s->write_conf;
$s->ctl('init', '--conf', "$s->{dir}/spoke.conf");
my $org = $s->ctl('org', 'add', 'Tenants United')->{organization};
$s->lighttpd;

my $saved = $s->ctl(\"$new->{secret}\n", 'settings', 'set', $org, "accountId=$new->{account}", "userName=$new->{client}",
	'--password-stdin', '--wait', 30);
is($saved->{credentials}, 'confirmed', 'the credentials are confirmed');
my $run = $s->ctl('provision', $org, '--wait', 60);
is($run->{state}, 'done', 'everything is made at Bandwidth') or diag explain $run;
my $found = $s->ctl('numbers', 'search', $org, '--area', 919, '--quantity', 1)->{found};
is(scalar @$found, 1, 'a number is found');
my $order = $s->ctl('numbers', 'buy', $org, $found->[0]{number}, '--yes', '--wait', 60);
is($order->{state}, 'done', 'and bought') or diag explain $order;
my $sent = $s->ctl('send', '--org', $org, '--to', '+19195550177', '--text', 'Can you come on Saturday?', '--wait', 30);
my ($id) = map { $_->{id} } @{$sent->{messages}};
is($s->await(20, 'the delivery', sub {
	my $m = $s->ctl('message', $org, $id);
	$m->{state} eq 'delivered' && $m;
})->{user_number}, $found->[0]{number}, 'the first text is delivered, from that number');
my $made = $s->sim_ledger($new->{account})->{made};
is($made->{$_}, 1, "exactly one of $_") for qw(sites locations applications orders);
done_testing();
