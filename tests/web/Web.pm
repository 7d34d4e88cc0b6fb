# Web.pm: a browser test: the real responder behind lighttpd with the world of seed.c, and a node script that prints TAP.
#
#   use Web; Web::run('settings.js');
#
# SHOTS names the folder for screenshots (pages.js); BUILD the build folder.  No worker runs: what the pages queue stays
# queued, and nothing leaves this machine.
package Web;
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Spoke;

my $here = $FindBin::Bin;

# Everything the test needs, or why it can't run.
sub missing {
	return 'node is not installed' unless grep { -x "$_/node" } split /:/, $ENV{PATH};
	return 'chromium is not installed' unless -x chromium();
	return 'the packages are not installed: run npm ci in tests/web' unless -d "$here/node_modules/playwright-core";
	return;
}

sub chromium { return $ENV{CHROMIUM} || '/usr/bin/chromium' }

sub server {
	my (%settings) = @_;
	my $s = Spoke->new(settings => { WORKER => '/bin/true', %settings });
	$s->write_conf;
	my ($status, $out, $err) = $s->run('', Spoke::build() . '/tests/web/seed');
	die "seed: $err" if $status != 0;
	($s->{sessions} = $out) =~ s/\s+\z//;
	return $s->lighttpd;
}

# A test of the whole: simulator, worker and responder.  before($s) sets Bandwidth up; after($s) returns what is
# wrong there in the end.  Two sessions of the owner's began half an hour ago, as in seed.c's world.
sub run_live {
	my ($script, $before, $after) = @_;
	if (my $why = missing()) {
		print "1..0 # SKIP $why\n";
		return;
	}
	require SpokeSim;
	my $s = Spoke->new->sim(set => ['order_ms=300', 'inservice_ms=300']);
	$s->write_conf;
	my ($status, $out, $err) = $s->run('', Spoke::build() . '/tests/web/seed', 'live');
	die "seed: $err" if $status != 0;
	$s->{org} = 1;
	$before->($s);
	$s->sim_credentials;
	$s->ctl('settings', 'set', 1, 'siteId=30130', 'sipPeerId=569230', '--wait', 30);
	$s->lighttpd;
	local $ENV{WEB_BASE} = $s->{base};
	local $ENV{WEB_SIM} = $s->{sim_url};
	($ENV{WEB_SESSIONS} = $out) =~ s/\s+\z//;
	local $ENV{CHROMIUM} = chromium();
	$status = system('node', "$here/$script");
	my @wrong = $after->($s);
	print STDERR map { "# at Bandwidth: $_\n" } @wrong;
	if ($status != 0 || @wrong) {
		my @log = split /\n/, Spoke::slurp("$s->{dir}/lighttpd.log") . Spoke::slurp("$s->{dir}/data/worker.log");
		print STDERR map { "# $_\n" } 'the end of the logs:', @log > 30 ? @log[-30 .. -1] : @log;
		exit 1;
	}
}

sub run {
	my ($script) = @_;
	if (my $why = missing()) {
		print "1..0 # SKIP $why\n";
		return;
	}
	my $plain = server();
	# The same world in rehearsal; nobody answers on these addresses.
	my $rehearsal = server(REHEARSAL => 'yes', map { ("BANDWIDTH_${_}_URL" => 'http://127.0.0.1:9/api') }
	    qw(MESSAGING NUMBERS TOKEN));
	local $ENV{WEB_BASE} = $plain->{base};
	local $ENV{WEB_REHEARSAL} = $rehearsal->{base};
	local $ENV{WEB_SESSIONS} = $plain->{sessions};	# two, begun half an hour ago
	local $ENV{WEB_SECRET} = 'a-secret-of-the-tests-0123456789abcdef';
	local $ENV{CHROMIUM} = chromium();
	my $status = system('node', "$here/$script");
	if ($status != 0) {
		my @log = split /\n/, Spoke::slurp("$plain->{dir}/lighttpd.log");
		print STDERR map { "# $_\n" } 'the end of the log:', @log > 20 ? @log[-20 .. -1] : @log;
		exit 1;
	}
}

1;
