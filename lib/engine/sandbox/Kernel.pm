# The system calls that the sandbox is made of, by their names: Perl itself knows none of them.
package Kernel;
use strict;
use warnings;
use Exporter qw(import);
use POSIX    ();
our @EXPORT_OK = qw(call try_call machine NEW PR_SET_PDEATHSIG);

# Of namespaces: CLONE_NEW* (linux/sched.h).
use constant NEW => {
    mount => 0x20000,
    uts   => 0x4000000,
    ipc   => 0x8000000,
    user  => 0x10000000,
    pid   => 0x20000000,
    net   => 0x40000000,
};
use constant PR_SET_PDEATHSIG => 1;    # linux/prctl.h

# Of mount(2) and umount2(2), and of mount_setattr(2) the first four: linux/mount.h.
use constant {
    READ_ONLY => 1,
    NO_SUID   => 2,
    NO_DEV    => 4,
    NO_EXEC   => 8,
    REMOUNT   => 32,
    BIND      => 4096,
    RECURSIVE => 16384,
    PRIVATE   => 1 << 18,
    DETACH    => 2,
};

# Number on x86_64, number on aarch64: asm/unistd_64.h, asm-generic/unistd.h.
my %NUMBERS = (
    mount                   => [165, 40],
    umount2                 => [166, 39],
    pivot_root              => [155, 41],
    unshare                 => [272, 97],
    setns                   => [308, 268],
    prctl                   => [157, 167],
    setgroups               => [116, 159],
    setresuid               => [117, 147],
    setresgid               => [119, 149],
    open_tree               => [428, 428],
    move_mount              => [429, 429],
    close_range             => [436, 436],
    mount_setattr           => [442, 442],
    landlock_create_ruleset => [444, 444],
    landlock_restrict_self  => [446, 446],
);
my %COLUMNS = (x86_64 => 0, aarch64 => 1);

sub machine { return (POSIX::uname())[4] }

# The result, or undef and $!.
sub try_call {
    my ($name, @arguments) = @_;    # a copy: the kernel gets pointers to these
    my $column = $COLUMNS{machine()} // die 'enter.pl: no sandbox is known for ', machine(), "\n";
    my $result = syscall $NUMBERS{$name}[$column], @arguments;
    return $result == -1 ? undef : $result;
}

# The same; ends this process where the kernel refuses.
sub call {
    my ($name, @arguments) = @_;
    return try_call($name, @arguments) // die "enter.pl: $name: $!\n";
}

1;
