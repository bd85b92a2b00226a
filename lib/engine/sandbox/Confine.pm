# What a program in the sandbox may do at all, whoever it is there.
package Confine;
use strict;
use warnings;
use Exporter       qw(import);
use File::Basename qw(dirname);
use POSIX          ();
use Kernel         qw(call try_call machine NEW);
our @EXPORT_OK = qw(confine filter);

# linux/capability.h: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SYS_CHROOT and
# SETFCAP, which tar, dpkg, useradd, install and chroot need. SYS_ADMIN is for mounts.
my @KEPT = (0, 1, 3, 4, 5, 6, 7, 18, 31);
use constant { SYS_ADMIN => 21, HIGHEST => 63 };

# linux/prctl.h, linux/seccomp.h
use constant {
    CAPBSET_READ     => 23,
    CAPBSET_DROP     => 24,
    SET_NO_NEW_PRIVS => 38,
    SET_SECCOMP      => 22,
    FILTER           => 2,
};

# linux/landlock.h
use constant SCOPE_ABSTRACT_SOCKETS => 1;

# The last step before the script: from here on nothing can be had back.
sub confine {
    my ($mounts, $filter) = @_;
    my %kept = map { $_ => 1 } @KEPT, $mounts ? SYS_ADMIN : ();
    for my $capability (grep { !$kept{$_} } 0 .. HIGHEST) {
        next unless defined try_call(prctl => CAPBSET_READ, $capability);
        call(prctl => CAPBSET_DROP, $capability);
    }
    call(prctl => SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    close_abstract_sockets();
    my $program = pack 'S x6 P', length($filter) / 8, $filter;    # struct sock_fprog
    call(prctl => SET_SECCOMP, FILTER, $program);
    return;
}

# Sockets of this machine that have no file, where the network is this machine's. Linux before 6.12
# does not know how.
sub close_abstract_sockets {
    my $rules  = pack 'Q3', 0, 0, SCOPE_ABSTRACT_SOCKETS;
    my $handle = try_call(landlock_create_ruleset => $rules, length $rules, 0) // return;
    call(landlock_restrict_self => $handle, 0);
    POSIX::close($handle);
    return;
}

# Classic BPF, a struct sock_filter each: code, steps to pass over if true, if not, and a value
# (linux/filter.h, linux/seccomp.h).
use constant { LOAD => 0x20, EQUAL => 0x15, AT_LEAST => 0x35, HAS_BIT => 0x45, RETURN => 0x06 };
use constant { ALLOW => 0x7fff0000, ERRNO => 0x50000 };

# Places in struct seccomp_data.
use constant { CALL => 0, ABI => 4, FIRST => 16, SECOND => 24 };

# linux/audit.h; the column of the list; the numbers of clone, unshare and ioctl. On x86_64 there is
# another table of calls from x32 on.
my @ABIS = (
    {machine => 'x86_64', abi => 0xc000003e, column => 0, calls => [56, 272, 16], x32 => 1 << 30},
    {machine => 'aarch64', abi => 0xc00000b7, column => 1, calls => [220, 97,  29]},
    {machine => 'aarch64', abi => 0x40000028, column => 2, calls => [120, 337, 54]},
);

# Has the same number everywhere. Its flags are in memory, where a filter cannot look. A C library
# that does not find it takes clone instead.
use constant CLONE3 => 435;

# asm-generic/ioctls.h: typing on somebody's terminal.
use constant { TIOCSTI => 0x5412, TIOCLINUX => 0x541c };

# The filter of system calls, to be made while the list of them can be read.
sub filter {
    my $code = step(LOAD, 0, 0, ABI);
    for my $abi (grep { $_->{machine} eq machine() } @ABIS) {
        my $part = part($abi);
        $code .= step(EQUAL, 0, length($part) / 8, $abi->{abi}) . $part;
    }
    return $code . refuse(POSIX::EPERM());    # programs for another machine
}

sub part {
    my ($abi) = @_;
    my ($clone, $unshare, $ioctl) = @{$abi->{calls}};
    my $refuse = refuse(POSIX::EPERM());
    my $code   = step(LOAD, 0, 0, CALL);
    $code .= step(AT_LEAST, 0, 1, $abi->{x32}) . $refuse if $abi->{x32};
    $code .= step(EQUAL, 0, 1, $_->[$abi->{column}]) . $refuse for refused_calls();
    $code .= step(EQUAL, 0, 1, CLONE3) . refuse(POSIX::ENOSYS());
    for my $number ($clone, $unshare) {    # no user namespace with all capabilities in it
        $code .= step(EQUAL, 0, 4, $number) . step(LOAD, 0, 0, FIRST);
        $code .= step(HAS_BIT, 0, 1, NEW->{user}) . $refuse . allow();
    }
    $code .= step(EQUAL, 0, 4, $ioctl) . step(LOAD, 0, 0, SECOND);
    $code .= step(EQUAL, 1, 0, TIOCSTI) . step(EQUAL, 0, 1, TIOCLINUX) . $refuse;
    return $code . allow();
}

sub step   { return pack 'S C C L', @_ }
sub allow  { return step(RETURN, 0, 0, ALLOW) }
sub refuse { return step(RETURN, 0, 0, ERRNO | $_[0]) }

# Numbers, in the order of the columns.
sub refused_calls {
    my $list = dirname(__FILE__) . '/refused-calls';
    open my $file, '<', $list or die "enter.pl: $list: $!\n";
    return map { /^\w+\s+(\d+)\s+(\d+)\s+(\d+)/ ? [$1, $2, $3] : () } <$file>;
}

1;
