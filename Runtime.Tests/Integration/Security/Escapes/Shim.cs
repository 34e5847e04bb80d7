using System.Security.Cryptography;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>The copy of rtinit that a daemon executes for every container, seen through the daemon's fds.</summary>
internal static class Shim
{
    /// <summary>Its sha-256; what an attack must not change.</summary>
    public static async Task<string> SumAsync(TestDaemon daemon)
    {
        string fd = Directory.EnumerateFileSystemEntries($"/proc/{daemon.Pid}/fd").Single(fd => new FileInfo(fd).LinkTarget?.StartsWith("/memfd:rtinit", StringComparison.Ordinal) == true);
        await using FileStream file = File.OpenRead(fd);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }

    /// <summary>Of the file that it was copied from.</summary>
    public static async Task<string> OriginalSumAsync()
    {
        await using FileStream file = File.OpenRead(Path.Combine(Tree.Dist, "rtinit"));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }
}
