# The whole way of a new administrator: from an empty account at Bandwidth to a delivered text, in the browser, with
# nothing but the account ID and the API credentials. Prints the number of clicks.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../lib";
use Spoke;
use SpokeSim;
use Web;

if (my $why = Web::missing()) {
	print "1..0 # SKIP $why\n";
	exit;
}
my $s = Spoke->new->sim(set => ['order_ms=300', 'inservice_ms=300', 'receipt_delay_ms=100']);
my $account = $s->sim_account_empty;
$s->sim_stock(first => '+19197771200', count => 12, state => 'NC', city => 'RALEIGH', zip => '27601');
$s->write_conf;
$s->ctl('init', '--conf', "$s->{dir}/spoke.conf");
$s->{org} = $s->ctl('org', 'add', 'Tenants United')->{organization};
$s->ctl(\"correct horse battery staple\n", 'user', 'add', 'owner@example.org', '--org', $s->{org}, '--role', 'OWNER', '--password-stdin');
$s->lighttpd;
$ENV{WEB_BASE} = $s->{base};
$ENV{CHROMIUM} = Web::chromium();
@ENV{qw(WEB_ACCOUNT WEB_CLIENT WEB_CLIENT_SECRET)} = @$account{qw(account client secret)};
my $status = system('node', "$FindBin::Bin/whole.js");
my $made = $s->sim_ledger($account->{account})->{made};
my @wrong = grep { ($made->{$_} // 0) != 1 } qw(sites locations applications orders);
print STDERR "# at Bandwidth: $made->{$_} $_, 1 wanted\n" for @wrong;
print STDERR map { "# $_\n" } (split /\n/, Spoke::slurp("$s->{dir}/lighttpd.log") . Spoke::slurp("$s->{dir}/data/worker.log"))[-30 .. -1] if $status;
exit($status || @wrong ? 1 : 0);
