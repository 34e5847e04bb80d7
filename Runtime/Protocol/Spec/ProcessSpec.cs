namespace Rtd.Protocol.Spec;

/// <summary>The user's process: what rtinit becomes at the end. Shared by run and exec.</summary>
internal sealed record ProcessSpec
{
    /// <summary>argv; the first is looked up in PATH of <see cref="Environment"/> unless it has a slash.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>NAME=value, in order. rtinit adds HOME from the image's passwd when it is missing.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Absolute; made (0755, root) when missing, as Docker does, for run only.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Docker's user string: "", name, uid, name:group, uid:gid. Digits are numbers and never looked up as names.</summary>
    public string User { get; init; } = "";

    /// <summary><c>--group-add</c>: names or numbers.</summary>
    public IReadOnlyList<string> AdditionalGroups { get; init; } = [];

    /// <summary>A pseudo terminal of the container's own devpts becomes stdio and controlling terminal; its master travels up the sync socket.</summary>
    public bool Terminal { get; init; }

    /// <summary>Initial terminal size; 0 leaves the kernel's.</summary>
    public ushort ConsoleHeight { get; init; }

    public ushort ConsoleWidth { get; init; }

    public IReadOnlyList<RlimitSpec> Rlimits { get; init; } = [];

    public required CapabilitySpec Capabilities { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary>−1000 … 1000, or null to leave as inherited.</summary>
    public int? OomScoreAdjust { get; init; }

    /// <summary>A compiled BPF program (struct sock_filter[]) for SECCOMP_SET_MODE_FILTER; empty means unconfined.</summary>
    public byte[] SeccompFilter { get; init; } = [];

    /// <summary>The AppArmor profile that the command runs in from its execve on; empty means unconfined.</summary>
    public string AppArmorProfile { get; init; } = "";

    /// <summary>The session keyring that all processes of the container have, instead of the daemon's; empty leaves that.</summary>
    public string SessionKeyring { get; init; } = "";

    /// <summary>Stay as a reaping pid 1 (<c>--init</c>); run only.</summary>
    public bool Init { get; init; }
}
