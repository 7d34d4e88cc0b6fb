# Check my setup, what follows from it: a changed BASE_URL or SESSION_SECRET shows as a wrong callback, and the button
# repairs the application at Bandwidth; a test text is followed to its answer.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP;
use Setup;
use Test::More;
use Time::HiRes qw(sleep);

my $w = Setup->new;
my $s = $w->{s};
sub application { my (%c) = @_; $s->sim_do(POST => 'config', { applications => [{ id => $Spoke::APPLICATION, account => $Spoke::ACCOUNT, %c }] }) }

# Presses the button of the page, and waits until the page says how it went.
sub repair {
	like($w->get('check'), qr{<a[^>]* href="[^"]*/admin/1/check\?ask=repair"}, 'the page has a button');
	my $ask = $w->get('check?ask=repair');
	like($ask, qr/Replies and delivery reports then come here/, 'which asks first');
	my $r = $w->press('check', do => 'repair');
	is($r->{status}, 303, 'it is pressed');
	$s->await(30, 'the repair', sub { $w->get('check') =~ /Repairing the application at Bandwidth\.<\/b> (?!.*looks again)/s &&
	    $w->get('check') !~ /under way|data-refresh/ });
	my ($status, $steps) = $w->check;
	is($w->in_state($steps, 'wrong'), '', 'then nothing is wrong') or diag $w->show;
	like($steps->{'callback-password'}{sentence}, qr/was set from here/, 'the password was set from here');
	return $steps;
}

# ---- the button ----------------------------------------------------------------------
application(inbound_callback_url => 'http://127.0.0.1:9/x', outbound_callback_user => 'somebody', callback_password => 'wrong');
my ($status, $steps) = $w->check;
is($w->in_state($steps, 'wrong'), 'callback-in callback-user', 'an application that calls elsewhere');
like($w->get('check?ask=repair'), qr{no longer to <span dir="auto">http://127.0.0.1:9/x</span>}, 'whoever loses it is named');
repair();
$s->sim_do(POST => 'inbound', { from => '+19195550151', to => '+19195550100', text => 'Hello again', wait_ms => 5000 });
is(scalar(grep { $_->{text} eq 'Hello again' } @{$s->ctl('messages', 1)->{messages}}), 1, 'and replies arrive');
(undef, $steps) = $w->check;
like($steps->{'callback-password'}{sentence}, qr/came with the right one/, 'which proves the password');

# ---- a changed SESSION_SECRET ---------------------------------------------------------
sub restart {
	my (%settings) = @_;
	%{$s->{settings}} = (%{$s->{settings}}, %settings);
	$s->write_conf;
	$s->stop('lighttpd');
	$s->lighttpd;
	delete $w->{cookie};
}
restart(SESSION_SECRET => 'another-secret-of-the-tests-0123456789', SESSION_SECRET_PREVIOUS => 'a-secret-of-the-tests-0123456789abcdef');
(undef, $steps) = $w->check;
is($w->in_state($steps, 'wrong'), 'callback-password', 'a changed SESSION_SECRET: exactly the callback password is wrong') or diag $w->show;
like($steps->{'callback-password'}{sentence}, qr/SESSION_SECRET was changed/, 'in words');
ok($steps->{'callback-password'}{repair}, 'which can be repaired');
repair();

# ---- a changed BASE_URL -----------------------------------------------------------------
my $old = $s->{base};
$s->{base} =~ s/127\.0\.0\.1/localhost/;
restart(BASE_URL_PREVIOUS => $old);
is($w->page->{'callback-in'}{state}, 'wrong', 'a changed BASE_URL shows at once, from what is known');
(undef, $steps) = $w->check;
is($w->in_state($steps, 'wrong'), 'callback-in callback-out callback-password', 'as wrong callbacks') or diag $w->show;
like($steps->{'callback-in'}{sentence}, qr{still calls the previous address, \Q$old\E/bandwidth/1, instead of \Q$s->{base}\E/bandwidth/1}, 'in words');
repair();

# ---- a test text ------------------------------------------------------------------------
is(($s->ctl_any('', 'check', 1, '--text', 'nobody'))[0], 2, 'a test text to no number: status 2');
my $child = fork // die;
if ($child == 0) {
	for (1 .. 200) {
		last if grep { $_->{to} && "@{ref $_->{to} ? $_->{to} : [$_->{to}]}" =~ /9195550150/ && $_->{accepted} } $s->sim_posts;
		sleep 0.1;
	}
	sleep 1;
	$s->sim_do(POST => 'inbound', { from => '+19195550150', to => '+1919555010' . $_, text => 'Here I am' }) for 0 .. 2;
	require POSIX;
	POSIX::_exit(0);
}
my ($code, undef, $all) = $w->check('--text', '(919) 555-0150', '--wait', 60);
waitpid $child, 0;
is($code, 0, 'a test text that is delivered and answered: status 0') or diag $w->show;
is_deeply([map { "$_->{step} $_->{state}" } @{$all->{text}{steps}}], [map { "$_ fine" } qw(queued sent delivered answered)], 'step by step');
like($all->{text}{steps}[3]{sentence}, qr/"Here I am"/, 'with the answer');
like($w->get('check'), qr/Your answer arrived: &quot;Here I am&quot;/, 'on the page, too');

my $sent = sub { scalar grep { ($_->{accepted} // 0) } $s->sim_posts };
my $before = $sent->();
my %form = (do => 'text', to => '+1 999 555 4720', once => 'a-word-of-its-own');
is($w->press('check', %form)->{status}, 303, 'a test text from the page');
is($w->press('check', %form)->{status}, 303, 'pressed twice');
$s->await(20, 'its failure', sub { $w->get('check') =~ /dir="auto">4720: / });
my $html = $w->get('check');
like($html, qr{Taken by Bandwidth</b>}, 'how far it came');
like($html, qr{4720: [^<]+}, "Bandwidth's error with its meaning");
like($html, qr{4720.*?<b>What to do:</b> [^<]+}s, 'and who must act');
is($sent->(), $before + 1, 'it went out once');
my $r = $w->press('check', do => 'text', to => '12', once => 'another');
is($r->{status}, 422, 'a number that is none');
like($r->{content}, qr/class="fault"/, 'is said beside the field');
is($w->press('check', do => 'other')->{status}, 400, 'an unknown action');

# ---- while it runs, without a script ---------------------------------------------------
$s->sim_do(POST => 'config', { settings => { latency_ms => 1500 } });
is($w->press('check', do => 'check')->{status}, 303, 'Check now');
my $running = $s->await(20, 'the check to begin', sub { my $h = $w->get('check?asked=1'); $h =~ /<b>Checking\.<\/b>/ && $h });
like($running, qr{<noscript><meta http-equiv="refresh" content="2"></noscript>}, 'the page refreshes itself');
like($running, qr{\d+ of 22 steps are known}, 'says how far it is');
like($running, qr{Finding out}, 'and what is being found out');
unlike($running, qr{>Check now<}, 'and has nothing to press again');
$s->await(30, 'its end', sub { $w->get('check') =~ /All is well/ });
pass('in the end all is well');
done_testing();
