# Who the root of a sandbox is outside.
package Ids;
use strict;
use warnings;
use Exporter qw(import);
use POSIX    ();
use Kernel   qw(try_call NEW);
our @EXPORT_OK = qw(candidates user_namespace);

# As many as Debian has: it gives the last of them to nobody.
use constant COUNT => 65536;

# Where a range of our own begins: no tool of Debian's gives out ids from here on, and systemd
# leaves them unused (systemd.io/UIDS-GIDS).
use constant OWN => 0x70000000;

# What is tried, one after the other: ids that nobody has, and then the ids that we have. These are
# for an ordinary user, who has been given such ids already, for root of a container, and for a file
# system that maps no owners. A range is a first id inside, the same id outside, and how many.
# `root` is whom root is in the outer namespace; `mapped`: mounts have to be mapped, too.
sub candidates {
    my @same = map { [same($_)] } qw(uid gid);
    my @all = {root => [0, 0], uid => $same[0], gid => $same[1]};
    my ($uid, $gid) = (free_range('uid'), free_range('gid'));
    return @all unless $uid && $gid;
    my @ranges = map { [[0, $_, COUNT]] } $uid, $gid;
    return ({mapped => 1, root => [$uid, $gid], uid => $ranges[0], gid => $ranges[1]}, @all);
}

# The first id of a range that root may use and nobody has: what /etc/subuid gives root, or one of
# our own. Undef: these ids are not ours to give, as in a container.
sub free_range {
    my ($kind) = @_;
    my @given = map { [split /:/] } lines_of("/etc/sub$kind");
    my ($roots) = grep { @$_ == 3 && $_->[0] =~ /^(?:root|0)$/ && $_->[2] >= COUNT } @given;
    my $start = $roots ? $roots->[1] : unused($kind, @given);
    my $ours = grep { $_->[0] <= $start && $_->[0] + $_->[2] >= $start + COUNT } map_of($kind);
    return $ours ? $start : undef;
}

sub unused {
    my ($kind, @given) = @_;
    my @accounts = map { [split /:/] } lines_of($kind eq 'uid' ? '/etc/passwd' : '/etc/group');
    my @taken = grep { ($_->[0] // '') =~ /^\d+$/ }
        ((map { [$_->[1], $_->[2]] } @given), (map { [$_->[2], 1] } @accounts));
    my $start = OWN;
    while (grep { $_->[0] < $start + COUNT && $_->[0] + $_->[1] > $start } @taken) {
        $start += COUNT;
    }
    return $start;
}

# What maps each id that we have to itself.
sub same { return map { [$_->[0], $_->[0], $_->[2]] } map_of($_[0]) }

sub map_of { return map { [split] } lines_of("/proc/self/$_[0]_map") }

sub lines_of {
    open my $file, '<', $_[0] or return;
    chomp(my @lines = <$file>);
    return @lines;
}

# A handle of a new user namespace with these ids, or undef and $!. It needs a process to be made
# in, and none to be there.
sub user_namespace {
    my ($ids) = @_;
    pipe(my $ready, my $tell) or return undef;
    pipe(my $until, my $done) or return undef;
    my $pid = fork // return undef;
    if (!$pid) {
        close $_ for $ready, $done;
        my $made = try_call(unshare => NEW->{user});
        syswrite $tell, pack 'l', defined $made ? 0 : $!;
        sysread $until, my $end, 1;
        POSIX::_exit(0);
    }
    close $_ for $tell, $until;
    my $said = '';
    sysread $ready, $said, 4;
    my $error = length $said == 4 ? unpack 'l', $said : POSIX::EIO();
    my $handle;
    if (!$error) {
        my $mapped = write_map($pid, 'uid', $ids) && write_map($pid, 'gid', $ids);
        undef $handle unless $mapped && open $handle, '<', "/proc/$pid/ns/user";
        $error = $! + 0;
    }
    close $done;
    waitpid $pid, 0;
    $! = $error;
    return $handle;
}

# At once: the kernel takes a map in one write.
sub write_map {
    my ($pid, $kind, $ids) = @_;
    open my $file, '>', "/proc/$pid/${kind}_map" or return 0;
    return defined syswrite $file, join '', map { "@$_\n" } @{$ids->{$kind}};
}

1;
