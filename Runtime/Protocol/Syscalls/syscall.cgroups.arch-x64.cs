namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const long SYS_bpf = 321;
}
