# From a telephone to the browser: a text with attachments comes in at the simulator, its callback reaches the
# program under a real web server, which starts a worker that fetches them; then they are served, whole and in parts.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/../lib";
use MIME::Base64;
use Spoke;
use Test::More;
use Time::HiRes qw(time);

my $png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR" . join '', map { pack 'N', $_ } 1 .. 600_000;	# 2.4 MB

sub works {
	my ($s, $name) = @_;
	subtest $name => sub {
		$s->sim_credentials;
		my $began = time;
		$s->sim_do(POST => 'inbound', { from => '+19195550199', to => $s->{number}, wait_ms => 5000, media => [
			{ name => 'bw.png', content_type => 'image/png', base64 => encode_base64($png, '') },
			{ name => 'x.html', content_type => 'image/gif', text => '<script>alert(1)</script>' } ] });
		my $m = $s->await(15, 'the attachments', sub {
			my ($m) = @{$s->api(GET => '/messages?direction=in')->{json}{messages} || []};
			return $m && @{$m->{attachments}} == 2 && !(grep { $_->{state} ne 'stored' } @{$m->{attachments}}) && $m;
		});
		cmp_ok(time - $began, '<', 8, sprintf 'fetched %.1f s after the text', time - $began);
		my ($picture, $page) = @{$m->{attachments}};
		is($picture->{sha256}, sha256_hex($png), 'whole');
		my %h = (headers => { authorization => "Bearer $s->{token}" });
		my $path = "/api/orgs/$s->{org}/messages/$m->{id}/media";
		is($picture->{url}, "$s->{base}$path/0", 'its address');
		my $r = $s->request(GET => "$path/0", %h);
		is("$r->{status} " . sha256_hex($r->{content}), '200 ' . sha256_hex($png), 'served whole');
		is($r->{headers}{'content-type'}, 'image/png', 'as a picture');
		like($r->{headers}{'content-disposition'}, qr/^inline/, 'that is shown');
		$r = $s->request(GET => "$path/0", headers => { %{$h{headers}}, range => 'bytes=1000000-1000099' });
		is("$r->{status} $r->{headers}{'content-range'}", '206 bytes 1000000-1000099/' . length $png, 'a part');
		is($r->{content}, substr($png, 1_000_000, 100), 'which is that part');
		$r = $s->request(HEAD => "$path/0", %h);
		is($r->{status}, 200, 'HEAD');
		is($r->{headers}{'content-length'} // length $png, length $png, 'with its length, if the server lets it through');
		$r = $s->request(GET => "$path/1", %h);
		is($r->{headers}{'content-type'}, 'application/octet-stream', 'a page is no page');
		like($r->{headers}{'content-disposition'}, qr/^attachment/, 'but a download');
		is($r->{headers}{'x-content-type-options'}, 'nosniff', 'of which nothing is guessed');
		like($r->{headers}{'content-security-policy'}, qr/^sandbox/, 'and which may do nothing');
		my $shown = $s->ctl('message', $s->{org}, $m->{id})->{attachments};
		is(Spoke::slurp($shown->[0]{file}), $png, 'spokectl names the file');
		my ($status, $text) = $s->run('', Spoke::build() . '/spokectl', 'message', $s->{org}, $m->{id});
		like($text, qr/^Attachment 1: \Q$shown->[1]{file}\E$/m, 'in words, too');
		is($s->request(GET => "$path/0")->{status}, 401, 'nobody gets it without a token');
	};
}

works(Spoke->new->sim->init->lighttpd, 'lighttpd');
works(Spoke->new->sim->init->apache('fcgid'), 'Apache, mod_fcgid');
works(Spoke->new->sim->init->apache('cgi'), 'Apache, plain CGI');
done_testing();
