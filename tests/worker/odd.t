# A worker in odd circumstances: called wrongly, with nothing to work with, with its files in the way of something
# else, with another one at work. It says what is wrong, and does what it can.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Time::HiRes qw(sleep time);
use Stock;

my $w = Stock->new;
my $data = "$w->{dir}/data";

# Runs one; exit status, standard output and error.
sub said {
	my (@args) = @_;
	unlink "$w->{dir}/worker.err";
	my $status = $w->spawn(@args) && Worker::ended($w->{last}, 30);
	return (defined $status ? $status >> 8 : 'hangs', Worker::slurp("$w->{dir}/worker.out"), Worker::slurp("$w->{dir}/worker.err"));
}
sub log_of { return Worker::slurp("$data/worker.log") }

# ---- called wrongly ---------------------------------------------------------------------------

for my $args (['--help'], ['--nonsense'], ['--once', '--watch'], ['--backup'], ['--backup', 'x'], ['once']) {
	my ($status, $out, $err) = said(@$args);
	my $help = $args->[0] eq '--help';
	is($status, $help ? 0 : 2, "spoke-worker @$args: status $status");
	like($help ? $out : $err, qr/^usage: spoke-worker/, 'it says how it is called');
	is($help ? $err : $out, '', 'and nothing else');
}

# ---- nothing to work with ---------------------------------------------------------------------

for my $case ([{ DATA_DIR => "$w->{dir}/nowhere" }, 4, qr/no data directory .*spokectl init/], [{ SERVICE_MANAGERS => 'none-such' }, 4, qr/none-such/],
    ($> == 0 ? () : [{ DATA_DIR => '/usr' }, 1, qr/belongs to user 0/]), [{ SESSION_SECRET => 'another secret than before' }, 4, qr/SESSION_SECRET/]) {
	my ($settings, $want, $words) = @$case;
	local $w->{env} = { %{$w->{env}}, %$settings };
	my ($status, undef, $err) = said('--watch');
	is($status, $want, join(' ', %$settings) . ": status $want");
	like($err, $words, 'with what is wrong');
}

# ---- its log ------------------------------------------------------------------------------------

{
	truncate "$data/worker.log", 64 * 1024 * 1024 or die "truncate: $!";
	is($w->run, 0, 'a log that has grown');
	ok(-s "$data/worker.log.1" >= 64 * 1024 * 1024, 'is put aside');
	cmp_ok(-s "$data/worker.log", '<', 100_000, 'and a new one begun');
	like(log_of(), qr/at work/, 'in which it speaks');
	unlink "$data/worker.log", "$data/worker.log.1";
	mkdir "$data/worker.log" or die;
	my ($id) = $w->queue(1, '+19195550701');
	my ($status, undef, $err) = said('--once');
	is($status, 0, 'with something else in the place of its log');
	like($err, qr/cannot open .*worker\.log/, 'it says so');
	like($w->state($id), qr/^(sent|delivered)$/, 'and works all the same');
	rmdir "$data/worker.log";
}

# ---- its FIFO -------------------------------------------------------------------------------------

{
	unlink "$data/wake";
	open my $f, '>', "$data/wake" or die;
	close $f;
	my ($status) = said('--once');
	is($status, 1, 'with a file in the place of its FIFO it does not work');
	like(log_of(), qr/cannot open the FIFO .*something else/, 'and says why');
	is(-s "$data/wake", 0, 'the file is as it was');
	unlink "$data/wake";
	is($w->run, 0, 'without it, it makes one');
	ok(-p "$data/wake", 'a FIFO');
}

# ---- one after the other --------------------------------------------------------------------------

{
	local $w->{env} = { %{$w->{env}}, WORKER => '/bin/true' };	# no other one is started
	my $first = $w->spawn('--watch');
	Worker::await(10, 'its lock', sub { $w->run('--once') == 0 && log_of() =~ /at work/ });
	my $second = $w->spawn('--watch');
	my $third = $w->spawn('--watch');
	sleep 1.5;
	is(scalar(grep { kill 0, $_ } $second, $third), 2, 'with one at work, others that shall stay wait');
	kill 'TERM', $third;
	is(Worker::ended($third, 5), 0, 'told to end while it waits, one ends');
	kill 'KILL', $first;
	waitpid $first, 0;
	my ($id) = $w->queue(1, '+19195550702');
	ok(eval { Worker::await(15, 'the next one', sub { $w->hand('wake', 1); $w->state($id) =~ /^(sent|delivered)$/ }) }, 'the other takes over');
	kill 'TERM', $second;
	is(Worker::ended($second, 10), 0, 'and ends when told');
}

# ---- jobs that cannot be done ------------------------------------------------------------------------

{
	my $j = $w->finish($w->stock('other', $w->{org}, 'dancing'));
	is($j->{job}{state}, 'failed', 'a kind of job that this version does not know');
	like($j->{job}{result}, qr/does not know this kind/, 'says so');
	for my $case ([held => qr/can't be read\. Ask for it again/], ['numbers-search' => qr/not a search that can be made/]) {
		my ($kind, $words) = @$case;
		$j = $w->finish($w->stock('other', $w->{org}, $kind));
		is($j->{job}{state}, 'failed', "a job \"$kind\" of which nothing else is known");
		like($j->{job}{result}, $words, 'says so');
	}
	$j = $w->finish($w->stock('other', $w->{org}, 'backup'));
	is($j->{job}{state}, 'failed', 'a backup without a place for it');
	like($j->{job}{result}, qr/BACKUP_DIR is not set/, 'says so');
	for my $case (["$data/backups", qr/lies in the data directory/], ["$w->{dir}/spoke.conf/backups", qr/make the folder/]) {
		my ($dir, $words) = @$case;
		local $w->{env} = { %{$w->{env}}, BACKUP_DIR => $dir };
		my $id = $w->stock('other', $w->{org}, 'backup');
		$w->run;
		$j = Worker::await(20, 'the backup', sub { my $j = $w->job_of($id); $j->{job}{state} =~ /done|failed/ && $j });
		is($j->{job}{state}, 'failed', "a backup to $dir");
		like($j->{job}{result}, $words, 'says why it is none');
	}
	local $w->{env} = { %{$w->{env}}, BACKUP_DIR => "$w->{dir}/backups" };
	my $id = $w->stock('other', $w->{org}, 'backup');
	$w->run;
	$j = Worker::await(20, 'the backup', sub { my $j = $w->job_of($id); $j->{job}{state} =~ /done|failed/ && $j });
	is($j->{job}{state}, 'done', "one to a good place: $j->{job}{result}");
}
is_deeply($w->duplicates, [], 'no text twice');
done_testing();
