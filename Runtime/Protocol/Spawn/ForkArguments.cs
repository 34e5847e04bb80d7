using System.Runtime.InteropServices;

namespace Rtd.Protocol.Spawn;

/// <summary>The argument block of <see cref="ForkStub"/>; the machine code knows these offsets.</summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal unsafe struct ForkArguments
{
    /// <summary>CLONE_* and the signal at its end.</summary>
    [FieldOffset(0)]
    public ulong Flags;

    [FieldOffset(8)]
    public int* Pidfd;

    [FieldOffset(16)]
    public byte* Path;

    [FieldOffset(24)]
    public byte** Argv;

    [FieldOffset(32)]
    public byte** Envp;

    /// <summary>The fd that the child writes its negative errno to, as a long, when it cannot go on. Close-on-exec, so that success is an end of file.</summary>
    [FieldOffset(40)]
    public long Report;

    /// <summary>Not 0: fd 0 becomes the controlling terminal.</summary>
    [FieldOffset(48)]
    public ulong Terminal;

    /// <summary>The child's own, for what it reports.</summary>
    [FieldOffset(56)]
    public long Error;

    /// <summary>Two ends of a pipe: the child does not execute before a byte has come, and ends when the parent's end is closed before.</summary>
    [FieldOffset(64)]
    public long GateOpener;

    [FieldOffset(72)]
    public long Gate;
}
