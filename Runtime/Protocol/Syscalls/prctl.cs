using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int PR_SET_DUMPABLE = 4, PR_SET_KEEPCAPS = 8, PR_SET_NAME = 15, PR_CAPBSET_READ = 23, PR_CAPBSET_DROP = 24,
        PR_SET_CHILD_SUBREAPER = 36, PR_SET_NO_NEW_PRIVS = 38, PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_CLEAR_ALL = 4;

    private const uint LINUX_CAPABILITY_VERSION_3 = 0x20080522, SECCOMP_SET_MODE_FILTER = 1;

    [StructLayout(LayoutKind.Sequential)]
    private struct cap_header
    {
        public uint version;
        public int pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct cap_data
    {
        public uint effective0;
        public uint permitted0;
        public uint inheritable0;
        public uint effective1;
        public uint permitted1;
        public uint inheritable1;
    }

    /// <summary>struct sock_fprog of <c>linux/filter.h</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct sock_fprog
    {
        public ushort len;
        public byte* filter;
    }

    [LibraryImport(LibraryName, EntryPoint = "prctl", SetLastError = true)]
    private static partial int _prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial long _capset(long number, cap_header* header, cap_data* data);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial long _seccomp(long number, uint operation, uint flags, sock_fprog* program);

    public static int prctl(int option, nuint argument, nuint second = 0)
    {
        int result = _prctl(option, argument, second, 0, 0);
        return result >= 0 ? result : throw Failure("prctl", $"option {option}, {argument}");
    }

    /// <summary>The result, or the negative errno.</summary>
    public static int try_prctl(int option, nuint argument)
    {
        int result = _prctl(option, argument, 0, 0, 0);
        return result >= 0 ? result : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Sets effective and permitted of the calling thread; inheritable is always emptied (CVE-2022-24769).</summary>
    public static unsafe void capset(ulong effective, ulong permitted)
    {
        cap_header header = new() { version = LINUX_CAPABILITY_VERSION_3 };
        cap_data data = new()
        {
            effective0 = (uint)effective,
            permitted0 = (uint)permitted,
            effective1 = (uint)(effective >> 32),
            permitted1 = (uint)(permitted >> 32),
        };
        if (_capset(SYS_capset, &header, &data) < 0)
        {
            throw Failure("capset");
        }
    }

    /// <summary>Makes all permitted capabilities of the calling thread effective.</summary>
    public static unsafe void raise_capabilities()
    {
        cap_header header = new() { version = LINUX_CAPABILITY_VERSION_3 };
        cap_data data = default;
        if (_capset(SYS_capget, &header, &data) < 0)
        {
            throw Failure("capget");
        }

        (data.effective0, data.effective1) = (data.permitted0, data.permitted1);
        if (_capset(SYS_capset, &header, &data) < 0)
        {
            throw Failure("capset");
        }
    }

    /// <summary>Installs a filter (struct sock_filter[], 8 bytes an instruction) on the calling thread.</summary>
    public static unsafe void seccomp_set_mode_filter(ReadOnlySpan<byte> program)
    {
        fixed (byte* start = program)
        {
            sock_fprog filter = new() { len = (ushort)(program.Length / 8), filter = start };
            if (_seccomp(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
            {
                throw Failure("seccomp", "filter");
            }
        }
    }
}
