namespace Rtd.Daemon.Security;

/// <summary>Turns a seccomp profile into a BPF program for the container's capabilities.</summary>
internal interface ISeccompCompiler
{
    /// <summary>False (with the reason in <see cref="Unavailable"/>) when libseccomp or the kernel lacks it.</summary>
    bool Available { get; }

    string? Unavailable { get; }

    /// <summary>The built-in profile for a capability set; cached per set.</summary>
    /// <param name="keepQuotas">Also denies what gets a file out of the quota that it is counted to.</param>
    byte[] CompileDefault(ulong capabilities, bool keepQuotas = false);

    /// <summary>A profile in Docker's JSON format; an invalid one is refused with the reason.</summary>
    /// <param name="keepQuotas">Also denies what gets a file out of the quota that it is counted to.</param>
    byte[] Compile(string profile, ulong capabilities, bool keepQuotas = false);
}
