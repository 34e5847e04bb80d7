using System.Runtime.InteropServices;

namespace Rtd.Daemon.Security.Seccomp;

/// <summary>One of the instruction sets that this machine's kernel runs, and the numbers the prologue needs.</summary>
/// <param name="Token">libseccomp's SCMP_ARCH_*.</param>
/// <param name="Audit">AUDIT_ARCH_* as in seccomp_data.arch.</param>
/// <param name="Socket">socket(2).</param>
/// <param name="Ioctl">ioctl(2).</param>
/// <param name="Socketcall">The multiplexer of 32-bit x86, or null.</param>
/// <param name="ExtraAllowed">Calls outside the common numbering: uretprobe on x86-64.</param>
internal sealed record SeccompArchitecture(string Name, uint Token, uint Audit, uint Socket, uint Ioctl, uint? Socketcall, (string Name, uint Number)? ExtraAllowed)
{
    private const uint AuditX86 = 0x40000003, AuditX8664 = 0xC000003E, AuditArm = 0x40000028, AuditAarch64 = 0xC00000B7, TokenX32 = 0x4000003E;

    /// <summary>Set in the number of an x32 call, whose architecture is otherwise that of x86-64.</summary>
    public const uint X32Bit = 0x40000000;

    /// <summary>x32's own calls; above and between are the common numbers.</summary>
    public const uint X32First = 512, X32Last = 547;

    /// <summary>The native one first. x32 is filtered together with x86-64.</summary>
    public static IReadOnlyList<SeccompArchitecture> Machine { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 =>
        [
            new("SCMP_ARCH_X86_64", AuditX8664, AuditX8664, 41, 16, null, ("uretprobe", 335)),
            new("SCMP_ARCH_X86", AuditX86, AuditX86, 359, 54, 102, null),
            new("SCMP_ARCH_X32", TokenX32, AuditX8664, 41, 514, null, null),
        ],
        Architecture.Arm64 =>
        [
            new("SCMP_ARCH_AARCH64", AuditAarch64, AuditAarch64, 198, 29, null, null),
            new("SCMP_ARCH_ARM", AuditArm, AuditArm, 281, 54, null, null),
        ],
        _ => [],
    };

    /// <summary>Docker's short name of the native architecture, as in a profile's includes.</summary>
    public static string MachineName => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "amd64" : "arm64";

    public bool IsX32 => Token == TokenX32;
}
