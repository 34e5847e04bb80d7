using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Which sysctls a container may set: those that belong to a namespace of its own.</summary>
internal static class SysctlRules
{
    private static readonly HashSet<string> s_ipc =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    public static void Validate(IReadOnlyDictionary<string, string>? sysctls, bool ownNetwork, bool ownIpc, bool ownUts)
    {
        foreach (string given in (sysctls ?? new Dictionary<string, string>()).Keys)
        {
            // sysctl(8) takes slashes as well, then with dots inside a name (an interface eth0.1).
            string name = Normalize(given);
            if (!IsWellFormed(name))
            {
                throw EngineException.InvalidParameter($"invalid sysctl: {given}");
            }

            Check(name, given, ownNetwork, ownIpc, ownUts);
        }
    }

    /// <summary>The dotted form that the kernel's tree is walked by.</summary>
    public static string Normalize(string name) => name.IndexOf('/') is >= 0 and int slash && (name.IndexOf('.') is var dot && (dot < 0 || slash < dot))
        ? name.Replace('.', '\u0001').Replace('/', '.').Replace('\u0001', '/')
        : name;

    /// <summary>No empty parts, and no part that is a directory's own or parent's name once it is a path.</summary>
    private static bool IsWellFormed(string name) =>
        name.AsSpan().IndexOfAny('\0', '\n') < 0 && name.Split('.').All(part => part.Length > 0 && part.AsSpan().IndexOfAnyExcept('/') >= 0);

    private static void Check(string name, string given, bool ownNetwork, bool ownIpc, bool ownUts)
    {
        bool ipc = s_ipc.Contains(name) || name.StartsWith("fs.mqueue.", StringComparison.Ordinal);
        bool network = name.StartsWith("net.", StringComparison.Ordinal);
        bool uts = name == "kernel.domainname";
        if (!ipc && !network && !uts)
        {
            throw EngineException.InvalidParameter($"sysctl \"{given}\" is not in a separate kernel namespace");
        }

        if ((ipc && !ownIpc) || (network && !ownNetwork) || (uts && !ownUts))
        {
            throw EngineException.InvalidParameter($"sysctl \"{given}\" not allowed in host {(ipc ? "ipc" : network ? "network" : "uts")} namespace");
        }
    }
}
