using System.Runtime.InteropServices;

namespace Rtd.Protocol.Spawn;

/// <summary>The argument block of <see cref="SpawnStub"/>; the machine code knows these offsets.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal unsafe struct SpawnArguments
{
    /// <summary>clone3: struct clone_args *; clone: the flags.</summary>
    [FieldOffset(0)]
    public ulong CloneFirst;

    /// <summary>clone3: its size; clone: 0.</summary>
    [FieldOffset(8)]
    public ulong CloneSecond;

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

    /// <summary>SYS_clone3 or SYS_clone.</summary>
    [FieldOffset(88)]
    public long CloneNumber;

    /// <summary>clone: int * for the pidfd.</summary>
    [FieldOffset(96)]
    public ulong CloneThird;

    /// <summary>A user namespace that the child becomes the root of, or -1.</summary>
    [FieldOffset(104)]
    public long UserNamespace;

    /// <summary>With a user namespace: struct clone_args * of a second clone3 from inside it, whose child goes on instead; 0 for none.</summary>
    [FieldOffset(112)]
    public ulong InnerCloneFirst;

    /// <summary>Its size.</summary>
    [FieldOffset(120)]
    public ulong InnerCloneSecond;
}
