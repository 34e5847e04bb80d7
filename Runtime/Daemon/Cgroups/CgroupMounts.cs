using System.Text;

namespace Rtd.Daemon.Cgroups;

/// <summary>Finds the cgroup hierarchies in /proc/self/mountinfo, proc_pid_mountinfo(5).</summary>
internal static class CgroupMounts
{
    /// <summary>Mount options of cgroup v1 that are no controllers, cgroup(7).</summary>
    private static readonly HashSet<string> s_options = new(StringComparer.Ordinal)
    {
        "rw", "ro", "none", "all", "clone_children", "noprefix", "xattr", "cpuset_v2_mode", "favordynmods", "nofavordynmods",
    };

    /// <summary>One entry per hierarchy: of several mounts of the same one (bind mounts), the one that shows most of it.</summary>
    public static IReadOnlyList<CgroupMount> Parse(string mountinfo)
    {
        List<CgroupMount> mounts = [];
        foreach (string line in mountinfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            CgroupMount? mount = ParseLine(line);
            if (mount is null)
            {
                continue;
            }

            int known = mounts.FindIndex(other => other.Version == mount.Version && other.Controllers.SequenceEqual(mount.Controllers));
            if (known < 0)
            {
                mounts.Add(mount);
            }
            else if (mount.Root.Length < mounts[known].Root.Length)
            {
                mounts[known] = mount;
            }
        }

        return mounts;
    }

    /// <summary><c>31 23 0:28 ROOT MOUNTPOINT options [tag …] - type source superoptions</c>.</summary>
    private static CgroupMount? ParseLine(string line)
    {
        int separator = line.IndexOf(" - ", StringComparison.Ordinal);
        if (separator < 0)
        {
            return null;
        }

        string[] left = line[..separator].Split(' ');
        string[] right = line[(separator + 3)..].Split(' ');
        if (left.Length < 6 || right.Length < 3)
        {
            return null;
        }

        return right[0] switch
        {
            "cgroup2" => new CgroupMount(2, Unescape(left[4]), Unescape(left[3]), []),
            "cgroup" => new CgroupMount(1, Unescape(left[4]), Unescape(left[3]), Controllers(right[2])),
            _ => null,
        };
    }

    private static string[] Controllers(string superOptions) =>
        superOptions.Split(',').Where(option => !s_options.Contains(option) && !option.StartsWith("release_agent=", StringComparison.Ordinal)).ToArray();

    /// <summary>Space, tab, newline and backslash are written as three octal digits.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\'))
        {
            return field;
        }

        StringBuilder result = new();
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                result.Append((char)(((field[i + 1] - '0') * 64) + ((field[i + 2] - '0') * 8) + (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                result.Append(field[i]);
            }
        }

        return result.ToString();
    }
}
