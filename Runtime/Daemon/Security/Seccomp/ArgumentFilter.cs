using System.Runtime.InteropServices;

namespace Rtd.Daemon.Security.Seccomp;

/// <summary>A condition on a system call's argument; laid out as libseccomp's <c>struct scmp_arg_cmp</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ArgumentFilter(uint index, ArgumentComparison comparison, ulong first, ulong second = 0)
{
    /// <summary>0 … 5.</summary>
    public readonly uint Index = index;

    public readonly ArgumentComparison Comparison = comparison;

    /// <summary>The value to compare with; for <see cref="ArgumentComparison.MaskedEqual"/> the mask.</summary>
    public readonly ulong First = first;

    /// <summary>For <see cref="ArgumentComparison.MaskedEqual"/> the value.</summary>
    public readonly ulong Second = second;

    /// <summary>
    /// Equality of the low 32 bits, for arguments that the kernel takes as int: with a 64-bit comparison a caller could set a high bit that
    /// the kernel then ignores.
    /// </summary>
    public static ArgumentFilter LowWordEquals(uint index, uint value) => new(index, ArgumentComparison.MaskedEqual, uint.MaxValue, value);
}
