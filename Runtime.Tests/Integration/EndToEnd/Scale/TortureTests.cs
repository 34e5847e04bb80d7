using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Conformance;
using Rtd.Tests.Integration.EndToEnd.Images;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>kill -9 of the daemon at random moments under load: what was answered is so, no line of a log is lost or doubled, nothing is left.</summary>
public sealed class TortureTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private readonly ITestOutputHelper _output = output;

    /// <summary>Containers that were started, with the code they end with.</summary>
    private readonly ConcurrentDictionary<string, int> _started = [];

    /// <summary>Of those the ones whose removal a kill has cut off: they are there or not.</summary>
    private readonly ConcurrentDictionary<string, bool> _half = [];

    private readonly ConcurrentDictionary<string, int> _answers = [];
    private readonly ConcurrentBag<string> _lies = [];

    /// <summary>Completed while a daemon answers.</summary>
    private volatile TaskCompletionSource _answering = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _number;
    private bool _liveRestore;
    private string _pulled = "";

    [RegistryFact]
    public Task Killed_under_load() => SurvivesAsync(liveRestore: false);

    [RegistryFact]
    public Task Killed_under_load_with_live_restore() => SurvivesAsync(liveRestore: true);

    private async Task SurvivesAsync(bool liveRestore)
    {
        int seed = Amount.Seed;
        _liveRestore = liveRestore;
        Random random = new(seed);
        using RegistryServer registry = await RegistryServer.StartAsync(Host, "127.0.0.1:5000");
        _pulled = $"{registry.Address}/pulled:1";
        await LoadAsync(ImageArchive.DockerSave(_pulled, ImageArchive.Tar([ImageArchive.File("pulled", RandomNumberGenerator.GetBytes(2_000_000))])));
        (await DockerAsync("push", _pulled)).Exits(0);
        (await DockerAsync("rmi", _pulled)).Exits(0);
        await RestartAsync(liveRestore ? "{\"live-restore\":true}" : "{}");
        const string Flood = "i=0; while :; do i=$((i+1)); echo out $i; echo err $i >&2; [ $((i%20)) = 0 ] && sleep 0.02; done";
        string[] writers = ["writer-1", "writer-2"];
        foreach (string writer in writers)
        {
            await StartAsync(Flood, "--name", writer, "--restart", "always", "--log-opt", "max-size=1g");
        }

        // Without live restore every kill has all of them started again.
        int crowd = Amount.Torture < 100 || !liveRestore ? 5 : 100;
        for (int number = 0; number < crowd; number++)
        {
            await StartAsync("sleep 1000000", "--name", $"crowd-{number}", "--restart", "always");
        }

        using CancellationTokenSource enough = new();
        Dictionary<string, Func<int, Task<bool>>> kinds = new()
        {
            ["run --rm"] = RunAndRemoveAsync,
            ["run -d"] = RunDetachedAsync,
            ["rm"] = RemoveAsync,
            ["pull"] = PullAsync,
            ["exec"] = ExecAsync,
            ["network"] = NetworkAsync,
            ["load"] = LoadImageAsync,
        };
        _answering.SetResult();
        List<Task> load = [.. kinds.Select(kind => LoadAsync(kind.Key, kind.Value, enough.Token))];
        List<double> restarts = [], pings = [];
        for (int kill = 0; kill < Amount.Torture; kill++)
        {
            await Task.Delay(random.Next(1500));
            _answering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await Daemon.KillAsync();
            Stopwatch watch = Stopwatch.StartNew();
            Task<double> ping = FirstPingAsync(watch);
            await Daemon.StartAsync();
            restarts.Add(watch.Elapsed.TotalMilliseconds);
            pings.Add(await ping);
            if (load.Exists(task => task.IsFaulted))
            {
                await enough.CancelAsync();
                await Task.WhenAll(load);
            }

            if (liveRestore)
            {
                Assert.All(writers, writer => Assert.Equal("running", (string?)StateOf(writer)["Status"]));
            }
        }

        // What hangs is cut off by the next kill, and would not be noticed before the last.
        IReadOnlyDictionary<string, int> answered = new Dictionary<string, int>(_answers);
        await Eventually.HoldsAsync(
            "all kinds of work are done after the last kill",
            () => load.Exists(task => task.IsFaulted) || kinds.Keys.All(kind => _answers.GetValueOrDefault(kind) > answered.GetValueOrDefault(kind)),
            () => $"answered: {Told(_answers)}, before it: {Told(answered)}");
        await enough.CancelAsync();
        await Task.WhenAll(load);
        restarts.Sort();
        pings.Sort();
        _output.WriteLine($"seed {seed}, {Amount.Torture} kills, {crowd + writers.Length} containers that run, answered: {Told(_answers)}");
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from start to the first ping: median {pings[pings.Count / 2]:F0} ms, worst {pings[^1]:F0} ms; to ready: median {restarts[restarts.Count / 2]:F0} ms, worst {restarts[^1]:F0} ms; load average {File.ReadAllText("/proc/loadavg").Trim()}"));
        Assert.Empty(_lies);
        await ToldTheTruthAsync();
        foreach (string writer in liveRestore ? writers : [])
        {
            (await DockerAsync("stop", "-t", "0", writer)).Exits(0);
            await HasAllLinesAsync(writer);
        }

        foreach (string[] some in (await DockerAsync("ps", "-aq", "--no-trunc")).Exits(0).Lines.Chunk(10))
        {
            (await DockerAsync(["rm", "-f", .. some])).Exits(0);
        }

        (await DockerAsync("network", "prune", "-f")).Exits(0);
        await RestartAsync("{}");
        await Fixture.RebaseAsync();
    }

    private static string Told(IReadOnlyDictionary<string, int> answers) => string.Join(", ", answers.Select(entry => $"{entry.Value} × {entry.Key}"));

    private async Task RestartAsync(string configuration)
    {
        if (Daemon.IsRunning)
        {
            Assert.Equal(0, await Daemon.StopAsync());
        }

        // The test starts the daemon, so that it knows when: with a service manager the supervisor does not.
        Daemon.IsManaged = true;
        await File.WriteAllTextAsync(Daemon.ConfigFile, configuration);
        await Daemon.StartAsync();
    }

    /// <summary>A client whose daemon dies fails, and that is right; what it was answered before counts.</summary>
    private async Task LoadAsync(string name, Func<int, Task<bool>> work, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            if (await work(Interlocked.Increment(ref _number)))
            {
                _answers.AddOrUpdate(name, 1, static (_, count) => count + 1);
            }
            else
            {
                // Clients that fail one after the other while there is no daemon would take the machine from the one that starts.
                await _answering.Task;
            }
        }
    }

    private async Task<bool> RunAndRemoveAsync(int number) =>
        (await RtctlAsync("run", "--rm", "busybox", "echo", "hello")) is { ExitCode: 0 } result && result.Stdout == "hello\n";

    private async Task<bool> RunDetachedAsync(int number)
    {
        string name = $"started-{number}";
        int code = 1 + number % 100;
        CommandResult result = await RtctlAsync("run", "-d", "--name", name, "busybox", "sh", "-c", $"sleep 0.3; exit {code}");
        if (result.ExitCode == 0)
        {
            _started[name] = code;
        }

        return result.ExitCode == 0;
    }

    private async Task<bool> ExecAsync(int number) => (await RtctlAsync("exec", "writer-1", "echo", "hello")) is { ExitCode: 0, Stdout: "hello\n" };

    /// <summary>Of one that has ended, after a look at how.</summary>
    private async Task<bool> RemoveAsync(int number)
    {
        if (_started.Count < 5)
        {
            await Task.Delay(100);
            return false;
        }

        (string name, int code) = _started.First();
        CommandResult state = await RtctlAsync("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", name);
        if (state.ExitCode != 0)
        {
            return state.Stderr.Contains("No such", StringComparison.OrdinalIgnoreCase) && Gone(name);
        }

        if (!state.Line.StartsWith("exited", StringComparison.Ordinal))
        {
            await Task.Delay(50);
            return false;
        }

        Judge(name, code, state.Line);
        _half[name] = true;
        if ((await RtctlAsync("rm", name)).ExitCode != 0)
        {
            return false;
        }

        _started.TryRemove(name, out _);
        return true;
    }

    /// <summary>It has no right to be unless a removal was cut off.</summary>
    private bool Gone(string name)
    {
        if (!_half.ContainsKey(name))
        {
            _lies.Add($"{name} is lost");
        }

        return _started.TryRemove(name, out _);
    }

    private void Judge(string name, int code, string state)
    {
        if (state != $"exited {code}" && (_liveRestore || state is not ("exited 137" or "exited 255")))
        {
            _lies.Add($"{name}: exited {code} expected, {state} found");
        }
    }

    private async Task<bool> PullAsync(int number) =>
        (await RtctlAsync("pull", _pulled)).ExitCode == 0 && (await RtctlAsync("rmi", "-f", _pulled)).ExitCode == 0;

    /// <summary>From the start of the process, in milliseconds.</summary>
    private async Task<double> FirstPingAsync(Stopwatch watch)
    {
        while (true)
        {
            try
            {
                using EngineApi api = new(Daemon.Socket);
                await api.PingAsync();
                _answering.SetResult();
                return watch.Elapsed.TotalMilliseconds;
            }
            catch (HttpRequestException)
            {
                // Nobody listens yet.
                await Task.Delay(2);
            }
        }
    }

    private async Task<bool> NetworkAsync(int number)
    {
        string network = $"net-{number}";
        bool made = (await RtctlAsync("network", "create", network)).ExitCode == 0;
        bool connected = made && (await RtctlAsync("network", "connect", network, "writer-2")).ExitCode == 0;
        bool left = connected && (await RtctlAsync("network", "disconnect", network, "writer-2")).ExitCode == 0;
        return left && (await RtctlAsync("network", "rm", network)).ExitCode == 0;
    }

    private async Task<bool> LoadImageAsync(int number)
    {
        string file = Path.Combine(Host.Root, $"image-{number}.tar");
        await File.WriteAllBytesAsync(file, ImageArchive.DockerSave("loaded:1", ImageArchive.Tar([ImageArchive.File($"file-{number}", new byte[100_000])])));
        bool loaded = (await RtctlAsync("load", "-i", file)).ExitCode == 0;
        File.Delete(file);
        return loaded && (await RtctlAsync("rmi", "-f", "loaded:1")).ExitCode == 0;
    }

    private JToken StateOf(string container) => Api.GetJsonAsync($"/containers/{container}/json").GetAwaiter().GetResult()["State"]!;

    /// <summary>What was answered to have started is there, and has ended as it was to end; without live restore a kill may have ended it.</summary>
    private async Task ToldTheTruthAsync()
    {
        foreach ((string name, int code) in _started)
        {
            if (_half.ContainsKey(name) && (await DockerAsync("inspect", name)).ExitCode != 0)
            {
                continue;
            }

            await Eventually.HoldsAsync($"{name} ends", () => (string?)StateOf(name)["Status"] == "exited");
            Judge(name, code, $"exited {StateOf(name)["ExitCode"]}");
        }

        Assert.Empty(_lies);
    }

    private async Task HasAllLinesAsync(string container)
    {
        // Millions of lines: not through this process's memory.
        string[] files = [Path.Combine(Host.Root, "logs.out"), Path.Combine(Host.Root, "logs.err")];
        (await Command.RunAsync(
            ["sh", "-c", "out=$1; err=$2; shift 2; exec \"$@\" >$out 2>$err", "sh", .. files, .. Clients.CommandLine(Cli.Docker, "logs", container)],
            environment: Clients.Environment,
            patience: TimeSpan.FromMinutes(15))).Exits(0);
        foreach ((string prefix, string file) in new[] { ("out ", files[0]), ("err ", files[1]) })
        {
            long expected = 1;
            foreach (string line in File.ReadLines(file).SkipLast(1))
            {
                Assert.True(line == $"{prefix}{expected}", $"{container}: {prefix}{expected} expected, '{line}' found");
                expected++;
            }

            _output.WriteLine($"{container}: {expected - 1} lines '{prefix}', none lost or doubled");
            File.Delete(file);
        }
    }
}
