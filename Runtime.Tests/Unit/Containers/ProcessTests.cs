using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Processes;
using Rtd.Daemon.Errors;

namespace Rtd.Tests.Unit.Containers;

public sealed class ProcessTests
{
    private const string Stat = "42 (a) b(c) S 1 42 42 34817 42 4194560 100 0 0 0 150 50 0 0 20 0 1 0 12345600 4096000 250 18446744073709551615";

    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 15, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Stat_is_read_with_any_name()
    {
        HostProcess process = HostProcess.Parse(42, Stat, 1000, "");
        Assert.Equal(('S', 1, 42, 200L, 12345600UL), (process.State, process.Parent, process.Session, process.CpuTicks, process.StartTicks));
        Assert.Equal("[a) b(c]", process.Command);
    }

    [Fact]
    public void Full_columns()
    {
        ContainerTop top = Table().Format("-ef", [HostProcess.Parse(42, Stat, 1000, "sleep 1d")]);
        Assert.Equal(["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"], top.Titles);
        Assert.Equal(["joe", "42", "1", "0", "14:00", "pts/1", "00:00:02", "sleep 1d"], Assert.Single(top.Processes));
    }

    [Fact]
    public void User_columns()
    {
        ContainerTop top = Table().Format("aux", [HostProcess.Parse(42, Stat, 7, "sleep 1d")]);
        Assert.Equal(["USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND"], top.Titles);
        List<string> row = Assert.Single(top.Processes);
        Assert.Equal(["7", "42", "0.1"], row[..3]);
        Assert.Equal(["4000", (250 * Environment.SystemPageSize / 1024).ToString(), "pts/1", "Ss+", "14:00", "0:02", "sleep 1d"], row[4..]);
    }

    [Theory]
    [InlineData("-o pid,cmd")]
    [InlineData("-ef; reboot")]
    public void Other_arguments_are_refused(string arguments) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => ProcessTable.Validate(arguments)).Kind);

    [Fact]
    public void Own_process_is_found()
    {
        HostProcess? own = HostProcess.Read(Environment.ProcessId);
        Assert.NotNull(own);
        Assert.Equal(Environment.ProcessId, own.Pid);
        Assert.NotEmpty(ProcessTable.OfHost().Format("-ef", [own]).Processes[0][7]);
        Assert.Null(HostProcess.Read(int.MaxValue));
    }

    /// <summary>A machine up for a day and 10 h 17 min 36 s, whose process began an hour ago.</summary>
    private static ProcessTable Table() => new(s_now, s_now.AddHours(-1).AddSeconds(-123456), 4L << 30, new() { [1000] = "joe" });
}
