# The files of DATA_DIR are copied back from last night's plain copy (tar, rsync, cp -a), the directory itself stays: what
# waited then and was sent since must not be sent again.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Spoke;
use Test::More;
use Time::HiRes qw(sleep);

my $s = Spoke->new(settings => { SEGMENTS_PER_SECOND => 2 });
my $worker = Spoke::build() . '/spoke-worker';
sub stop_all {
	$s->stop('lighttpd');
	kill 'TERM', $s->processes($worker);
	$s->await(30, 'the worker to end', sub { !$s->processes($worker) });
}
sub posts { return scalar(my @all = $s->sim_posts) }

$s->sim(receipt_delay_ms => 30)->init->lighttpd;
$s->sim_credentials;
$s->api(POST => '/messages', { to => sprintf('+1914555%04d', 1000 + $_), text => "The vote is tomorrow, $_" }) for 1 .. 12;
$s->await(30, 'a few', sub { posts() >= 3 });
stop_all();
system "cp -a $s->{dir}/data $s->{dir}/night";
my $then = posts();
cmp_ok($then, '<', 12, "when the copy was made, $then of 12 texts were sent");
$s->lighttpd;
$s->request(GET => '/healthz');
$s->run('', $worker, '--once');
$s->await(60, 'all of them', sub { posts() == 12 });
stop_all();
# Over the files that are there: names, inodes, sizes and times are those of the night.
system "cp -a $s->{dir}/night/. $s->{dir}/data/";
# Whoever comes first, and for whatever.
my ($code, $out) = $s->run('', Spoke::build() . '/spokectl', 'recover');
is($code, 0, 'a recovery comes first');
$s->lighttpd;
($code, $out) = $s->run('', Spoke::build() . '/spokectl', 'check', '--json');
like($out, qr/"what":"sending","state":"wrong"/, 'with the copy in its place, sending is held');
like($out, qr/were replaced from outside/, 'and why is said');
$s->run('', $worker, '--once');
sleep 2;
is(posts(), 12, 'nobody gets a text twice');
$s->ctl('moved', '--old-is-stopped');
my $new = $s->api(POST => '/messages', { to => '+19145551999', text => 'New' })->{json}{messages}[0]{id};
$s->await(60, 'a new text', sub { $s->api(GET => "/messages/$new")->{json}{state} =~ /^(?:sent|delivered)$/ });
is(posts(), 13, 'once somebody has looked, what is new goes out, and only that');

# Stopped and started as always, nothing of this happens.
stop_all();
$s->lighttpd;
(undef, $out) = $s->run('', Spoke::build() . '/spokectl', 'check', '--json');
unlike($out, qr/"what":"sending","state":"wrong"/, 'a restart holds nothing');
done_testing();
