using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Spawn;

/// <summary>Starts threads that do one piece of work for somebody who can be told that it was not to be.</summary>
internal static class ThreadLaunch
{
    /// <exception cref="SyscallException">EAGAIN: the limit of processes is reached (pids.max, RLIMIT_NPROC), for which the runtime says that memory has run out.</exception>
    public static void StartOrThrow(this Thread thread)
    {
        try
        {
            thread.Start();
        }
        catch (OutOfMemoryException)
        {
            throw new SyscallException("clone", Libc.EAGAIN, $"thread {thread.Name}");
        }
    }
}
