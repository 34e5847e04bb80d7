using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Spawn;

/// <summary>Starts programs by clone3 and execveat, through <see cref="SpawnStub"/>: no fork of this process's memory, no managed code in the child.</summary>
internal static unsafe class Spawner
{
    private const ulong SpawnFlags = Libc.CLONE_VM | Libc.CLONE_VFORK | Libc.CLONE_PIDFD | Libc.CLONE_CLEAR_SIGHAND;

    private static readonly delegate* unmanaged<SpawnArguments*, long> s_stub = (delegate* unmanaged<SpawnArguments*, long>)MachineCode.Map(SpawnStub.Code);

    /// <summary>Starts a program. When it returns, the program runs (execveat has succeeded).</summary>
    /// <exception cref="SyscallException">clone3 or, in the child, dup3 or execveat failed; nothing is left.</exception>
    public static SpawnedProcess Spawn(SpawnRequest request)
    {
        if (request.UserNamespace is not null)
        {
            // Until its execve the child is root of the container's user namespace and has our memory. What is not dumpable is out of reach of
            // ptrace for who has capabilities there only. (Its change of uid does that too, but it is in the namespace a moment before.)
            Libc.prctl(Libc.PR_SET_DUMPABLE, 0);
        }

        List<SafeFileHandle> moved = [];
        using NativeStrings arguments = new(request.Arguments);
        using NativeStrings environment = new(request.Environment);
        byte[] path = Encoding.UTF8.GetBytes(request.Path + "\0");
        int highest = request.Fds.Count == 0 ? 0 : request.Fds.Max(fd => fd.To);
        int[] table = new int[request.Fds.Count * 2 + 1];
        try
        {
            for (int i = 0; i < request.Fds.Count; i++)
            {
                table[2 * i] = AboveTargets((int)request.Fds[i].From.DangerousGetHandle(), highest, moved);
                table[2 * i + 1] = request.Fds[i].To;
            }

            int pidfd = -1, innerPidfd = -1;

            // Namespaces belong to the user namespace that their maker is in, and the caller, having threads, cannot enter another one. So a child
            // enters it, makes from there the one that matters, and ends. It shares the table of fds, so that the pidfd is ours.
            bool twice = request.UserNamespace is not null && request.CloneFlags != 0;
            Libc.clone_args clone = new()
            {
                flags = SpawnFlags | (twice ? Libc.CLONE_FILES : request.CloneFlags) | (request.Cgroup is null ? 0 : Libc.CLONE_INTO_CGROUP),
                pidfd = (ulong)&pidfd,
                exit_signal = Libc.SIGCHLD,
                cgroup = request.Cgroup is null ? 0 : (ulong)request.Cgroup.DangerousGetHandle(),
            };
            Libc.clone_args inner = new() { flags = SpawnFlags | Libc.CLONE_PARENT | request.CloneFlags, pidfd = (ulong)&innerPidfd };
            fixed (byte* pathPointer = path)
            fixed (int* tablePointer = table)
            {
                SpawnArguments block = new()
                {
                    CloneNumber = request.AvoidClone3 ? Libc.SYS_clone : Libc.SYS_clone3,
                    CloneFirst = request.AvoidClone3 ? (uint)clone.flags | clone.exit_signal : (ulong)&clone,
                    CloneSecond = request.AvoidClone3 ? 0 : (ulong)sizeof(Libc.clone_args),
                    CloneThird = (ulong)&pidfd,
                    FdTable = tablePointer,
                    FdCount = (ulong)request.Fds.Count,
                    DirectoryFd = request.ExecutableFd,
                    Path = pathPointer,
                    Argv = arguments.Pointer,
                    Envp = environment.Pointer,
                    SignalMask = request.SignalMask,
                    ExecFlags = request.Path.Length == 0 ? (ulong)Libc.AT_EMPTY_PATH : 0,
                    UserNamespace = request.UserNamespace is null ? -1 : request.UserNamespace.DangerousGetHandle(),
                    InnerCloneFirst = twice ? (ulong)&inner : 0,
                    InnerCloneSecond = (ulong)sizeof(Libc.clone_args),
                };
                long pid = CallWithSignalsBlocked(&block);
                if (pid < 0)
                {
                    throw new SyscallException("clone3", (int)-pid, request.Arguments[0]);
                }

                SafeFileHandle handle = Libc.Own(pidfd);
                if (twice)
                {
                    using SafeFileHandle between = handle;
                    Libc.waitid_pidfd(pidfd, block: true);
                    if (innerPidfd < 0)
                    {
                        throw new SyscallException("clone3", (int)-block.ChildError, $"{request.Arguments[0]} in a user namespace");
                    }

                    handle = Libc.Own(innerPidfd);
                    pid = SpawnedProcess.Of(handle).Pid;
                }

                if (block.ChildError == 0)
                {
                    return new SpawnedProcess((int)pid, handle);
                }

                using (handle)
                {
                    Libc.waitid_pidfd(handle.Fd(), block: true);
                }

                throw new SyscallException("execveat", (int)-block.ChildError, request.Path.Length == 0 ? request.Arguments[0] : request.Path);
            }
        }
        finally
        {
            moved.ForEach(fd => fd.Dispose());
            GC.KeepAlive(request);
        }
    }

