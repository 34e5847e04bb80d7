using System.Globalization;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>What the daemon, with its supervisor if there is one, takes of the machine at one moment. Memory is in KiB, the disk in KiB, all else counted.</summary>
internal sealed record SoakSample(int Cycle, long Memory, int Fds, int Threads, long Disk, int Files, int Cgroups, int Mounts, int Links, int Processes)
{
    public static SoakSample Take(TestDaemon daemon, int cycle)
    {
        int[] pids = [.. daemon.Host.Processes()];
        (long disk, int files) = Walk(daemon.DataRoot);
        (long runDisk, int runFiles) = Walk(daemon.ExecRoot);
        return new SoakSample(
            cycle,
            pids.Sum(Pss),
            pids.Sum(pid => Count($"/proc/{pid}/fd")),
            pids.Sum(pid => Count($"/proc/{pid}/task")),
            disk + runDisk,
            files + runFiles,
            daemon.Host.CgroupDirectories.Sum(directory => TestHost.Cgroups(directory).Count()),
            File.ReadLines($"/proc/{daemon.Pid}/mountinfo").Count(),
            File.ReadLines($"/proc/{daemon.Pid}/net/dev").Count(),
            pids.Length);
    }

    /// <summary>What must not grow at all, by name.</summary>
    public IEnumerable<(string Name, long Value)> Counts() =>
        [("fds", Fds), ("threads", Threads), ("files", Files), ("cgroups", Cgroups), ("mounts", Mounts), ("links", Links), ("processes", Processes)];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cycle,6} cycles: {Memory,6} KiB PSS, {Fds} fds, {Threads} threads, {Disk} KiB in {Files} files, {Cgroups} cgroups, {Mounts} mounts, {Links} links, {Processes} processes");

    private static long Pss(int pid)
    {
        try
        {
            string line = File.ReadLines($"/proc/{pid}/smaps_rollup").FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal)) ?? "Pss: 0 kB";
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended.
            return 0;
        }
    }

    private static int Count(string directory)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(directory).Count();
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static (long KiB, int Files) Walk(string root)
    {
        EnumerationOptions everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        long bytes = 0;
        int files = 0;
        foreach (FileInfo file in new DirectoryInfo(root).EnumerateFiles("*", everything))
        {
            bytes += file.Length;
            files++;
        }

        return (bytes / 1024, files);
    }
}
