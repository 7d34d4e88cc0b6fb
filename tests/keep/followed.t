# An application follows what comes in (order=oldest) and keeps the cursor; the store is restored from last night's backup,
# which knows less than the application. What comes then must reach it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Spoke;
use Test::More;

my $s = Spoke->new;
$s->sim->init->lighttpd;

# What is new since the cursor, and the next cursor.
sub follow {
	my ($cursor) = @_;
	my @texts;
	for (1 .. 20) {
		my $r = $s->api(GET => '/messages?order=oldest&limit=200' . (defined $cursor ? "&cursor=$cursor" : ''));
		die "$r->{status} $r->{content}" if $r->{status} != 200;
		push @texts, map { $_->{text} } @{$r->{json}{messages}};
		last if defined $cursor && $r->{json}{next} eq $cursor;
		$cursor = $r->{json}{next};
	}
	return ($cursor, @texts);
}
sub come_in {
	my ($when, $count) = @_;
	return grep { $s->callback($s->inbound(id => "$when-$_", text => "$when $_"))->{status} == 200 } 1 .. $count;
}
sub restore {
	my ($backup) = @_;
	$s->stop('lighttpd');
	kill 'TERM', $s->strays;
	$s->await(30, 'everybody to end', sub { !$s->strays });
	system 'rm', '-rf', "$s->{dir}/data";
	my ($code, undef, $err) = $s->run('', Spoke::build() . '/spokectl', 'restore', $backup);
	is($code, 0, 'the disk is lost, the backup restored') or diag $err;
	$s->lighttpd;
}

come_in(night => 5);
my $backup = $s->ctl('backup', "$s->{dir}/backups")->{path};
come_in(day => 30);
my ($cursor, @seen) = follow(undef);
is(scalar @seen, 35, 'an application has seen all');
for my $time ('first', 'second') {
	restore($backup);
	is(scalar(come_in("after the $time" => 40)), 40, 'then others come in');
	my ($next, @new) = follow($cursor);
	is(scalar(grep { /^after the $time/ } @new), 40, "who follows hears of all of them, the $time time");
	$cursor = $next;
}
done_testing();
