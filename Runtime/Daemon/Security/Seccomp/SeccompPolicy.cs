namespace Rtd.Daemon.Security.Seccomp;

/// <summary>A profile with everything that depends on capabilities and machine decided: what is left is to compile it.</summary>
internal sealed record SeccompPolicy
{
    /// <summary>For calls that no rule names.</summary>
    public required uint DefaultAction { get; init; }

    public required IReadOnlyList<SeccompRule> Rules { get; init; }

    /// <summary>Deny AF_ALG and AF_VSOCK sockets through every door, see <see cref="SeccompPrologue"/>.</summary>
    public bool DenySocketFamilies { get; init; }

    /// <summary>Deny what gets a file out of the quota that it is counted to, see <see cref="SeccompPrologue"/>.</summary>
    public bool KeepQuotas { get; init; }
}
