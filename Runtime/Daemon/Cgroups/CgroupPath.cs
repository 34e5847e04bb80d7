using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Cgroups;

/// <summary>Checks and resolves cgroup paths, which come from clients (<c>--cgroup-parent</c>).</summary>
internal static class CgroupPath
{
    /// <summary>The path without empty components. Throws for one that could leave the hierarchy or hit a control file.</summary>
    public static string Normalize(string path)
    {
        string[] components = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (components.Length == 0 || components.Any(IsUnfit))
        {
            throw EngineException.InvalidParameter($"invalid cgroup path \"{path}\"");
        }

        return (path[0] == '/' ? "/" : "") + string.Join('/', components);
    }

    /// <summary>The directory of a normalized path: from the hierarchy's root when it starts with a slash, otherwise below <paramref name="own"/>.</summary>
    public static string Resolve(string mountPoint, string own, string path)
    {
        string below = path[0] == '/' ? path : own.TrimEnd('/') + "/" + path;
        return mountPoint.TrimEnd('/') + below;
    }

    private static bool IsUnfit(string component) =>
        component is "." or ".." || component.Length > 200 || component.StartsWith("cgroup.", StringComparison.Ordinal) || component.Any(char.IsControl);
}
