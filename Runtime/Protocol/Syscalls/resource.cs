using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    [StructLayout(LayoutKind.Sequential)]
    public struct rlimit
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }

    [LibraryImport(LibraryName, EntryPoint = "setrlimit", SetLastError = true)]
    private static unsafe partial int _setrlimit(int resource, rlimit* limit);

    public static unsafe void setrlimit(int resource, ulong soft, ulong hard)
    {
        rlimit limit = new() { rlim_cur = soft, rlim_max = hard };
        if (_setrlimit(resource, &limit) < 0)
        {
            throw Failure("setrlimit", $"resource {resource} to {soft}:{hard}");
        }
    }

    [LibraryImport(LibraryName, EntryPoint = "prlimit", SetLastError = true)]
    private static unsafe partial int _prlimit(int pid, int resource, rlimit* limit, rlimit* old);

    /// <summary>setrlimit of another process.</summary>
    public static unsafe void prlimit(int pid, int resource, ulong soft, ulong hard)
    {
        rlimit limit = new() { rlim_cur = soft, rlim_max = hard };
        if (_prlimit(pid, resource, &limit, null) < 0)
        {
            throw Failure("prlimit", $"resource {resource} to {soft}:{hard}");
        }
    }
}
