namespace Rtd.Daemon.Security.Seccomp;

/// <summary>Return values of a seccomp filter, <c>linux/seccomp.h</c>; libseccomp's SCMP_ACT_* are the same numbers.</summary>
internal static class SeccompAction
{
    public const uint KillProcess = 0x80000000, KillThread = 0, Trap = 0x00030000, Notify = 0x7fc00000, Log = 0x7ffc0000, Allow = 0x7fff0000;

    private const uint ErrnoBase = 0x00050000, TraceBase = 0x7ff00000;

    public static uint Errno(int errno) => ErrnoBase | (uint)(errno & 0xffff);

    public static uint Trace(int value) => TraceBase | (uint)(value & 0xffff);
}
