# What pages say beside their own subject: the banner of a pause, and what is written down of a decision.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FCGI;
use JSON::PP;
use Test::More;

my $r = FCGI->new(settings => { DAILY_SEGMENTS => 9 });
$r->start;
my $owner = $r->sign_in('owner@example.org');
my %who = (Cookie => $owner->{cookie}, Origin => $r->{origin});
sub page { return $r->request(GET => $_[0], headers => \%who)->{body} }

# ---- whose limit was reached ----------------------------------------------------------
my $token = $r->ctl('token', 'add', '--org', 1, '--daily-segments', 2);
my $send = sub {
	my ($bearer, $n) = @_;
	return $r->request(POST => '/api/orgs/1/messages', headers => { Authorization => "Bearer $bearer" },
	    json => { to => [map { sprintf '+1919555%04d', $_ } 1 .. $n], text => 'Hello' })->{status};
};
is($send->($token->{token}, 3), 202, 'a token passes its limit');
like(page('/admin/1/settings'), qr/the daily limit of 2 segments of API token \Q$token->{id}\E is reached/, 'the banner says whose it is');
$r->request(POST => '/admin/1/pause', headers => \%who, form => { csrf => $owner->{csrf}, do => 'resume' });
unlike(page('/admin/1/settings'), qr/daily limit of/, 'resumed');
is($send->($r->{world}{both}, 8), 202, 'another one passes the organization\'s');
like(page('/admin/1/settings'), qr/the organization&#39;s daily limit of 9 segments is reached/, 'the banner says so');

# ---- who raises it -----------------------------------------------------------------------
{
	my $save = sub { return $r->request(POST => '/admin/1/settings', headers => \%who, form => { csrf => $owner->{csrf}, section => 'limit', @_ }) };
	my $limit = sub { return (map { decode_json($_)->{daily_segments} // 0 } grep { /"id":1\b/ } $r->records('orgs'))[0] };
	is($save->(dailySegments => 20)->{status}, 303, 'who has just signed in may raise the limit');
	is($limit->(), 20, 'and it is raised');
	$r->seed(stale => $owner->{cookie} =~ /=([^;]+)/);
	my $a = $save->(dailySegments => '1,000');
	is($a->{status}, 422, 'later it takes the password, because a limit is what a stolen session can cost');
	is(scalar(() = $a->{body} =~ /name="currentPassword"/g), 1, 'which the page asks for, once');
	like($a->{body}, qr/name="dailySegments"[^>]*value="1000"/, 'and what was entered stays');
	is($save->(dailySegments => 1000, currentPassword => 'not this one')->{status}, 422, 'a wrong one does not do');
	is($limit->(), 20, 'nothing was raised');
	is($save->(dailySegments => 15)->{status}, 303, 'lowering it needs none');
	is($limit->(), 15, 'and it is lower');
	is($save->(dailySegments => '')->{status}, 303, 'nor does the limit of the installation, which is lower');
	is($limit->(), 0, 'and holds');
	is($save->(dailySegments => 10)->{status}, 422, 'which may not be passed either');
	is($save->(dailySegments => 1000, currentPassword => $r->{world}{password})->{status}, 303, 'with the right one it is raised');
	is($limit->(), 1000, 'to what was entered');
}

# ---- what is done with a call that could not be understood -----------------------------
$r->callback('[{"type":"message-odd","time":"2026-11-23T18:00:00Z","message":{"id":"odd1"}}]');
my ($event) = page('/admin/1/look') =~ /name="event" value="([0-9a-f]+)"/;
ok($event, 'it is on the page');
is($r->request(POST => '/admin/1/look', headers => \%who,
    form => { csrf => $owner->{csrf}, event => $event, action => 'done' })->{status}, 303, 'Done');
my @done = grep { ($_->{detail} // '') eq $event } map { decode_json($_) } $r->records('audit');
is_deeply([map { "$_->{what} $_->{who}" } @done], ['tray.done owner@example.org'], 'stands in the audit once');
ok($done[0]{from}, 'with the address it came from');
is($r->stop, 0, 'ends in order');
done_testing();
