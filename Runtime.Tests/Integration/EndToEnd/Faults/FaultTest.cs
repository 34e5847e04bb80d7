using System.Globalization;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>
/// Base of the tests that take away what the daemon stands on: each has a host and a daemon of its own. What is shown each time: the client gets an
/// error, containers go on, and when the fault is over everything works again without help.
/// </summary>
public abstract class FaultTest(ITestOutputHelper output) : OwnDaemonTest(output)
{
    private EngineApi? _api;

    internal EngineApi Api => _api ??= new EngineApi(Daemon.Socket);

    public override async Task DisposeAsync()
    {
        _api?.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>With a service manager the supervisor starts no daemon: the test does.</summary>
    internal override TestDaemon NewDaemon(TestHost host) => new(host) { IsManaged = true };

    internal async Task StartDaemonAsync(bool liveRestore = false, params string[] flags)
    {
        await File.WriteAllTextAsync(Daemon.ConfigFile, Configuration(liveRestore));
        await Daemon.StartAsync(flags);
        await Clients.ImportBusyboxAsync();
    }

    internal static string Configuration(bool liveRestore) => liveRestore ? """{"live-restore":true}""" : "{}";

    internal Task<CommandResult> DockerAsync(params string[] arguments) => Clients.RunAsync(Cli.Docker, arguments);

    internal async Task<string> StartAsync(string script, params string[] options) =>
        (await DockerAsync(["run", "-d", .. options, "busybox", "sh", "-c", script])).Exits(0).Line;

    internal async Task<string> StateAsync(string container)
    {
        JToken state = (await Api.GetJsonAsync($"/containers/{container}/json"))["State"]!;
        return $"{state["Status"]} {state["ExitCode"]}";
    }

    internal async Task<int> PidAsync(string container) => (int)(await Api.GetJsonAsync($"/containers/{container}/json"))["State"]!["Pid"]!;

    /// <summary>Names of all containers.</summary>
    internal async Task<string[]> ContainersAsync() =>
        [.. (await Api.GetJsonAsync("/containers/json?all=1")).Select(container => ((string)container["Names"]![0]!)[1..]).Order(StringComparer.Ordinal)];

    /// <summary>A supervisor's pid; 0 when there is none.</summary>
    internal int Supervisor() => Host.Processes().FirstOrDefault(pid => Read($"/proc/{pid}/comm").Trim() == "rtd-supervisor");

    /// <summary>What the daemon has done so far, in ticks of the CPU clock (a hundredth of a second).</summary>
    internal long CpuTicks()
    {
        string stat = Read($"/proc/{Daemon.Pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    /// <summary>Every number from the first that is there, once, in order.</summary>
    internal static void HasAllNumbers(string text)
    {
        long[] numbers = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipLast(1).Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
        Assert.NotEmpty(numbers);
        Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.Equal(pair.First + 1, pair.Second));
    }

    internal static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // A process that is gone.
            return "";
        }
    }
}
