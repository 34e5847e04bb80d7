using System.Diagnostics;
using Xunit.Sdk;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>A daemon under test inside a <see cref="TestHost"/>: started as a user does, by its command line, and ready when it says so by sd_notify.</summary>
internal sealed class TestDaemon(TestHost host) : IAsyncDisposable
{
    private Process? _process;
    private int? _successor;

    public TestHost Host => host;

    public string Socket { get; } = Path.Combine(host.Root, "rtd.sock");

    public string DataRoot { get; } = Path.Combine(host.Root, "data");

    public string ExecRoot { get; } = Path.Combine(host.Root, "run");

    public string Pidfile { get; } = Path.Combine(host.Root, "rtd.pid");

    public string ConfigFile { get; } = Path.Combine(host.Root, "daemon.json");

    public string LogFile { get; } = Path.Combine(host.Root, "daemon.log");

    /// <summary>The daemon's pid on the machine.</summary>
    public int Pid => _successor ?? (_process ?? throw new InvalidOperationException("the daemon was not started")).Id;

    public bool IsRunning => _successor is { } pid ? IsAlive(pid) : _process is { HasExited: false };

    /// <summary>Started as by a service manager, which itself starts it again when it has died.</summary>
    public bool IsManaged { get; set; }

    /// <summary>How many sandboxes of a kind it keeps ready. None, unless a test is about them: what is prepared comes and goes by itself, as a leak would.</summary>
    public int PreparedSandboxes { get; init; } = Tree.PreparedSandboxes;

    /// <summary>On top of what the tests have.</summary>
    /// <summary>Signals by name that whoever starts it has ignored, as nohup does and a shell that starts it in the background.</summary>
    public string Ignored { get; init; } = "";

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>All the daemon has written so far.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    /// <summary>
    /// The command line without the flags of one start. The named hierarchy that quickens moves is left to the tests of it: while one daemon makes it,
    /// no crun starts on this machine (it looks for every line of /proc/self/cgroup below /sys/fs/cgroup).
    /// </summary>
    public IReadOnlyList<string> CommandLine =>
    [
        .. Tree.DaemonCommand,
        "--data-root", DataRoot, "--exec-root", ExecRoot, "--pidfile", Pidfile, "--config-file", ConfigFile,
        "-H", $"unix://{Socket}", "--cgroup-parent", host.CgroupParent, "--cgroup-favordynmods=false",
        "--prepared-sandboxes", PreparedSandboxes.ToString(System.Globalization.CultureInfo.InvariantCulture),
    ];

    public async Task StartAsync(params string[] flags)
    {
        if (!File.Exists(ConfigFile))
        {
            await File.WriteAllTextAsync(ConfigFile, "{}");
        }

        _successor = null;
        using ReadySocket ready = new(Path.Combine(host.Root, "notify"));
        using CancellationTokenSource patience = new(Command.Patience);
        _process = Launch([.. CommandLine, .. flags], ready.Path);
        Task ended = _process.WaitForExitAsync(patience.Token);
        Task first = await Task.WhenAny(ready.WaitAsync(patience.Token), ended);
        if (first == ended || patience.IsCancellationRequested)
        {
            throw new XunitException($"the daemon did not get ready ({(_process.HasExited ? $"exit code {_process.ExitCode}" : "it hangs")})\n{Log}");
        }
    }

    /// <summary>Runs a daemon that is expected to refuse and end at once, in this daemon's place or beside it.</summary>
    public async Task<CommandResult> RefuseAsync(params string[] flags) =>
        await Command.RunAsync(host.InsideAndOwned([.. CommandLine, .. flags]), patience: TimeSpan.FromSeconds(30));

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync()
    {
        _ = Libc.kill(Pid, Libc.SIGTERM);
        return await EndAsync();
    }

    /// <summary>As a crash: no handler runs.</summary>
    public async Task KillAsync()
    {
        _ = Libc.kill(Pid, Libc.SIGKILL);
        await EndAsync();
    }

    /// <summary>As a crash, after which the supervisor starts the daemon again; returns when that one is ready.</summary>
    public async Task KillAndFollowAsync()
    {
        int killed = Pid;
        using ReadySocket ready = new(Path.Combine(host.Root, "notify"));
        using CancellationTokenSource patience = new(Command.Patience);
        await KillAsync();
        try
        {
            await ready.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new XunitException($"the supervisor did not start the daemon again\n{Log}");
        }

        _successor = int.Parse(await File.ReadAllTextAsync(Pidfile), System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotEqual(killed, _successor);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            _ = Libc.kill(Pid, Libc.SIGTERM);
            await EndAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    private Process Launch(IReadOnlyList<string> command, string notifySocket)
    {
        // The daemon's output goes straight to a file: a pipe could fill, or keep a reader waiting for a container that inherited it.
        ProcessStartInfo info = new("sh", ["-c", $"{(Ignored.Length > 0 ? $"trap '' {Ignored}; " : "")}log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", LogFile, .. host.InsideAndOwned(command)]);
        info.Environment["NOTIFY_SOCKET"] = notifySocket;
        if (IsManaged)
        {
            info.Environment["INVOCATION_ID"] = "test";
        }

        info.Environment["RTD_CANARY_OF_DAEMON"] = "must not be seen in a container";
        foreach ((string name, string value) in Environment)
        {
            info.Environment[name] = value;
        }

        return Process.Start(info)!;
    }

    private static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && File.ReadAllText($"/proc/{pid}/stat") is var stat && stat[stat.LastIndexOf(')') + 2] != 'Z';

    private async Task<int> EndAsync()
    {
        if (_successor is { } pid)
        {
            await Eventually.HoldsAsync("the daemon has ended", () => !IsAlive(pid), () => Log);
            return 0;
        }

        try
        {
            await _process!.WaitForExitAsync().WaitAsync(Command.Patience);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            _ = Libc.kill(Pid, Libc.SIGKILL);
            throw new XunitException($"the daemon does not stop\n{Log}");
        }
    }
}
