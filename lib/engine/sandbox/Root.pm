# The files that a script in the sandbox sees.
package Root;
use strict;
use warnings;
use Cwd        qw(realpath);
use Exporter   qw(import);
use File::Path qw(make_path);
use POSIX      ();
use Kernel     qw(call try_call);
our @EXPORT_OK = qw(open_mounts build_root);

# Of open_tree(2), mount_setattr(2) and move_mount(2): linux/mount.h, linux/fcntl.h.
use constant {
    HERE          => -100,
    CLONE         => 1,
    CLOSE_ON_EXEC => 0x80000,
    EMPTY_PATH    => 0x1000,
    RECURSIVE     => 0x8000,
    MAPPED        => 0x100000,
    FROM_HANDLE   => 4,
};
use constant {
    WRITABLE => Kernel::NO_SUID | Kernel::NO_DEV,
    READABLE => Kernel::NO_SUID | Kernel::NO_DEV | Kernel::READ_ONLY,
    DATA     => Kernel::NO_SUID | Kernel::NO_DEV | Kernel::READ_ONLY | Kernel::NO_EXEC,
    DEVICE   => Kernel::NO_SUID | Kernel::NO_EXEC,
};

my @DEVICES = map { "/dev/$_" } qw(null zero full random urandom tty);

# Of a proc of our own: what is about this machine, and not about the processes in it.
my @FIXED  = map { "/proc/$_" } qw(sys sysrq-trigger irq bus fs acpi scsi asound driver mtrr);
my @HIDDEN = map { "/proc/$_" }
    qw(kcore kmsg keys key-users kallsyms timer_list latency_stats sched_debug);

my @LINKS = map { "/$_" } qw(bin sbin lib lib64);

# Handles of all that will be mounted, taken while the files of this machine can be seen: a list of
# [place, handle, whether it is a folder]. Undef: a file system cannot map owners.
sub open_mounts {
    my ($asked, $ids, $namespace) = @_;
    my $owners = $ids->{mapped} && $namespace;
    my @given;
    if (defined $asked->{toolbox}) {
        push @given, map { ["$asked->{toolbox}/$_", "/$_", READABLE, $owners] } qw(usr etc var);
    } else {
        # their owners are nobody's ids in there, so that the secrets among them stay closed
        push @given, map { [$_, $_, READABLE] } grep { -d && !-l } qw(/usr /etc), @LINKS;
    }
    push @given, map { [$_, $_, DEVICE] } grep { -e } @DEVICES;
    push @given, names_of_hosts($asked->{toolbox}) if $asked->{network};
    push @given, map { [$_, $_, READABLE, $owners] } @{$asked->{read}};
    push @given, map { [$_, $_, WRITABLE, $owners] } @{$asked->{write}};
    my @mounts;
    for (@given) {
        my ($path, $place, $flags, $mapped) = @$_;
        my $handle = copy_of($path, $flags, $mapped) // return undef;
        push @mounts, [$place, $handle, -d $path];
    }
    return \@mounts;
}

# How this machine finds others: where the toolbox has a place for it, or where a link of this
# machine leads.
sub names_of_hosts {
    my ($toolbox) = @_;
    my @files = map { [realpath($_), $_] } grep { -e } qw(/etc/resolv.conf /etc/hosts);
    if (defined $toolbox) {
        return map { [@$_, DATA] } grep { -e "$toolbox$_->[1]" } @files;
    }
    return map { [$_->[0], $_->[0], DATA] } grep { $_->[0] !~ m{^/etc/} } @files;
}

# A handle of a copy of a mount, with more flags, that is nowhere yet. The flags that it has stay: a
# user namespace may not take them away. Undef: it cannot map owners.
sub copy_of {
    my ($path, $flags, $owners) = @_;
    my $handle = try_call(open_tree => HERE, $path, CLONE | CLOSE_ON_EXEC | RECURSIVE)
        // die "enter.pl: $path: $!\n";
    my $attributes =
        pack 'Q4', $flags | ($owners ? MAPPED : 0), 0, 0, $owners ? fileno $owners : 0;
    my @arguments = ($handle, '', EMPTY_PATH | RECURSIVE, $attributes, length $attributes);
    return $handle if defined try_call(mount_setattr => @arguments);
    die "enter.pl: $path: $!\n" unless $owners;
    POSIX::close($handle);
    return undef;
}

sub place {
    my ($handle, $place) = @_;
    call(move_mount => $handle, '', HERE, $place, FROM_HANDLE);
    POSIX::close($handle);
    return;
}

# Makes all of it the root of this process, which is the first one of a pid namespace.
sub build_root {
    my ($asked, $ids, $mounts) = @_;
    my @owner = @{$ids->{root}};
    my $folder = sub {
        for my $made (make_path($_[0])) { chown @owner, $made }
    };
    my %links = map { $_ => defined $asked->{toolbox} ? "usr$_" : readlink }
        grep { defined $asked->{toolbox} || -l } @LINKS;
    umask 022;
    call(mount => 'sandbox', '/tmp', 'tmpfs', WRITABLE, "uid=$owner[0],gid=$owner[1],mode=755");
    chdir '/tmp' or die "enter.pl: /tmp: $!\n";
    mkdir '.old' or die "enter.pl: .old: $!\n";
    call(pivot_root => '.', '.old');
    chdir '/' or die "enter.pl: /: $!\n";

    symlink $links{$_}, $_ for keys %links;
    $folder->($_) for qw(/dev /dev/shm /proc /run /root /sys /tmp /var);
    symlink '/proc/self/fd', '/dev/fd';
    call(mount => 'tmp', '/tmp', 'tmpfs', WRITABLE, "uid=$owner[0],gid=$owner[1],mode=1777");
    call(mount => 'proc', '/proc', 'proc', WRITABLE | Kernel::NO_EXEC, 0);
    for (@$mounts) {
        my ($place, $handle, $is_folder) = @$_;
        if ($is_folder) { $folder->($place) }
        elsif (!-e $place) {
            $folder->($place =~ s{/[^/]*$}{}r);
            open my $file, '>', $place or die "enter.pl: $place: $!\n";
        }
        place($handle, $place);
    }
    call(umount2 => '/.old', Kernel::DETACH);
    rmdir '/.old';
    place(copy_of($_,          DATA),                       $_) for grep { -e } @FIXED;
    place(copy_of('/dev/null', DEVICE | Kernel::READ_ONLY), $_) for grep { -e } @HIDDEN;
    call(mount => 'none', '/', 'none', Kernel::REMOUNT | Kernel::BIND | READABLE, 0);

    # /dev/fd/1 and the like open these again
    for my $stream (grep { -p } *STDIN, *STDOUT, *STDERR) { chown @owner, $stream }
    return;
}

1;
