# SESSION_SECRET and BASE_URL are changed while callbacks come in, with the passwords of before and
# after: no event that was sent until it was acknowledged is lost or stored twice, none is
# turned away, and what was sealed with the former secret opens with the new one alone.
use strict;
use warnings;
use lib "$ENV{SOURCE}/tests/lib";
use Spoke;
use SpokeSim;
use Test::More;
use Time::HiRes qw(sleep time);

my $s = Spoke->new;
my $ctl = Spoke::build() . '/spokectl';
$s->{settings}{SESSION_SECRET} = 'the-former-secret-0123456789abcdefgh';
$s->sim->init->lighttpd(processes => 2);
$s->sim_location(numbers => [$s->{number}]);
$s->sim_credentials;
my %former = %{$s->{callback}};

# Posts each event until it is acknowledged, as Bandwidth does; writes down what was answered.
sub traffic {
	my ($name, %with) = @_;
	my $pid = fork // die;
	return $pid if $pid;
	my $stop = 0;
	local $SIG{TERM} = sub { $stop = 1 };
	open my $f, '>>', "$s->{dir}/answers.$name" or POSIX::_exit(1);
	$f->autoflush(1);
	delete $s->{http};
	for (my $n = 0; !$stop; $n++) {
		my $event = $s->inbound(id => "$name-$n", from => sprintf('+1919555%04d', 1000 + $n % 300));
		my $status = 0;
		until ($status == 200) {
			$status = $s->callback($event, %with)->{status};
			print $f "$status $name-$n\n";
			sleep 0.05 if $status != 200;
		}
	}
	POSIX::_exit(0);
}
sub end_traffic { kill TERM => @_; waitpid $_, 0 for @_ }

sub change {
	my (%new) = @_;
	$s->{settings}{$_} = $new{$_} for keys %new;
	$s->write_conf;
	$s->stop('lighttpd');
	$s->lighttpd(processes => 2);
}

my @clients = map { traffic("old$_", password => $former{callback_password}) } 1 .. 2;
sleep 2;
# The base address changes too: the former one stays as one that Bandwidth may still call.
(my $other = $s->{base}) =~ s/127\.0\.0\.1/localhost/;
change(SESSION_SECRET => 'a-new-secret-of-the-tests-0123456789ab', SESSION_SECRET_PREVIOUS => $s->{settings}{SESSION_SECRET},
    BASE_URL => $other, BASE_URL_PREVIOUS => $s->{base});
my $now = $s->ctl('callback-password', $s->{org});
isnt($now->{callback_password}, $former{callback_password}, 'a new secret gives a new callback password');
like($now->{callback_url}, qr/^\Q$other\E/, 'at the new address');
push @clients, map { traffic("new$_", password => $now->{callback_password}) } 1 .. 2;
sleep 2;

# Everything is sealed anew by a job, and the store is the new secret's then.
$s->ctl('send', '--org', 1, '--to', '+19195551777', '--text', 'between two secrets');
$s->await(40, 'the text between two secrets', sub { grep { ($_->{body}{text} // $_->{text} // '') eq 'between two secrets' } $s->sim_posts });
my $sealed = sub { my (undef, $dump) = $s->run('', $ctl, 'dump'); return { map { $_ => 1 } $dump =~ /^secrets\t.*?"k":\s*"([0-9a-f]{8})"/mg } };
my $before = $sealed->();
$s->await(40, 'everything to be sealed anew', sub {
	$s->run('', Spoke::build() . '/spoke-worker', '--once');
	my $k = $sealed->();
	keys %$k == 1 && ($s->run('', $ctl, 'check'))[0] == 0 });
end_traffic(@clients);

# Without the former secret and address.
change(SESSION_SECRET_PREVIOUS => undef, BASE_URL_PREVIOUS => undef);
my ($code, $out, $err) = $s->run('', $ctl, 'check');
is($code, 0, 'the former secret and address are not needed any more') or diag $out, $err;
$s->ctl('send', '--org', 1, '--to', '+19195551778', '--text', 'after it');
ok($s->await(40, 'the text after it', sub { grep { ($_->{body}{text} // $_->{text} // '') eq 'after it' } $s->sim_posts }),
    'credentials that were sealed before still open');
is($s->callback($s->inbound(id => 'late'), password => $former{callback_password})->{status}, 401,
    'the former password is nobody\'s then');
is($s->callback($s->inbound(id => 'in-time'), password => $now->{callback_password})->{status}, 200, 'the new one is taken');

my (%acked, %status);
for my $file (glob "$s->{dir}/answers.*") {
	$status{(split)[0]}++, (split)[0] == 200 && $acked{(split)[1]}++ for split /\n/, Spoke::slurp($file);
}
cmp_ok(scalar keys %acked, '>', 100, 'events came in all the while (' . keys(%acked) . ')');
is($status{401} // 0, 0, 'none was turned away') or diag explain \%status;
my (undef, $dump) = $s->run('', $ctl, 'dump');
my %stored;
$stored{$1}++ while $dump =~ /^messages\t.*?"service_id":\s*"((?:old|new)\d-\d+)"/mg;
is_deeply([grep { !$stored{$_} } keys %acked], [], 'none that was acknowledged is lost');
is_deeply([grep { $stored{$_} > 1 } keys %stored], [], 'none is stored twice');
is(($s->run('', $ctl, 'verify'))[0], 0, 'and everything agrees');
done_testing();