    /// <summary>A new user namespace with its ids mapped; it lasts as long as it is held, or somebody is in it.</summary>
    /// <param name="uidMap">Lines of /proc/PID/uid_map: id inside, id outside, count.</param>
    /// <param name="gidMap">The same for groups.</param>
    /// <exception cref="SyscallException">The kernel refuses (ENOSPC: user.max_user_namespaces).</exception>
    public static SafeFileHandle MakeUserNamespace(string uidMap, string gidMap)
    {
        int pidfd = -1;
        Libc.clone_args clone = new() { flags = SpawnFlags | Libc.CLONE_NEWUSER, pidfd = (ulong)&pidfd, exit_signal = Libc.SIGCHLD };

        // The child's only work is to have been born: it ends at once (execveat of nothing), and what has not been reaped still has its namespace.
        SpawnArguments block = new()
        {
            CloneNumber = Libc.SYS_clone3,
            CloneFirst = (ulong)&clone,
            CloneSecond = (ulong)sizeof(Libc.clone_args),
            DirectoryFd = -1,
            SignalMask = ulong.MaxValue,
            UserNamespace = -1,
        };
        long pid = CallWithSignalsBlocked(&block);
        if (pid < 0)
        {
            throw new SyscallException("clone3", (int)-pid, "a user namespace");
        }

        using SafeFileHandle child = Libc.Own(pidfd);
        try
        {
            WriteMap($"/proc/{pid}/uid_map", uidMap);
            WriteMap($"/proc/{pid}/gid_map", gidMap);
            return Libc.open($"/proc/{pid}/ns/user", Libc.O_RDONLY);
        }
        finally
        {
            Libc.waitid_pidfd(pidfd, block: true);
        }
    }

    /// <summary>A map is written once, in one piece.</summary>
    private static void WriteMap(string file, string map)
    {
        using SafeFileHandle handle = Libc.open(file, Libc.O_WRONLY);
        Libc.write_all(handle.Fd(), Encoding.ASCII.GetBytes(map), file);
    }

    /// <summary>The child shares our stack and memory until it execs, so no signal handler of ours may run in it before its handlers are cleared.</summary>
    private static long CallWithSignalsBlocked(SpawnArguments* block)
    {
        Libc.sigset_t old = Libc.pthread_sigmask(new Libc.sigset_t { bits = ulong.MaxValue });
        try
        {
            return s_stub(block);
        }
        finally
        {
            Libc.pthread_sigmask(old);
        }
    }

    /// <summary>A source fd that is also a target number would be overwritten by an earlier dup3, or refused (dup3 to itself): copy it out of the way.</summary>
    private static int AboveTargets(int fd, int highest, List<SafeFileHandle> moved)
    {
        if (fd > highest)
        {
            return fd;
        }

        SafeFileHandle copy = Libc.Own(Libc.fcntl(fd, Libc.F_DUPFD_CLOEXEC, highest + 1));
        moved.Add(copy);
        return copy.Fd();
    }
}
