using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Security.Mounts;

/// <summary>What an escape would change on the host: a directory with a file in it, the mount table, global settings of the kernel. It knows how they were.</summary>
internal sealed class HostCanary
{
    private const string Content = "canary\n";

    private readonly TestDaemon _daemon;
    private readonly string _mounts;
    private readonly string _corePattern;
    private readonly DateTime _modified;

    private HostCanary(TestDaemon daemon, string directory, string mounts)
    {
        _daemon = daemon;
        Directory = directory;
        _mounts = mounts;
        _corePattern = CorePattern();
        _modified = System.IO.Directory.GetLastWriteTimeUtc(directory);
    }

    /// <summary>Where attacks are led to.</summary>
    public string Directory { get; }

    public static async Task<HostCanary> PlaceAsync(TestDaemon daemon)
    {
        string directory = System.IO.Directory.CreateDirectory(Path.Combine(daemon.Host.Root, "canary")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "file"), Content);
        return new HostCanary(daemon, directory, await MountsAsync(daemon));
    }

    /// <summary>Everything is as it was, and the daemon answers; then the canary goes.</summary>
    public async Task IsUntouchedAsync(EngineApi api)
    {
        Assert.Equal(["file"], System.IO.Directory.EnumerateFileSystemEntries(Directory).Select(Path.GetFileName));
        Assert.Equal(Content, await File.ReadAllTextAsync(Path.Combine(Directory, "file")));
        Assert.Equal(_modified, System.IO.Directory.GetLastWriteTimeUtc(Directory));
        Assert.Equal(_mounts, await MountsAsync(_daemon));
        Assert.Equal(_corePattern, CorePattern());
        await api.PingAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static string CorePattern() => File.ReadAllText("/proc/sys/kernel/core_pattern");

    private static async Task<string> MountsAsync(TestDaemon daemon) => (await daemon.Host.RunAsync("cat", $"/proc/{daemon.Pid}/mountinfo")).Exits(0).Stdout;
}
