using System.Globalization;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>A daemon that prepares shims.</summary>
public abstract class PreparedTest(ITestOutputHelper output) : OwnDaemonTest(output)
{
    private protected const int Size = 2;

    /// <summary>What it is told at its start, as argv[1].</summary>
    private protected abstract string Role { get; }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Daemon.StartAsync();
        await Clients.ImportBusyboxAsync();
    }

    public override async Task DisposeAsync()
    {
        try
        {
            IReadOnlyList<string> left = (await Clients.RunAsync(Cli.Docker, "ps", "-aq")).Exits(0).Lines;
            if (left.Count > 0)
            {
                (await Clients.RunAsync(Cli.Docker, ["rm", "-f", .. left])).Exits(0);
            }

            Assert.Equal(0, await Daemon.StopAsync());
            await Eventually.HoldsAsync("all processes have ended, a supervisor too", () => Host.Processes().Count == 0);
        }
        finally
        {
            await base.DisposeAsync();
        }
    }

    internal override TestDaemon NewDaemon(TestHost host) => new(host) { PreparedSandboxes = Size };

    /// <summary>Calls with the clients of a daemon that is the same but prepares nothing.</summary>
    private protected static async Task WithoutAsync(Func<Clients, Task> body)
    {
        TestHost host = await TestHost.CreateAsync();
        TestDaemon daemon = new(host) { PreparedSandboxes = 0 };
        try
        {
            await daemon.StartAsync();
            Clients clients = new(daemon);
            await clients.ImportBusyboxAsync();
            await body(clients);
        }
        finally
        {
            await daemon.DisposeAsync();
            await host.DisposeAsync();
        }
    }

    private protected async Task<string> StartAsync(params string[] options) =>
        (await Clients.RunAsync(Cli.Docker, ["run", "-d", .. options, "busybox", "sleep", "1000"])).Exits(0).Line;

    private protected async Task<int> PidAsync(string id) =>
        int.Parse((await Clients.RunAsync(Cli.Docker, "inspect", "-f", "{{.State.Pid}}", id)).Exits(0).Line, CultureInfo.InvariantCulture);

    /// <summary>As many as there are to be; with a network namespace of their own, or in that one.</summary>
    private protected async Task<IReadOnlyList<int>> ReadyAsync(string? network = null)
    {
        IReadOnlyList<int> ready = [];
        await Eventually.HoldsAsync("sandboxes are prepared", () => (ready = [.. Prepared().Where(pid => network is null || NamespaceOf(pid, "net") == network)]).Count >= Size);
        return ready;
    }

    private protected IReadOnlyList<int> Prepared() => [.. Processes().Where(IsPrepared)];

    private protected bool IsPrepared(int pid) => CommandLineOf(pid) == $"rtinit\0{Role}\0" && (ParentOf(pid) == Daemon.Pid || !Daemon.IsRunning);

    private protected static IEnumerable<int> Processes() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    /// <summary>Null when it is gone.</summary>
    private protected static string? CommandLineOf(int pid) => Read(pid, "cmdline");

    private protected static int? ParentOf(int pid) => Read(pid, "stat") is { } text ? int.Parse(text.Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture) : null;

    private protected static string NamespaceOf(int pid, string name) => new FileInfo($"/proc/{pid}/ns/{name}").LinkTarget!;

    private static string? Read(int pid, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{name}");
        }
        catch (IOException)
        {
            return null;
        }
    }
}
