using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>A parsed <c>HostConfig.SecurityOpt</c>.</summary>
/// <param name="Seccomp">What was asked for: <see cref="Unconfined"/>, <see cref="Builtin"/>, or a profile in Docker's JSON format; null when nothing was.</param>
/// <param name="AppArmor">The profile that was asked for, or <see cref="Unconfined"/>; null when nothing was.</param>
/// <param name="Labels">Options of SELinux labels, as given.</param>
/// <param name="WritableCgroups">/sys/fs/cgroup may be written.</param>
internal sealed record SecurityOptions(bool NoNewPrivileges, string? Seccomp, string? AppArmor, IReadOnlyList<string> Labels, bool WritableCgroups)
{
    public const string Unconfined = "unconfined";
    public const string Builtin = "builtin";

    /// <summary>A profile of the user's own.</summary>
    public string? SeccompProfile => Seccomp is Unconfined or Builtin ? null : Seccomp;

    /// <summary>Parses the options; what is not supported is an error, never ignored.</summary>
    public static SecurityOptions Parse(IReadOnlyList<string>? options, bool noNewPrivilegesByDefault)
    {
        SecurityOptions result = new(noNewPrivilegesByDefault, null, null, [], false);
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
            ("systempaths", "unconfined") => so,
            ("apparmor", _) when value.Length > 0 && IsProfileName(value) => so with { AppArmor = value },
            ("label", "disable") => so,
            ("label", _) when IsLabel(value) => so with { Labels = [.. so.Labels, value] },
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

    /// <summary>It is written to a file of the kernel's, behind a word and a blank.</summary>
    private static bool IsProfileName(string value) => value.AsSpan().IndexOfAny(" \t\r\n\0") < 0;

    private static bool IsLabel(string value) =>
        new[] { "user:", "role:", "type:", "level:", "filetype:" }.Any(kind => value.StartsWith(kind, StringComparison.Ordinal) && value.Length > kind.Length) || value == "nested";
}
