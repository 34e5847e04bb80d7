namespace Rtd.Daemon.Startup;

/// <summary>Which control files the host's cgroup hierarchy offers, v1 or v2.</summary>
internal sealed class CgroupFiles(string root)
{
    /// <summary>On v2 the files are those of cgroups below the root; any child of it will do.</summary>
    private readonly string? _v2Child = File.Exists(Path.Combine(root, "cgroup.controllers"))
        ? Directory.EnumerateDirectories(root).FirstOrDefault(path => File.Exists(Path.Combine(path, "cgroup.procs"))) ?? root
        : null;

    /// <summary>Whether a controller can be used and has a file.</summary>
    /// <param name="v1File">The file in the v1 controller's root; the empty string when the controller itself is enough.</param>
    /// <param name="v2File">The file in a v2 cgroup; null when v2 has no such thing.</param>
    public bool Has(string controller, string v1File, string? v2File) => _v2Child is not null
        ? v2File is not null && File.Exists(Path.Combine(_v2Child, v2File))
        : Path.Exists(Path.Combine(root, controller, v1File));
}
