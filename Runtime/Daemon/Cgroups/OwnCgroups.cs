namespace Rtd.Daemon.Cgroups;

/// <summary>The cgroups that this process is in, from /proc/self/cgroup (<c>4:memory:/path</c>, v2 <c>0::/path</c>).</summary>
internal sealed class OwnCgroups
{
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    public OwnCgroups(string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length != 3)
            {
                continue;
            }

            foreach (string controller in fields[1].Split(','))
            {
                _paths[controller] = fields[2];
            }
        }
    }

    /// <summary>Our cgroup in a hierarchy, as a path below its mount point.</summary>
    public string Below(CgroupMount mount)
    {
        string path = _paths.GetValueOrDefault(mount.Version == 2 ? "" : mount.Controllers[0], "/");
        if (mount.Root == "/" || path == "/")
        {
            return path;
        }

        // The mount shows only a part of the hierarchy; outside of it we have no place of our own.
        return path == mount.Root || path.StartsWith(mount.Root + "/", StringComparison.Ordinal) ? "/" + path[mount.Root.Length..].TrimStart('/') : "/";
    }
}
