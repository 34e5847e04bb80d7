using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>A pseudo terminal of the container's own devpts: its slave becomes stdio, its master travels to the daemon.</summary>
internal sealed class Terminal
{
    private Terminal(SafeFileHandle master, SafeFileHandle slave)
    {
        Master = master;
        Slave = slave;
    }

    public SafeFileHandle Master { get; }

    public SafeFileHandle Slave { get; }

    /// <param name="console">For a container's first process: where /dev/console is bound to the slave.</param>
    public static Terminal Open(ProcessSpec process, Rootfs? console)
    {
        SafeFileHandle master = Libc.openat2(Libc.AT_FDCWD, "/dev/pts/ptmx", Libc.O_RDWR | Libc.O_NOCTTY, 0, Libc.RESOLVE_NO_SYMLINKS);
        if (Libc.fstatfs_type(master.Fd()) != Libc.DEVPTS_SUPER_MAGIC)
        {
            throw new InitException(Libc.EINVAL, "/dev/pts/ptmx is not a terminal multiplexer");
        }

        Libc.unlockpt(master.Fd());
        SafeFileHandle slave = Libc.open_pty_peer(master.Fd());
        if (process is { ConsoleHeight: > 0, ConsoleWidth: > 0 })
        {
            Libc.set_winsize(master.Fd(), process.ConsoleHeight, process.ConsoleWidth);
        }

        if (console is not null)
        {
            BindConsole(console, slave);
        }

        return new Terminal(master, slave);
    }

    /// <summary>It becomes that of the session, which this process leads.</summary>
    public void Control() => Libc.set_controlling_terminal(Slave.Fd());

    public void BecomeStdio()
    {
        for (int fd = 0; fd <= 2; fd++)
        {
            Libc.dup2(Slave.Fd(), fd);
        }
    }

    private static void BindConsole(Rootfs rootfs, SafeFileHandle slave)
    {
        using SafeFileHandle target = MountTarget.MakeFile(rootfs.Fd, "/dev/console");
        using SafeFileHandle copy = Libc.open_tree(slave.Fd(), "", Libc.OPEN_TREE_CLONE | (uint)Libc.AT_EMPTY_PATH, "/dev/console");
        Libc.move_mount(copy.Fd(), target.Fd(), "/dev/console");
    }
}
