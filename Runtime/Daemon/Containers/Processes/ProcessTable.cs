using System.Globalization;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Processes;

/// <summary>
/// Lists processes as ps(1) does. It reads the host's procfs itself: running ps would execute a program, and one inside of the container
/// would be the container's own (podman CVE-2022-1227).
/// </summary>
internal sealed class ProcessTable
{
    public const string DefaultArguments = "-ef";

    private const int PtsMajorFirst = 136, PtsMajorLast = 143, ConsoleMajor = 4;

    private readonly DateTimeOffset _now;
    private readonly DateTimeOffset _boot;
    private readonly long _memory;
    private readonly Dictionary<uint, string> _users;

    /// <param name="boot">When the machine started.</param>
    /// <param name="memory">Bytes of memory of the machine.</param>
    /// <param name="users">Names of the host's users.</param>
    public ProcessTable(DateTimeOffset now, DateTimeOffset boot, long memory, Dictionary<uint, string> users) => (_now, _boot, _memory, _users) = (now, boot, memory, users);

    public static ProcessTable OfHost()
    {
        string bootLine = File.ReadLines("/proc/stat").First(line => line.StartsWith("btime ", StringComparison.Ordinal));
        string memoryLine = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        return new ProcessTable(
            DateTimeOffset.Now,
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(bootLine[6..], CultureInfo.InvariantCulture)),
            long.Parse(memoryLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024,
            ReadUsers("/etc/passwd"));
    }

    /// <summary>Throws for arguments other than <c>-ef</c> and <c>aux</c>.</summary>
    public static void Validate(string arguments)
    {
        if (!IsFull(arguments) && !IsUser(arguments))
        {
            throw EngineException.InvalidParameter($"ps arguments \"{arguments}\" are not supported: use -ef or aux");
        }
    }

    public ContainerTop Format(string arguments, IEnumerable<HostProcess> processes) => IsUser(arguments)
        ? new ContainerTop
        {
            Titles = ["USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND"],
            Processes = [.. processes.Select(UserRow)],
        }
        : new ContainerTop
        {
            Titles = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"],
            Processes = [.. processes.Select(FullRow)],
        };

    private static bool IsFull(string arguments) => arguments.Trim() is "-ef" or "ef" or "-e -f" or "-fe";

    private static bool IsUser(string arguments) => arguments.Trim() is "aux" or "-aux" or "axu";

    private static Dictionary<uint, string> ReadUsers(string path)
    {
        Dictionary<uint, string> users = [];
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint uid))
            {
                users.TryAdd(uid, fields[0]);
            }
        }

        return users;
    }

    private List<string> FullRow(HostProcess process) =>
    [
        User(process), Text(process.Pid), Text(process.Parent), Text((long)CpuShare(process)), Started(process), TerminalName(process.Terminal),
        TimeSpan.FromSeconds(process.CpuTicks / HostProcess.TicksPerSecond).ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture), process.Command,
    ];

    private List<string> UserRow(HostProcess process)
    {
        long seconds = process.CpuTicks / HostProcess.TicksPerSecond;
        return
        [
            User(process), Text(process.Pid), Percent(CpuShare(process)), Percent(100.0 * process.ResidentSize / _memory),
            Text(process.VirtualSize / 1024), Text(process.ResidentSize / 1024), TerminalName(process.Terminal), Status(process), Started(process),
            string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}"), process.Command,
        ];
    }

    private string User(HostProcess process) => _users.GetValueOrDefault(process.Uid) ?? Text(process.Uid);

    private DateTimeOffset StartTime(HostProcess process) => _boot.AddSeconds(process.StartTicks / (double)HostProcess.TicksPerSecond);

    /// <summary>Percent of one CPU over the process's life.</summary>
    private double CpuShare(HostProcess process)
    {
        double life = (_now - StartTime(process)).TotalSeconds;
        return life <= 0 ? 0 : Math.Min(100.0 * process.CpuTicks / HostProcess.TicksPerSecond / life, 999);
    }

    private string Started(HostProcess process)
    {
        DateTimeOffset start = StartTime(process).ToOffset(_now.Offset);
        string format = _now - start < TimeSpan.FromDays(1) && start.Date == _now.Date ? "HH:mm" : start.Year == _now.Year ? "MMMdd" : "yyyy";
        return start.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string TerminalName(int device)
    {
        // The kernel's own packing of dev_t in stat: minor in bits 0-7 and 20-31, major in 8-19.
        int major = (device >> 8) & 0xFFF;
        int minor = (device & 0xFF) | ((device >> 12) & 0xFFF00);
        return major switch
        {
            >= PtsMajorFirst and <= PtsMajorLast => string.Create(CultureInfo.InvariantCulture, $"pts/{((major - PtsMajorFirst) << 8) + minor}"),
            ConsoleMajor => string.Create(CultureInfo.InvariantCulture, $"tty{minor}"),
            _ => "?",
        };
    }

    private static string Status(HostProcess process)
    {
        string status = process.State.ToString();
        status += process.Nice < 0 ? "<" : process.Nice > 0 ? "N" : "";
        status += process.Session == process.Pid ? "s" : "";
        status += process.Threads > 1 ? "l" : "";
        return process.ForegroundGroup == process.Group ? status + "+" : status;
    }

    private static string Percent(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
