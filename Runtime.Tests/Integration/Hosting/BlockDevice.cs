namespace Rtd.Tests.Integration.Hosting;

/// <summary>The disk that the test hosts' files are on.</summary>
internal static class BlockDevice
{
    /// <summary>Its node, or null when the files are on no disk.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Major and minor number, as control files of cgroups have them.</summary>
    public static string Number { get; } = Path is null ? "" : File.ReadAllText($"/sys/class/block/{System.IO.Path.GetFileName(Path)}/dev").Trim();

    private static string? Find()
    {
        string? number = File.ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(' '))
            .Where(fields => "/var/tmp".StartsWith(fields[4].TrimEnd('/'), StringComparison.Ordinal))
            .OrderBy(fields => fields[4].Length)
            .LastOrDefault()?[2];
        string device = $"/sys/dev/block/{number}";
        if (number is null || !Directory.Exists(device))
        {
            return null;
        }

        // A partition has no queue of its own, its disk does.
        string real = Directory.ResolveLinkTarget(device, returnFinalTarget: true)!.FullName;
        string disk = File.Exists($"{real}/partition") ? System.IO.Path.GetDirectoryName(real)! : real;
        string node = $"/dev/{System.IO.Path.GetFileName(disk)}";
        return File.Exists(node) ? node : null;
    }
}
