using Rtd.Daemon.Errors;
using Rtd.Protocol.Mounts;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Checks and cleans the paths of mounts.</summary>
internal static class MountPaths
{
    /// <summary>An absolute path without ".", ".." and double slashes; resolved as text only.</summary>
    public static string Clean(string path, string subject)
    {
        if (path.Contains('\0') || !path.StartsWith('/'))
        {
            throw EngineException.InvalidParameter($"{subject}: invalid mount path: '{path.Replace("\0", "\\0", StringComparison.Ordinal)}' mount path must be absolute");
        }

        string clean = Path.GetFullPath(path);
        return clean.Length > 1 ? clean.TrimEnd('/') : clean;
    }

    /// <summary>A destination inside the container.</summary>
    /// <param name="source">Host path of a bind; "" for other mounts.</param>
    public static string CleanDestination(string path, string source, string subject)
    {
        string clean = Clean(path, subject);
        if (clean == "/")
        {
            throw EngineException.InvalidParameter($"{subject}: invalid specification: destination can't be '/'");
        }

        // The host's procfs in place of the container's own shows more, and hides nothing.
        bool allowed = source.Length > 0 && (ProcTargets.MayBeReplaced(clean) || (clean == "/proc" && source == "/proc"));
        if (ProcTargets.Contains(clean) && !allowed)
        {
            throw EngineException.InvalidParameter($"{subject}: \"{clean}\" cannot be mounted because it is inside /proc");
        }

        if (source.Length == 0 && clean == "/sys")
        {
            throw EngineException.InvalidParameter($"{subject}: \"{clean}\" cannot be covered");
        }

        return clean;
    }
}
