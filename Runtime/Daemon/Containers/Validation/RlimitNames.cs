using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Numbers of the resource limits (<c>asm-generic/resource.h</c>) by the names that <c>--ulimit</c> takes.</summary>
internal static class RlimitNames
{
    private static readonly Dictionary<string, int> s_numbers = new()
    {
        ["cpu"] = 0,
        ["fsize"] = 1,
        ["data"] = 2,
        ["stack"] = 3,
        ["core"] = 4,
        ["rss"] = 5,
        ["nproc"] = 6,
        ["nofile"] = 7,
        ["memlock"] = 8,
        ["as"] = 9,
        ["locks"] = 10,
        ["sigpending"] = 11,
        ["msgqueue"] = 12,
        ["nice"] = 13,
        ["rtprio"] = 14,
        ["rttime"] = 15,
    };

    /// <summary>The name behind RLIMIT_, such as NOFILE.</summary>
    public static string NameOf(int number) => s_numbers.First(entry => entry.Value == number).Key.ToUpperInvariant();

    public static int Parse(string name) => s_numbers.TryGetValue(name.ToLowerInvariant(), out int number)
        ? number
        : throw EngineException.InvalidParameter($"invalid ulimit type: {name}");
}
