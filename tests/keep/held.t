# What waited when the data was moved: it is held, every page says so, and one decision about all of it is carried
# out by the worker, however often that is killed, so that nobody gets a text twice; the same by command, and the
# reasons for which texts can only be given up.
use strict;
use warnings;
use lib "$ENV{SOURCE}/tests/lib";
use Spoke;
use SpokeSim;
use Test::More;
use Time::HiRes qw(sleep time);

my $many = 1130;
my $s = Spoke->new->sim(set => ['receipt_delay_ms=3600000', 'ledger_max=100000']);
$s->{settings}{SEGMENTS_PER_SECOND} = 1000;
$s->{settings}{DAILY_SEGMENTS} = 1000000;
$s->init;
$s->sim_credentials;
my $org = $s->{org};
my ($cookie, $csrf);
sub hand { my ($code, $out, $err) = $s->run('', Spoke::build() . '/tests/worker/hand', @_); die "hand @_: $err" if $code; return $out }
sub call { return $s->run(ref $_[0] ? ${shift @_} : '', Spoke::build() . '/spokectl', @_) }
sub page { return $s->request(GET => "/admin/$org/$_[0]", headers => { cookie => $cookie })->{content} }
sub press {
	my ($path, @form) = @_;
	return $s->request(POST => "/admin/$org/$path", content => HTTP::Tiny->new->www_form_urlencode({ csrf => $csrf, @form }),
		headers => { cookie => $cookie, origin => $s->{base} =~ s{(://[^/]+).*}{$1}r, 'content-type' => 'application/x-www-form-urlencoded' });
}
sub sign_in {
	my $r = $s->request(POST => '/login', content => HTTP::Tiny->new->www_form_urlencode({ email => $s->{email}, password => $s->{password} }),
	    headers => { origin => $s->{base} =~ s{(://[^/]+).*}{$1}r, 'content-type' => 'application/x-www-form-urlencoded' });
	($cookie) = $r->{headers}{'set-cookie'} =~ /^([^;]+)/;
	($csrf) = page('messages') =~ /name="csrf" value="([^"]+)"/;
}
sub wake { hand('wake', 1) }
# Live workers of this installation.
sub workers {
	return grep { defined } map {
		(readlink("$_/exe") // '') =~ m{/spoke-worker$} && index(Spoke::slurp("$_/environ"), "$s->{dir}/") >= 0 && /(\d+)$/ ? $1 : undef
	} glob '/proc/[0-9]*';
}
sub held { return $s->ctl('queue', $org)->{held_by_reason} }
# Texts that Bandwidth took, by number.
sub taken { my %n; $n{$_->{body}{to}[0]}++ for grep { $_->{accepted} } $s->sim_posts; return \%n }

# ---- what waits is moved ------------------------------------------------------------------
$s->ctl('pause', $org);
hand('queue', $org, 1000, '+19195560000');
hand('queue', $org, $many - 1000, '+19195561000');
rename "$s->{dir}/data", "$s->{dir}/moved" or die;
$s->{settings}{DATA_DIR} = "$s->{dir}/moved";
$s->write_conf;
$s->lighttpd;
sign_in();
unlike(page('messages'), qr/Decide about them/, 'before somebody says that the old installation is stopped nothing is asked');
like((call('moved', '--old-is-stopped'))[1], qr/spokectl decide N --held copied send\|give-up/, 'then it is told how to decide');
$s->ctl('resume', $org);
$s->await(60, 'all of it to be held', sub { !$s->ctl('queue', $org)->{texts} });
is(scalar $s->sim_posts, 0, 'nothing was sent');
my $q = $s->ctl('queue', $org);
is_deeply([@$q{qw(held_by_reason held_more)}], [{ copied => 1000 }, JSON::PP::true], 'it is held as copied, and a count has an end');
like((call('queue', $org))[1], qr/^Held as copied: more than 1,000\. They were waiting when the data was copied/m, 'in words');

# ---- the pages ------------------------------------------------------------------------------------
for my $path (qw(messages look numbers messages?state=held)) {
	like(page($path), qr{were waiting when the data was copied are held: .* <a href="/admin/$org/held#copied">Decide about them</a>}, "$path: the top leads there");
}
my $page = page('held');
like($page, qr{<h2>Waiting when the data was copied: more than 1,000</h2>}, 'the page says how many');
like($page, qr{The oldest was queued <time}, 'and from when');
is(scalar(() = $page =~ /<li><div class="row">/g), 3, 'and shows the first few');
like($page, qr{>Send all of them</a><p class="small">Only if the old installation was stopped before the copy was made: otherwise people get these texts twice\.}, 'sending, with what it means');
like($page, qr{>Give up all of them</a><p class="small">Nothing is sent from here}, 'and giving up');
unlike($page, qr/Decide about them/, 'the page that is led to does not lead to itself');
# The password was asked for at the sign-in; an hour later it is asked again.
is(($s->run('', Spoke::build() . '/tests/responder/seed', 'stale', $cookie =~ /=(.*)/))[0], 0, 'an hour passes');
my $ask = page('held?ask=send&why=copied');
my ($upto) = $ask =~ /name="upto" value="(\d+)"/;
like($ask, qr/<h1>Send all of them\?/, 'it is asked on a page of its own');
like($ask, qr/name="currentPassword"/, 'with the password');
my @do = (do => 'send', why => 'copied', upto => $upto);
is(press('held', @do, currentPassword => $s->{password})->{status}, 422, 'without the word that the old one was stopped nothing happens');
is(press('held', @do, stopped => 'yes')->{status}, 422, 'nor without the password');
is(press('held', @do, stopped => 'yes', currentPassword => 'sesame')->{status}, 422, 'nor with a wrong one');
is(press('held', @do, stopped => 'yes', currentPassword => $s->{password}, why => 'deadline')->{status}, 400, 'nor for another reason');
is(press('held', do => 'was-sent', why => 'copied', upto => $upto)->{status}, 400, 'nor with another decision');
is(scalar $s->sim_posts, 0, 'nothing was sent');

# ---- carried out under fire -------------------------------------------------------------------------
hand('opt-out', $org, '+19195560007');
$s->ctl('optout', 'add', $org, '+19195560008');
my $r = press('held', @do, stopped => 'yes', currentPassword => $s->{password});
is($r->{status}, 303, 'with all of it the decision is taken');
like($r->{headers}{location}, qr{/held\?done=held$}, 'and its page shows how it goes');
is(press('held', @do, stopped => 'yes')->{status}, 303, 'the same form again is the same decision');
my $kills = 0;
for (1 .. 200) {
	$kills += kill KILL => $_ for workers();
	sleep 0.05;
	call('queue', $org);
	wake();
	last if $kills >= 8;
}
cmp_ok($kills, '>=', 5, "the worker is killed $kills times meanwhile");
$s->await(60, 'the decision to be carried out', sub { wake(); page('held') =~ /texts are in the queue again/ });
like(page('held'), qr/(\d+) texts are in the queue again\./, 'the page says how it ended');
my ($sent) = page('held') =~ /(\d+) texts are in the queue again/;
is($sent, $many - 2, 'all but two who had opted out');
$s->await(120, 'the queue', sub { wake(); !$s->ctl('queue', $org)->{texts} });
my $taken = taken();
is(scalar(grep { $_ > 1 } values %$taken), 0, 'nobody got a text twice');
ok(!$taken->{'+19195560007'} && !$taken->{'+19195560008'}, 'who opted out got none');
my %states;
$s->await(60, 'those in doubt', sub { !@{$s->ctl('messages', $org, '--state', 'sending')->{messages}} });
my $unknown = @{$s->ctl('messages', $org, '--state', 'unknown', '--limit', 200)->{messages}};
cmp_ok(keys(%$taken) + $unknown, '>=', $many - 2, "everybody else did, but for $unknown of which a killed worker left it open");
is_deeply(held(), {}, 'nothing is held any more');
unlike(page('messages'), qr/Decide about them/, 'and nothing at the top');
is(scalar(grep { $_->{what} eq 'held.decided' } @{$s->ctl('audit', $org, '--limit', 1000)->{audit}}), 1, 'the audit has its end once');

# ---- by command ---------------------------------------------------------------------------------------
sub fails {
	my ($what, $want, $sentence, @args) = @_;
	my ($status, $out, $err) = call(@args);
	is($status, $want, "$what: status $want") or diag "$out$err";
	like("$out$err", $sentence, "$what: says why");
}
fails('no reason', 2, qr/--held takes one of copied, deadline, contact-held, forgotten-key, unknown-open, number-limit/, 'decide', $org, '--held', 'sunspots', 'send');
fails('a message and a reason', 2, qr/say send or give-up, and no message/, 'decide', $org, '0192f0c1a2b3c4d5', '--held', 'copied');
fails('sent by heaps though late', 2, qr/one by one: spokectl decide $org ID send/, 'decide', $org, '--held', 'deadline', 'send');
fails('--yes without --held', 2, qr/belong to --held/, 'decide', $org, '0192f0c1a2b3c4d5', 'send', '--yes');
like((call('decide', $org, '--held', 'deadline', 'give-up', '--yes'))[1], qr/^No text is held as "deadline"\.$/m, 'none: nothing is asked');
$s->ctl('pause', $org);
hand('queue', $org, 3, '+19195570000', 'until=1500');
sleep 1.6;
$s->ctl('resume', $org);
$s->await(30, 'the late ones to be held', sub { (held()->{deadline} // 0) == 3 });
fails('without a word', 2, qr/3 held as "deadline": these are to be given up.*never sent.*Type "give up 3"/s, 'decide', $org, '--held', 'deadline', 'give-up');
like((call(\"give up 3\n", 'decide', $org, '--held', 'deadline', 'give-up', '--wait', 30))[1], qr/^3 texts were given up\.$/m, 'typed: done, and waited for');
is_deeply(held(), {}, 'nothing is held');
my $j = $s->ctl('decide', $org, '--held', 'deadline', 'give-up', '--yes');
is_deeply([@$j{qw(held decision done dropped left)}], ['deadline', 'give-up', 0, 0, 0], 'with --json');
is(scalar(grep { /^\+1919557/ } keys %{taken()}), 0, 'none of them was sent');

# One that looks for a text in doubt would stay for minutes.
sub end_workers {
	kill 'TERM', workers();
	$s->await(30, 'the worker to end', sub { !workers() });
}

# ---- moved once more, with a worker that stays -----------------------------------------------------------
$s->stop('lighttpd');
$s->ctl('pause', $org);
hand('queue', $org, 5, '+19195580000');
end_workers();
rename "$s->{dir}/moved", "$s->{dir}/again" or die;
$s->{settings}{DATA_DIR} = "$s->{dir}/again";
$s->write_conf;
$s->ctl('moved', '--old-is-stopped');
$s->ctl('resume', $org);
$s->await(30, 'them to be held', sub { (held()->{copied} // 0) == 5 });
end_workers();
$s->start(worker => Spoke::build() . '/spoke-worker', '--watch');
$s->await(10, 'another', sub { workers() });
sleep 1.5;
my $before = time;
like((call('decide', $org, '--held', 'copied', 'send', '--yes', '--wait', 30))[1], qr/^5 texts are in the queue again\.$/m, 'sent by command');
$s->await(20, 'them', sub { (grep { /^\+1919558/ } keys %{taken()}) == 5 });
cmp_ok(time - $before, '<', 3, 'and they go out at once');
$s->stop('worker');
is_deeply($s->sim_do(GET => 'duplicates'), [], 'Bandwidth took nothing twice');
is(($s->run('', Spoke::build() . '/spokectl', 'verify'))[0], 0, 'and the data agrees with itself');
done_testing();
