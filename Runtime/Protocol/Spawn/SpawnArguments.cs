using System.Runtime.InteropServices;

namespace Rtd.Protocol.Spawn;

/// <summary>The argument block of <see cref="SpawnStub"/>; the machine code knows these offsets.</summary>
[StructLayout(LayoutKind.Explicit, Size = 88)]
internal unsafe struct SpawnArguments
{
    [FieldOffset(0)]
    public void* CloneArgs;

    [FieldOffset(8)]
    public ulong CloneArgsSize;

    /// <summary>Pairs of int: from, to.</summary>
    [FieldOffset(16)]
    public int* FdTable;

    [FieldOffset(24)]
    public ulong FdCount;

    [FieldOffset(32)]
    public long DirectoryFd;

    [FieldOffset(40)]
    public byte* Path;

    [FieldOffset(48)]
    public byte** Argv;

    [FieldOffset(56)]
    public byte** Envp;

    [FieldOffset(64)]
    public ulong ExecFlags;

    /// <summary>Written by a child whose dup3 or execveat failed: the negative errno.</summary>
    [FieldOffset(72)]
    public long ChildError;

    /// <summary>The kernel's 8-byte signal mask for the new program.</summary>
    [FieldOffset(80)]
    public ulong SignalMask;
}
