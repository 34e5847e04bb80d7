namespace Rtd.Tests.Integration.Hosting;

/// <summary>What the integration tests need of the machine.</summary>
internal static class Prerequisites
{
    private static readonly string[] s_programs = ["docker", "busybox", "ip", "nft", "nsenter", "unshare", "tar", "bzip2", "xz", "python3"];

    /// <summary>What is missing, as the reason to skip with; null when all is there.</summary>
    public static string? Missing { get; } = FindMissing();

    /// <summary>The full path of a program in PATH, or null.</summary>
    public static string? Which(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Append("/usr/sbin")
            .Append("/sbin")
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    private static string? FindMissing()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root";
        }

        string[] missing = [.. s_programs.Where(program => Which(program) is null)];
        if (missing.Length > 0)
        {
            return $"not installed: {string.Join(", ", missing)}";
        }

        if (Tree.IsOwnDaemon && new[] { "rtd", "rtctl", "rtinit" }.Any(binary => !File.Exists(Path.Combine(Tree.Dist, binary))))
        {
            return $"no published binaries in {Tree.Dist}: run scripts/build";
        }

        return Directory.Exists("/sys/fs/cgroup/pids") || File.Exists("/sys/fs/cgroup/cgroup.controllers") ? null : "no cgroups under /sys/fs/cgroup";
    }
}
