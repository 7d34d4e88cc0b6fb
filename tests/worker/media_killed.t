# A worker killed between any two steps of fetching an attachment: the file is whole or not there, the store never
# says that it is there before it is, and the next worker has it in the end.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use MIME::Base64;
use Test::More;
use Worker;

my $build = $ENV{BUILD} || '.';
my $w = Worker->new(settings => { MEDIA_FREE_BYTES => 0 });
is($w->run, 0, 'the credentials are checked first');
my $folder = "$w->{dir}/data/media";
my $trace = "$w->{dir}/trace";
my $bytes = join '', map { pack 'N', $_ } 1 .. 20000;

sub mms {
	my $r = $w->sim(POST => 'inbound', { from => '+19195550123', to => $Worker::NUMBER,
		media => [{ name => 'x.bin', content_type => 'image/png', base64 => encode_base64($bytes, '') }] });
	return $w->hand('mms', $w->{org}, $Worker::NUMBER, "$w->{url}/api/v2/users/$Worker::ACCOUNT/media/$r->{ids}[0]/0/x.bin");
}
sub media { my ($id) = @_; return decode_json($w->hand('media', $w->{org}, $id))->[0] }
sub path { my ($id) = @_; return sprintf '%s/%d/%s/%s.0', $folder, $w->{org}, substr($id, 0, 4), $id }
sub mortal {
	my ($at) = @_;
	unlink $trace;
	local $Worker::WORKER = "$build/tests/worker/mortal-worker";
	local $w->{env}{DIE_AT} = $at;
	local $w->{env}{DIE_TRACE} = $trace;
	$w->run;
	return $? & 127, split /\n/, Worker::slurp($trace);
}

# All steps in their order, with nobody killed.
my $id = mms();
my ($signal, @steps) = mortal(0);
is($signal, 0, 'a worker that is not killed');
is(media($id)->{sha256}, sha256_hex($bytes), 'has it');
my @order = grep { !/^write/ } @steps;
my ($rename) = grep { $order[$_] =~ /^rename/ } 0 .. $#order;
my ($file) = grep { $order[$_] eq 'sync file' } 0 .. $#order;
my @folders = grep { $order[$_] eq 'sync folder' } 0 .. $#order;
my ($told) = grep { $order[$_] =~ /^transaction/ && $_ > $rename } 0 .. $#order;
ok(defined $file && defined $rename && $file < $rename, 'the file is made durable before it gets its name');
is(scalar(grep { $_ > $rename && $_ < $told } @folders), 3, 'and its three folders before the store is told');
like($order[$told + 1], qr/^flush/, 'which is made durable at once');

my %stages;
for my $at (1 .. @steps + 1) {
	my $id = mms();
	my ($signal, @done) = mortal($at);
	last if $signal == 0;
	is($signal, 9, "killed before step $at: $done[-1]");
	my $m = media($id);
	my $there = -e path($id);
	$stages{"$m->{state}, " . ($there ? 'file' : 'no file')}++;
	ok(!$there || Worker::slurp(path($id)) eq $bytes, 'its file is whole or not there');
	ok($m->{state} eq 'waiting' || $there, 'and there when the store says so');
	is($w->run, 0, 'the next worker');
	$m = media($id);
	is_deeply([@$m{qw(state size sha256)}], ['stored', length $bytes, sha256_hex($bytes)], 'has it');
	is(Worker::slurp(path($id)), $bytes, 'whole');
	is_deeply([glob "$folder/part/*"], [], 'and leaves nothing half written');
}
diag join '; ', map { "$_: $stages{$_} times" } sort keys %stages;
ok($stages{'waiting, no file'} && $stages{'waiting, file'}, 'it was killed before the file had its name, and before the store was told');

# Removed, and killed at each step of that.
for my $at (1 .. 20) {
	my $gone = mms();
	is($w->run, 0, 'one is fetched');
	ok(-e path($gone), 'and there');
	$w->hand('media-remove', $w->{org}, $gone);
	my ($signal, @done) = mortal($at);
	is($w->run, 0, 'the next worker') if $signal;
	ok(!-e path($gone), $signal ? "killed before $done[-1]: removed with its message all the same" : 'not killed: removed');
	if (!$signal) {
		cmp_ok($at, '>', 3, 'it was killed in several steps');
		last;
	}
}
done_testing();
