using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>kill -9 of the daemon at random moments under load: what was answered is so, no line of a log is lost or doubled, nothing is left.</summary>
public sealed class TortureTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private readonly ITestOutputHelper _output = output;

    /// <summary>Containers that were started, with the code they end with.</summary>
    private readonly ConcurrentDictionary<string, int> _started = [];

    private readonly ConcurrentDictionary<string, int> _answers = [];

    private int _number;

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_under_load(bool liveRestore)
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        await RestartAsync(liveRestore ? "{\"live-restore\":true}" : "{}");
        const string Flood = "i=0; while :; do i=$((i+1)); echo out $i; echo err $i >&2; [ $((i%50)) = 0 ] && sleep 0.01; done";
        string[] writers = ["writer-1", "writer-2"];
        foreach (string writer in writers)
        {
            await StartAsync(Flood, "--name", writer, "--restart", "always", "--log-opt", "max-size=1g");
        }

        using CancellationTokenSource enough = new();
        Task load = Task.WhenAll(
            LoadAsync("run --rm", RunAndRemoveAsync, enough.Token),
            LoadAsync("run -d", RunDetachedAsync, enough.Token),
            LoadAsync("exec", ExecAsync, enough.Token),
            LoadAsync("network", NetworkAsync, enough.Token),
            LoadAsync("load", LoadImageAsync, enough.Token));
        List<double> restarts = [];
        for (int kill = 0; kill < Amount.Torture; kill++)
        {
            await Task.Delay(random.Next(1500));
            await Daemon.KillAsync();
            Stopwatch watch = Stopwatch.StartNew();
            await Daemon.StartAsync();
            restarts.Add(watch.Elapsed.TotalMilliseconds);
            if (liveRestore)
            {
                Assert.All(writers, writer => Assert.Equal("running", (string?)StateOf(writer)["Status"]));
            }
        }

        await enough.CancelAsync();
        await load;
        restarts.Sort();
        _output.WriteLine($"seed {seed}, {Amount.Torture} kills, answered: {string.Join(", ", _answers.Select(entry => $"{entry.Value} × {entry.Key}"))}");
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from start to ready: median {restarts[restarts.Count / 2]:F0} ms, worst {restarts[^1]:F0} ms"));
        await ToldTheTruthAsync(liveRestore);
        foreach (string writer in liveRestore ? writers : [])
        {
            (await DockerAsync("stop", "-t", "0", writer)).Exits(0);
            await HasAllLinesAsync(writer);
        }

        foreach (string id in (await DockerAsync("ps", "-aq", "--no-trunc")).Exits(0).Lines)
        {
            (await DockerAsync("rm", "-f", id)).Exits(0);
        }

        (await DockerAsync("network", "prune", "-f")).Exits(0);
        await RestartAsync("{}");
        await Fixture.RebaseAsync();
    }

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
    private async Task ToldTheTruthAsync(bool liveRestore)
    {
        foreach ((string name, int code) in _started)
        {
            await Eventually.HoldsAsync($"{name} ends", () => (string?)StateOf(name)["Status"] == "exited");
            int ended = (int)StateOf(name)["ExitCode"]!;
            Assert.True(ended == code || (!liveRestore && ended is 137 or 255), $"{name}: exit code {code} expected, {ended} found");
        }
    }

    private async Task HasAllLinesAsync(string container)
    {
        CommandResult logs = (await DockerAsync("logs", container)).Exits(0);
        foreach ((string prefix, string text) in new[] { ("out ", logs.Stdout), ("err ", logs.Stderr) })
        {
            long expected = 1;
            foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipLast(1))
            {
                Assert.True(line == $"{prefix}{expected}", $"{container}: {prefix}{expected} expected, '{line}' found");
                expected++;
            }
        }
    }
}
