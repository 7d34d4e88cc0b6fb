# Ledger.pm: traffic whose every piece has an id of its own, and the comparison at the end: what was acknowledged with
# what is stored, what was asked for with what the simulator of Bandwidth accepted.
#
#   my $l = Ledger->new($s, callers => 4, senders => 1);    # $s: Spoke.pm's, with the simulator if there are senders
#   $l->begin;  ... the worst ...  $l->end;
#   $l->whole('after the worst');                           # all that must hold whatever was done, as tests
#
# A caller plays Bandwidth: it repeats each event until it is acknowledged. A sender plays an application: it repeats
# each text with its reference until it is accepted. Nothing here does any harm.
package Ledger;
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

my $json = JSON::PP->new->utf8->canonical;
my $run = 0;	# ids differ between two ledgers of a process

# callers, senders; timeout: seconds a request may take; rest: seconds between two requests; give_up: seconds after
# the end until an event that nobody takes counts as never taken; words: sub that returns more words for a text;
# refusals: what else than success may be answered: try again later, or nothing at all.
sub new {
	my ($class, $s, %o) = @_;
	return bless { s => $s, name => 'ledger-' . ++$run, callers => 4, senders => 0, timeout => 15, rest => 0.02, give_up => 60,
		words => sub { '' }, refusals => qr/^(?:503|500|599|409)$/, %o, pids => [] }, $class;
}

sub begin {
	my ($self) = @_;
	$self->{stop} = "$self->{s}{dir}/$self->{name}.stop";
	$self->{begun} = time;
	push @{$self->{pids}}, $self->child("call$_", \&call) for 1 .. $self->{callers};
	push @{$self->{pids}}, $self->child("ask$_", \&ask) for 1 .. $self->{senders};
	return $self;
}

# Ends the traffic: what is under way is repeated until it is taken.
sub end {
	my ($self) = @_;
	$self->{ended} = time;
	open my $f, '>', $self->{stop} or die "$self->{stop}: $!";
	close $f;
	waitpid $_, 0 for splice @{$self->{pids}};
	$self->read;
	# What a test posted itself.
	$self->{acknowledged}{$_} = 1 for keys %{$self->{also} || {}};
	return $self;
}

# ---- traffic ---------------------------------------------------------------------

sub child {
	my ($self, $name, $fn) = @_;
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	srand($$ ^ time);
	setpgrp(0, 0);
	my $s = $self->{s};
	$s->{http} = HTTP::Tiny->new(timeout => $self->{timeout}, max_redirect => 0);
	open $self->{out}, '>', "$s->{dir}/$self->{name}.$name" or POSIX::_exit(1);
	$self->{out}->autoflush(1);
	my ($n) = $name =~ /(\d+)$/;
	$fn->($self, $n);
	print { $self->{out} } "slowest $self->{slowest} $self->{slowest_status}\n" if $self->{slowest};
	close $self->{out};
	POSIX::_exit(0);
}

sub over { my ($self) = @_; return -e $self->{stop} }

