# A disk that takes nothing for a while: a claim that is not durable is not posted, and the text is in the
# queue as before, not in doubt.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Time::HiRes qw(time sleep);
use Test::More;
BEGIN { $ENV{SPOKE_WORKER} = "$ENV{BUILD}/tests/worker/full-worker" }
use Worker;

my $w = Worker->new;
is($w->run, 0, 'the credentials are checked first');
my $full = $w->{env}{FULL} = "$w->{dir}/full";
my $pid = $w->spawn('--watch');
Worker::await(10, 'the worker', sub { $w->log =~ /at work.*at work/s });
$w->sim(GET => 'wait?idle=1&timeout_ms=1000');
open my $f, '>', $full or die $!;
close $f;
my @ids = $w->queue(5, '+19195550701');
$w->hand('wake', 1, $w->{org});
sleep 8;
is($w->counters->{posts} || 0, 0, 'nothing is posted that is not durable');
is_deeply([grep { $w->state($_) !~ /^(queued|sending)$/ } @ids], [], 'no text is in doubt');
cmp_ok(scalar(grep { $w->state($_) eq 'sending' } @ids), '<=', 1, 'they wait in the queue');
unlink $full;
ok(eval { Worker::await(90, 'all of them', sub { !grep { $w->state($_) ne 'sent' } @ids }) }, 'when there is room they are sent')
    or diag explain $w->states;
is(scalar @{$w->duplicates}, 0, 'once');
is($w->counters->{posts}, 5, 'by one POST each');
unlike($w->log, qr/Bandwidth is asked for/, 'none had to be looked for');
kill 'TERM', $pid;
is(Worker::ended($pid, 20), 0, 'the end');
done_testing();
