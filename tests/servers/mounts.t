# The program under real web servers, in each way of mounting it that the README
# names: a callback is stored, the right refusals are given, links are right.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Spoke;
use Test::More;

# What must hold however it is mounted.
sub works {
	my ($s, $name) = @_;
	subtest $name => sub {
		my $health = $s->request(GET => '/healthz');
		is($health->{status}, 200, 'healthz answers') or diag $health->{content}, Spoke::slurp("$s->{dir}/apache.error.log");
		my $r = $s->callback($s->inbound(text => "through $name"));
		is($r->{status}, 200, 'a callback is taken') or diag $r->{content};
		my $list = $s->ctl('messages', $s->{org}, '--direction', 'in')->{messages};
		is(scalar(grep { $_->{text} eq "through $name" } @$list), 1, 'and stored once');
		is($s->callback([], password => 'wrong')->{status}, 401, 'a wrong password is refused');
		is($s->request(GET => '/nowhere')->{status}, 404, 'an unknown address is 404');
		is($s->request(GET => "/bandwidth/$s->{org}")->{status}, 405, 'a wrong method is 405');
		is($s->api(GET => '/messages')->{status}, 200, 'the API takes its token');
		my $login = $s->request(GET => "/admin/$s->{org}/settings");
		is($login->{status}, 303, 'a page asks to sign in');
		like($login->{headers}{location}, qr{^(\Q$s->{base}\E)?(/[^/].*)?/login}, 'below BASE_URL');
		my $big = $s->request(POST => "/bandwidth/$s->{org}", content => '[' . '1,' x 10_500_000 . '1]',
		    headers => { 'content-type' => 'application/json' });
		ok($big->{status} == 401 || $big->{status} == 413, '21 MB without credentials are refused')
		    or diag "$big->{status} $big->{content}";
		is($s->request(GET => '/healthz')->{status}, 200, 'and it goes on');
	};
}

works(Spoke->new->init->lighttpd, 'lighttpd, at the root');
works(Spoke->new(path => '/texting')->init->lighttpd, 'lighttpd, below a path');
works(Spoke->new->init->lighttpd(processes => 4), 'lighttpd, four processes');
works(Spoke->new->init->apache('fcgid'), 'Apache, mod_fcgid');
works(Spoke->new(path => '/texting')->init->apache('fcgid'), 'Apache, mod_fcgid, below a path');
works(Spoke->new->init->apache('cgi'), 'Apache, plain CGI');
works(Spoke->new->init->apache('fcgid', auth => 'SetEnvIf Authorization "(.+)" HTTP_AUTHORIZATION=$1'),
    'Apache, mod_fcgid, SetEnvIf');
works(Spoke->new->init->apache('cgi', auth => 'RewriteEngine On
    RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]'), 'Apache, plain CGI, rewrite rule');

# On shared hosting, by the lines of conf/apache.conf.example; the settings lie beside the program.
my ($shared) = Spoke::slurp("$FindBin::Bin/../../conf/apache.conf.example") =~ /BASE_URL=[^\n]*\n#\n((?:#    [^\n]*\n)+)#\n/;
$shared =~ s/^#    //mg;
{
	my $s = Spoke->new(path => '/texting')->init;
	mkdir "$s->{dir}/bin";
	for my $file ('spoke.conf', 'spoke.conf~', 'spoke.conf.bak', 'old.conf', '.spoke.conf.swp') {
		open my $f, '>', "$s->{dir}/bin/$file" or die $!;
		print $f "SESSION_SECRET=xyzzy\n";
	}
	works($s->apache('fcgid', htaccess => $shared), 'Apache, in .htaccess');
	for my $file ('spoke.conf', 'spoke.conf~', 'spoke.conf.bak', 'old.conf', '.spoke.conf.swp', '.htaccess') {
		my $r = $s->request(GET => "/$file");
		ok($r->{status} =~ /^40[34]$/ && $r->{content} !~ /xyzzy|Rewrite/, "$file is not shown") or diag $r->{status}, $r->{content};
	}
}

subtest 'Apache hides the Authorization header' => sub {
	my $s = Spoke->new->init->apache('fcgid', auth => '');
	is($s->callback([])->{status}, 401, 'the callback is refused');
	my $marks = $s->ctl('settings', 'show', $s->{org});
	like($marks->{callback_refused_why}, qr/Authorization/, 'and the reason names the header')
	    or diag explain $marks;
};

done_testing();
