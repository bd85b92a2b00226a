#!/usr/bin/perl
# The sandbox of a stage: runs one bash script where only the toolbox, the stage's own folders and
# its inputs exist, and where it may do little else.
#
#   enter.pl [--network] [--mounts] [--toolbox FOLDER] [--cwd FOLDER]
#            [--read PATH]... [--write PATH]... SCRIPT
#
#   --network   the network of this machine; otherwise there is none
#   --mounts    the script may mount what a user namespace may mount
#   --toolbox   the root whose programs are used; left out: this machine's own /usr and /etc
#
# An ordinary user becomes root over the ids that /etc/subuid gives him. Root becomes root over ids
# that nobody has (Ids.pm), and root of a container over those of the container. Two user namespaces
# stand inside each other: the outer one makes the mounts, the inner one runs the script. What the
# outer one has mounted read-only or has hidden, no program in the inner one can undo. All of it ends
# with this process, whatever way it ends.
#
# It is Perl, because no program of Debian 12 maps the owners of a mount or lays a filter on system
# calls, and every Debian has Perl. docs/security.md compares it with others.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Confine qw(confine filter);
use Ids     qw(candidates user_namespace);
use Kernel  qw(call try_call NEW PR_SET_PDEATHSIG);
use Root    qw(open_mounts build_root);

my %asked = (read => [], write => [], cwd => '/');
my @words = @ARGV;
while (@words > 1) {
    my $option = shift @words;
    if ($option =~ /^--(network|mounts)$/) { $asked{$1} = 1 }
    elsif ($option =~ /^--(toolbox|cwd)$/) { $asked{$1} = shift @words }
    elsif ($option =~ /^--(read|write)$/)  { push @{$asked{$1}}, shift @words }
    else                                   { die "enter.pl: what is $option?\n" }
}
my $script = $words[0] // die "enter.pl: no script\n";

# Only newuidmap may give an ordinary user his ids, and unshare(1) knows how to ask it.
if ($> != 0) {
    exec qw(unshare --map-root-user --map-auto perl), $0, @ARGV or die "enter.pl: unshare: $!\n";
}
call(prctl => PR_SET_PDEATHSIG, 9);

my $filter = filter();
become_root_of_container() unless defined try_call(unshare => NEW->{mount});
call(mount => 'none', '/', 'none', Kernel::PRIVATE | Kernel::RECURSIVE, 0);
my ($ids, $namespace, $mounts);
for (candidates()) {
    $ids       = $_;
    $namespace = user_namespace($ids) or next;
    $mounts    = open_mounts(\%asked, $ids, $namespace) and last;
}
die "enter.pl: no user namespace can be made here: $!\n" unless $namespace;

call(unshare => NEW->{pid} | NEW->{uts} | NEW->{ipc} | ($asked{network} ? 0 : NEW->{net}));
pipe(my $alive, my $parent) or die "enter.pl: pipe: $!\n";
my $pid = fork // die "enter.pl: fork: $!\n";
if ($pid) {
    close $alive;
    waitpid $pid, 0;
    exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
}
close $parent;
build_root(\%asked, $ids, $mounts);
call(setns => fileno $namespace, NEW->{user});
call(unshare => NEW->{mount});    # the mounts above are locked from here on
call(setgroups => 0, 0);
call(setresgid => 0, 0, 0);
call(setresuid => 0, 0, 0);
chdir $asked{cwd} or die "enter.pl: $asked{cwd}: $!\n";
call(prctl => PR_SET_PDEATHSIG, 9);    # the change of ids has cleared it
exit 137 if has_ended($alive);
confine($asked{mounts}, $filter);
call(close_range => 3, 2**32 - 1, 0);    # what the caller has open is no business of the script
exec 'bash', '-c', $script or die "enter.pl: bash: $!\n";

# Root of a container may make user namespaces, and no others. It becomes root of one that has the
# same ids. Then it begins anew: /proc keeps the files of a process that has changed its powers from
# it, and not those of a new program.
sub become_root_of_container {
    my $same = (candidates())[-1];
    my $own  = user_namespace($same) // die "enter.pl: no user namespace can be made here: $!\n";
    call(setns => fileno $own, NEW->{user});
    call(unshare => NEW->{mount});
    exec $^X, $0, @ARGV or die "enter.pl: perl: $!\n";
}

# Whether the process at the other end of a pipe died before its death could be told.
sub has_ended {
    my ($pipe) = @_;
    vec(my $bits = '', fileno $pipe, 1) = 1;
    return select $bits, undef, undef, 0;
}
