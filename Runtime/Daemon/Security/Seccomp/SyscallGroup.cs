namespace Rtd.Daemon.Security.Seccomp;

/// <summary>System calls of one theme in the built-in profile.</summary>
/// <param name="Theme">What they are about.</param>
/// <param name="Reason">Why a container may have them.</param>
/// <param name="Names">The calls, with the variants of 32-bit machines.</param>
internal sealed record SyscallGroup(string Theme, string Reason, string[] Names)
{
    /// <summary>Any one of these capabilities unlocks the group; 0 is everybody.</summary>
    public ulong Capabilities { get; init; }
}