# Repeats a request until it has that status; its answer, or undef when nobody takes it.
sub until_taken {
	my ($self, $status, $what, $request) = @_;
	my $ended;
	for (;;) {
		my $begun = time;
		my $r = $request->();
		my $took = time - $begun;
		@$self{qw(slowest slowest_status)} = ($took, "$r->{status} $what at $begun") if $took > ($self->{slowest} // 0);
		return $r if $r->{status} == $status;
		# Which answers there were, and the first of each that nobody should get.
		my $odd = $r->{status} !~ $self->{refusals};
		print { $self->{out} } 'answer ', $r->{status}, ' ', $odd ? 'odd ' . substr($r->{content}, 0, 60) =~ s/\s+/ /gr : '', "\n";
		$ended //= time if $self->over;
		if (defined $ended && time - $ended > $self->{give_up}) {
			print { $self->{out} } "never $what\n";
			return undef;
		}
		sleep 0.02;
	}
}

# Bandwidth's part: now and then several events at once, and one that was acknowledged again.
sub call {
	my ($self, $n) = @_;
	my ($s, $serial, @known) = ($self->{s}, 0);
	until ($self->over) {
		my @ids = map { sprintf '%s-in-%d-%d', $self->{name}, $n, $serial++ } 1 .. (rand() < 0.1 ? 3 : 1);
		my @events = map { @{$s->inbound(id => $_, from => sprintf('+1919555%04d', ($n * 1000 + rand 1000) % 10000))} } @ids;
		push @events, $known[rand @known] if @known && rand() < 0.1;
		$self->until_taken(200, $ids[0], sub { $s->callback(\@events) }) or return;
		print { $self->{out} } join(' ', 'ack', time, @ids), "\n";
		push @known, @events if @known < 100;
		sleep $self->{rest} if $self->{rest};
	}
}

# An application's part: texts to people of their own.
sub ask {
	my ($self, $n) = @_;
	my ($s, $serial) = ($self->{s}, 0);
	until ($self->over) {
		my $reference = sprintf '%s-out-%d-%d', $self->{name}, $n, $serial;
		# The same bytes each time: another body under the same reference would be refused.
		my $body = $json->encode({ to => sprintf('+1919%d%06d', 7 + ($n + $run) % 3, $n * 100000 + $serial++),
			text => "Text $reference" . $self->{words}->(), reference => $reference });
		my $r = $self->until_taken(202, $reference, sub {
			$s->request(POST => "/api/orgs/$s->{org}/messages", content => $body, headers => {
				authorization => "Bearer $s->{token}", 'content-type' => 'application/json' });
		}) or return;
		print { $self->{out} } join(' ', 'sent', $reference, $r->{json}{messages}[0]{id}), "\n";
		sleep $self->{rest} || 0.02;
	}
}

# What the children wrote: acknowledged, asked, times, answers, odd, never, slowest.
sub read {
	my ($self) = @_;
	@$self{qw(acknowledged asked answers)} = ({}, {}, {});
	@$self{qw(times odd never)} = ([], [], []);
	$self->{slowest} = 0;
	for my $file (glob "$self->{s}{dir}/$self->{name}.*[0-9]") {
		for (split /\n/, Spoke::slurp($file)) {
			my ($what, @rest) = split / /;
			if ($what eq 'ack') { push @{$self->{times}}, shift @rest; $self->{acknowledged}{$_} = 1 for @rest }
			elsif ($what eq 'sent') { $self->{asked}{$rest[0]} = $rest[1] }
			elsif ($what eq 'answer') { $self->{answers}{$rest[0]}++; push @{$self->{odd}}, $_ if ($rest[1] // '') eq 'odd' }
			elsif ($what eq 'never') { push @{$self->{never}}, $rest[0] }
			elsif ($rest[0] > $self->{slowest}) { @$self{qw(slowest slowest_status)} = ($rest[0], "@rest[1 .. $#rest]") }
		}
	}
	@{$self->{times}} = sort { $a <=> $b } @{$self->{times}};
	return $self;
}

# The longest time between two acknowledgements that touches this span, in seconds.
sub longest {
	my ($self, $from, $to) = @_;
	my ($longest, $last) = (0, $from);
	for (@{$self->{times}}) {
		next if $_ < $from;
		$longest = $_ - $last if $_ - $last > $longest;
		last if $_ > $to;
		$last = $_;
	}
	return $longest;
}

# ---- the comparison ----------------------------------------------------------------

# All messages of a direction, by pages of the API's list, oldest first.
sub messages {
	my ($self, $direction) = @_;
	my ($s, %last, $cursor, $r) = ($self->{s});
	do {
		$r = $s->await(30, 'the list of messages', sub {
			my $r = $s->api(GET => "/messages?direction=$direction&limit=200&order=oldest" . ($cursor ? "&cursor=$cursor" : ''));
			$r->{status} == 200 && $r;
		});
		# A message stands in this order once for each change; the last word counts.
		$last{$_->{id}} = $_ for @{$r->{json}{messages}};
		$cursor = $r->{json}{next};
	} while ($cursor && @{$r->{json}{messages}});
	return values %last;
}

# How often the simulator accepted each of our messages.
sub accepted {
	my ($self) = @_;
	my %by;
	return %by if !$self->{s}{sim_url};
	for ($self->{s}->sim_posts) {
		my ($id) = ($_->{tag} // '') =~ /\|([0-9a-f]+)(?:\||$)/;
		$by{$id // $_->{tag} // ''}++ if $_->{accepted};
	}
	return %by;
}

# What Bandwidth accepted must become known by itself; what it never got may rest as "unknown", for a look or a person.
sub unsettled {
	my ($self, %accepted) = @_;
	return grep {
		!($_->{state} =~ /^(?:delivered|failed|cancelled)$/
			|| ($_->{state} =~ /^(?:unknown|held)$/ && !$accepted{$_->{id}}));
	} $self->messages('out');
}

# Waits for what is under way, for so many seconds at most; then lost, doubled, stuck and accepted are there.
sub judge {
	my ($self, $patience) = @_;
	my $end = time + $patience;
	my (@stuck, %accepted, %stored, %outbound);
	for (;;) {
		%accepted = $self->accepted;
		@stuck = $self->unsettled(%accepted);
		last if !@stuck || time > $end;
		sleep 0.2;
	}
	$stored{$_->{service_id}}++ for $self->messages('in');
	$outbound{$_->{reference} // $_->{id}}++ for $self->messages('out');
	$self->{stuck} = \@stuck;
	$self->{accepted} = \%accepted;
	$self->{lost} = [(grep { !$stored{$_} } sort keys %{$self->{acknowledged}}), (grep { !$outbound{$_} } sort keys %{$self->{asked}})];
	$self->{doubled} = [(grep { $stored{$_} > 1 } sort keys %stored), (grep { $outbound{$_} > 1 } sort keys %outbound),
		(grep { $accepted{$_} > 1 } sort keys %accepted)];
	return $self;
}

# All that must hold whatever was done, as tests: an answer to everybody, nothing lost, doubled or stuck, and data that
# agree. within: seconds that one request may take; least: events; patience: seconds until all must be at rest.
sub whole {
	my ($self, $what, %o) = @_;
	require Test::More;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	%o = (within => 6, least => 20, patience => 30, %o);
	$self->judge($o{patience});
	my $n = keys %{$self->{acknowledged}};
	my $sent = keys %{$self->{asked}};
	Test::More::cmp_ok($n, '>=', $o{least}, "$what: $n events were acknowledged, $sent texts taken");
	Test::More::is_deeply([first($self->{odd})], [], "$what: everybody got an answer that says the truth") ;
	Test::More::cmp_ok($self->{slowest}, '<', $o{within}, sprintf '%s: and nobody waited long (%.0f ms at most)', $what, $self->{slowest} * 1000)
		or Test::More::diag("$self->{slowest_status}");
	Test::More::is_deeply([first($self->{never})], [], "$what: what was repeated was taken in the end");
	Test::More::is_deeply([first($self->{lost})], [], "$what: nothing acknowledged is lost");
	Test::More::is_deeply([first($self->{doubled})], [], "$what: nothing is doubled");
	Test::More::is_deeply([first([map { "$_->{id} $_->{state}" } @{$self->{stuck}}])], [], "$what: no text is stuck");
	my ($status, $out, $err) = $self->{s}->run('', Spoke::build() . '/spokectl', 'verify');
	Test::More::is($status, 0, "$what: every record and index agrees") or Test::More::diag("$out$err");
	return $self;
}

# The first few, for a look.
sub first { my ($list) = @_; return @$list[0 .. ($#$list < 5 ? $#$list : 5)] }

sub DESTROY {
	my ($self) = @_;
	local ($?, $@, $!);
	return if $self->{out};	# a child's copy
	kill 'KILL', @{$self->{pids}} if @{$self->{pids}};
	waitpid $_, 0 for @{$self->{pids}};
}

1;
