using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>/dev/null, open for writing once for all.</summary>
internal static class Nowhere
{
    private static readonly SafeFileHandle s_file = Libc.open("/dev/null", Libc.O_WRONLY);

    public static int Fd => s_file.Fd();
}
