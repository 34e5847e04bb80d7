using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Validation;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>The parts of a process spec that run and exec share.</summary>
internal static class ProcessBuilder
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Docker's order: PATH, HOSTNAME, TERM for a terminal, links, then the container's own, which replace in place; an entry without "=" removes.</summary>
    public static IReadOnlyList<string> Environment(string hostname, bool tty, IReadOnlyList<string> links, IReadOnlyList<string>? own)
    {
        List<string> environment = [DefaultPath, "HOSTNAME=" + hostname];
        if (tty)
        {
            environment.Add("TERM=xterm");
        }

        environment.AddRange(links);
        return Override(environment, own);
    }

    /// <summary>Named as runc names it.</summary>
    public static string SessionKeyring(string containerId) => "_ses." + containerId;

    public static IReadOnlyList<string> Override(IReadOnlyList<string> environment, IReadOnlyList<string>? changes)
    {
        List<string> result = [.. environment];
        foreach (string entry in changes ?? [])
        {
            int equals = entry.IndexOf('=');
            string prefix = (equals < 0 ? entry : entry[..equals]) + "=";
            int known = result.FindIndex(old => old.StartsWith(prefix, StringComparison.Ordinal));
            if (equals < 0)
            {
                result.RemoveAll(old => old.StartsWith(prefix, StringComparison.Ordinal));
            }
            else if (known >= 0)
            {
                result[known] = entry;
            }
            else
            {
                result.Add(entry);
            }
        }

        return result;
    }

    /// <summary>Limits by number, the container's own over the daemon's.</summary>
    public static IReadOnlyList<RlimitSpec> Rlimits(IReadOnlyList<Ulimit> defaults, IReadOnlyList<Ulimit>? own)
    {
        SortedDictionary<int, RlimitSpec> limits = [];
        foreach (Ulimit limit in defaults.Concat(own ?? []))
        {
            int resource = RlimitNames.Parse(limit.Name);
            limits[resource] = new RlimitSpec(resource, unchecked((ulong)limit.Soft), unchecked((ulong)limit.Hard));
        }

        return [.. limits.Values];
    }

    public static (ushort Height, ushort Width) ConsoleSize(IReadOnlyList<int>? size) =>
        size is [var height and >= 0 and <= ushort.MaxValue, var width and >= 0 and <= ushort.MaxValue] ? ((ushort)height, (ushort)width) : default;
}
