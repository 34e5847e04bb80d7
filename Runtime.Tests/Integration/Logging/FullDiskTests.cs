using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Logging.JsonFile;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Integration.Cgroups;
using Xunit;

namespace Rtd.Tests.Integration.Logging;

/// <summary>A real file system that runs full, mounted nowhere: it lives in an fd.</summary>
public sealed class FullDiskTests
{
    [RootFact]
    public async Task A_short_write_leaves_whole_lines()
    {
        using SafeFileHandle disk = Libc.fsmount("tmpfs", "tmpfs", "size=64k", 0);
        string directory = $"/proc/self/fd/{disk.Fd()}";
        await using JsonFileLog log = new($"{directory}/c-json.log", new JsonFileOptions(null, 1));
        byte[] line = Encoding.ASCII.GetBytes(new string('x', 99) + "\n");
        const int lines = 1000;
        for (int i = 0; i < lines; i++)
        {
            log.Write(new LogMessage(OutputStream.Stdout, DateTimeOffset.UnixEpoch, line));
        }

        log.Flush();
        int kept = File.ReadAllLines(log.Path).Length;
        Assert.InRange(kept, 100, lines - 1);
        Assert.Equal(lines - kept, log.LostMessages);
        Assert.Contains("no space left on device", log.LastError);
        Assert.EndsWith("}\n", File.ReadAllText(log.Path));
    }

    [RootFact]
    public async Task Rotation_makes_room_on_a_full_disk()
    {
        using SafeFileHandle disk = Libc.fsmount("tmpfs", "tmpfs", "size=64k", 0);
        await using JsonFileLog log = new($"/proc/self/fd/{disk.Fd()}/c-json.log", new JsonFileOptions(16_000, 3));
        for (int i = 0; i < 5000; i++)
        {
            log.Write(new LogMessage(OutputStream.Stdout, DateTimeOffset.UnixEpoch, Encoding.ASCII.GetBytes($"line {i}\n")));
            log.Flush();
        }

        Assert.Equal(0, log.LostMessages);
        Assert.Contains("line 4999", File.ReadLines(log.Path).Last());
    }
}
