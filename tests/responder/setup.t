# Setting up at Bandwidth on the settings page, without a worker: what it shows, what it asks back, and that a yes
# counts only for the question that is asked.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FCGI;
use JSON::PP;
use Test::More;

my $r = FCGI->new;
$r->ctl(\"hush\n", 'settings', 'set', 1, 'accountId=9900000', 'userName=client', '--password-stdin');
$r->start;
my %person = map { $_ => $r->sign_in("$_\@example.org") } qw(owner admin);

sub page { my ($who) = @_; return $r->request(GET => '/admin/1/settings', headers => { Cookie => $person{$who || 'owner'}{cookie} })->{body} }
sub post {
	my (%form) = @_;
	return $r->request(POST => '/admin/1/settings', headers => { Cookie => $person{owner}{cookie}, Origin => $r->{origin} },
	    form => { csrf => $person{owner}{csrf}, section => 'setup', %form });
}
sub jobs { return grep { $_->{kind} eq 'provision' } map { decode_json($_) } grep { /^{/ } $r->records('jobs') }
sub newest { my ($j) = sort { $b->{id} cmp $a->{id} } jobs(); return $j }
sub fields { my ($body) = @_; my ($note) = $body =~ m{<b>A question before it goes on\.</b>(.*)}s; return map { ($_ => ($note // '') =~ /name="$_" value="([^"]*)"/ ? $1 : undef) } qw(what value) }

# ---- nothing asked -----------------------------------------------------------------------------

like(page(), qr/Setting up at Bandwidth.*Waiting/s, 'saved credentials wait to be set up');
my $before = jobs();
is(post()->{status}, 303, 'set up at Bandwidth');
is(scalar(jobs()), $before, 'one that waits is enough');

# ---- a question ----------------------------------------------------------------------------------

for my $case (['callbacks', 'https://other.example/hook?a=1&b=2', qr{The application calls https://other\.example/hook\?a=1&amp;b=2}, qr/Let it call this installation/],
    ['assignment', '93de2206-9669-4e07-948d-329f4b722ee2', qr/belongs to another application, 93de2206/, qr/Give the location this application/]) {
	my ($what, $value, $text, $button) = @$case;
	$r->seed(asks => "$what=$value");
	is($r->{seed_status}, 0, "$what: the last run ended with a question");
	my $body = page();
	like($body, $text, "$what: it says what is there");
	like($body, qr/If you go on, .*$button/s, "$what: and what follows, beside the button");
	my %f = fields($body);
	is($f{what}, $what, "$what: the form says which question");
	unlike(page('admin') =~ s{<div class="who">.*?</div>}{}sr, qr/<form method="post"/, "$what: an ADMIN has nothing to press");
	like(page('admin'), qr/An owner of this organization can say yes/, "$what: and reads who can");
	my $asked = newest()->{id};
	is(post(what => $what, value => 'https://elsewhere.example/')->{status}, 303, "$what: a yes to another question");
	is(newest()->{id}, $asked, "$what: changes nothing");
	is(post(what => 'everything', value => $value)->{status}, 303, "$what: nor one to none");
	is(newest()->{id}, $asked, "$what: still");
	is(post(what => $what, value => $value)->{status}, 303, "$what: yes");
	my $job = newest();
	isnt($job->{id}, $asked, "$what: sets up once more");
	is_deeply(decode_json($job->{detail})->{yes}, { what => $what, value => $value }, "$what: with the answer");
	ok((grep { /"what":"[^"]*provision/ && /owner\@example\.org/ } $r->records('audit')), "$what: which is audited");
	unlike(page(), qr/A question before it goes on/, "$what: it is not asked again meanwhile");
}

# ---- set up ------------------------------------------------------------------------------------------

{
	$r->seed(ready => 'Texts can be sent & received.');
	is($r->{seed_status}, 0, 'everything was made');
	my $body = page();
	like($body, qr/<b>Bandwidth is set up\.<\/b> Texts can be sent &amp; received\./, 'it says so, with what came of it');
	like($body, qr/What was checked and made at Bandwidth.*Set up at Bandwidth/s, 'the steps can be looked at, and run again');
	unlike($body, qr/id="setup-head"/, 'nothing is left to do there');
	unlike(page('admin') =~ s{<div class="who">.*?</div>}{}sr, qr/Set up at Bandwidth<\/button>/, 'an ADMIN reads it only');
	is(post()->{status}, 303, 'once more');
	like(page(), qr/id="setup-head".*Waiting/s, 'is under way, and shown again');
}
is($r->stop, 0, 'it ends in order');
done_testing();
