using System.Globalization;
using System.Text;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Processes;

/// <summary>A process of the host as procfs shows it at one moment (proc(5)).</summary>
internal sealed record HostProcess
{
    /// <summary>USER_HZ, which is 100 on every architecture we run on.</summary>
    public const int TicksPerSecond = 100;

    /// <summary>As much of a command line as is shown; a process can make its own arbitrarily long.</summary>
    private const int MaximumCommand = 4096;

    public required int Pid { get; init; }

    public required char State { get; init; }

    public required int Parent { get; init; }

    public required int Group { get; init; }

    public required int Session { get; init; }

    public required int Terminal { get; init; }

    public required int ForegroundGroup { get; init; }

    /// <summary>User and system time, clock ticks.</summary>
    public required long CpuTicks { get; init; }

    public required int Nice { get; init; }

    public required int Threads { get; init; }

    /// <summary>Clock ticks since boot.</summary>
    public required ulong StartTicks { get; init; }

    /// <summary>Bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Bytes.</summary>
    public required long ResidentSize { get; init; }

    public required uint Uid { get; init; }

    /// <summary>Arguments with spaces, or the name in brackets when there are none.</summary>
    public required string Command { get; init; }

    /// <summary>Reads a process; null when it is gone.</summary>
    public static HostProcess? Read(int pid)
    {
        string directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        try
        {
            string stat = File.ReadAllText(directory + "/stat");
            return Libc.try_statx(Libc.AT_FDCWD, directory, 0, out Libc.statx_t owner) == 0 ? Parse(pid, stat, owner.stx_uid, ReadCommand(directory)) : null;
        }
        catch (IOException)
        {
            return null; // ESRCH or ENOENT: it ended while we looked
        }
    }

    /// <summary>Parses a stat line; the name in brackets may itself hold brackets and spaces.</summary>
    public static HostProcess Parse(int pid, string stat, uint uid, string command)
    {
        int open = stat.IndexOf('(');
        int close = stat.LastIndexOf(')');
        string[] fields = stat[(close + 2)..].Split(' ');
        return new HostProcess
        {
            Pid = pid,
            State = fields[0][0],
            Parent = (int)Number(fields[1]),
            Group = (int)Number(fields[2]),
            Session = (int)Number(fields[3]),
            Terminal = (int)Number(fields[4]),
            ForegroundGroup = (int)Number(fields[5]),
            CpuTicks = Number(fields[11]) + Number(fields[12]),
            Nice = (int)Number(fields[16]),
            Threads = (int)Number(fields[17]),
            StartTicks = ulong.Parse(fields[19], CultureInfo.InvariantCulture),
            VirtualSize = (long)Math.Min(ulong.Parse(fields[20], CultureInfo.InvariantCulture), long.MaxValue),
            ResidentSize = Number(fields[21]) * Environment.SystemPageSize,
            Uid = uid,
            Command = command.Length > 0 ? command : $"[{stat[(open + 1)..close]}]",
        };
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    private static string ReadCommand(string directory)
    {
        using FileStream file = File.OpenRead(directory + "/cmdline");
        byte[] buffer = new byte[MaximumCommand];
        int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\0').Replace('\0', ' ');
    }
}
