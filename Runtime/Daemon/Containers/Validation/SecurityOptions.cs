using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>A parsed <c>HostConfig.SecurityOpt</c>.</summary>
/// <param name="Seccomp">What was asked for: <see cref="Unconfined"/>, <see cref="Builtin"/>, or a profile in Docker's JSON format; null when nothing was.</param>
/// <param name="WritableCgroups">/sys/fs/cgroup may be written.</param>
internal sealed record SecurityOptions(bool NoNewPrivileges, string? Seccomp, bool WritableCgroups)
{
    public const string Unconfined = "unconfined";
    public const string Builtin = "builtin";

    /// <summary>A profile of the user's own.</summary>
    public string? SeccompProfile => Seccomp is Unconfined or Builtin ? null : Seccomp;

    /// <summary>Parses the options; what is not supported is an error, never ignored.</summary>
    public static SecurityOptions Parse(IReadOnlyList<string>? options, bool noNewPrivilegesByDefault)
    {
        SecurityOptions result = new(noNewPrivilegesByDefault, null, false);
        foreach (string option in options ?? [])
        {
            result = Apply(result, option);
        }

        return result;
    }

    private static SecurityOptions Apply(SecurityOptions so, string option)
    {
        // "=" is the separator; ":" was one before Docker 1.11 and old clients still send it.
        int separator = option.IndexOf('=') is >= 0 and int equals ? equals : option.IndexOf(':');
        string key = separator < 0 ? option : option[..separator];
        string value = separator < 0 ? "" : option[(separator + 1)..];
        return (key, value) switch
        {
            ("no-new-privileges", _) => so with { NoNewPrivileges = separator < 0 || Bool(option, value) },
            ("seccomp", Builtin or "default") => so with { Seccomp = Builtin },
            ("seccomp", _) => so with { Seccomp = value },
            ("writable-cgroups", _) => so with { WritableCgroups = Bool(option, value) },
            ("apparmor", "unconfined") or ("label", "disable") or ("systempaths", "unconfined") => so,
            ("apparmor", _) => throw Unsupported("AppArmor profiles are not supported: use apparmor=unconfined"),
            ("label", _) => throw Unsupported("SELinux labels are not supported: use label=disable"),
            _ when separator < 0 => throw EngineException.InvalidParameter($"invalid --security-opt 1: \"{option}\""),
            _ => throw EngineException.InvalidParameter($"invalid --security-opt 2: \"{option}\""),
        };
    }

    private static bool Bool(string option, string value) => value switch
    {
        "true" or "1" or "t" => true,
        "false" or "0" or "f" => false,
        _ => throw EngineException.InvalidParameter($"invalid --security-opt: \"{option}\""),
    };

    private static EngineException Unsupported(string message) => new(ErrorKind.NotImplemented, message);
}
