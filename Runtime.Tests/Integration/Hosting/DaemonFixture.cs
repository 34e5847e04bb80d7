namespace Rtd.Tests.Integration.Hosting;

/// <summary>A running daemon with a busybox image, shared by the tests of one class.</summary>
public sealed class DaemonFixture : IAsyncLifetime
{
    private TestHost? _host;
    private TestDaemon? _daemon;
    private Snapshot? _baseline;

    internal TestHost Host => _host ?? throw new InvalidOperationException("the fixture was not started");

    internal TestDaemon Daemon => _daemon ?? throw new InvalidOperationException("the fixture was not started");

    /// <summary>What is there with no container: every test is to leave no more.</summary>
    internal Snapshot Baseline => _baseline ?? throw new InvalidOperationException("the fixture was not started");

    public async Task InitializeAsync()
    {
        // xunit makes the fixture of a class also when all its tests are skipped.
        if (Prerequisites.Missing is not null)
        {
            return;
        }

        _host = await TestHost.CreateAsync();
        _daemon = new TestDaemon(_host);
        await _daemon.StartAsync();
        Clients clients = new(_daemon);
        await clients.ImportBusyboxAsync();
        await WarmUpAsync(clients);
        _baseline = Snapshot.Take(_daemon);
    }

    public async Task DisposeAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    /// <summary>What a test has left; from then on it counts as there, so that one test is blamed for it and not all that follow.</summary>
    internal IReadOnlyList<string> Blame(Snapshot now)
    {
        IReadOnlyList<string> leaks = now.Since(Baseline);
        _baseline = now;
        return leaks;
    }

    /// <summary>After a deliberate restart the daemon has other fds and threads; everything else is to be as before.</summary>
    internal async Task RebaseAsync()
    {
        await WarmUpAsync(new Clients(Daemon));
        _baseline = Baseline.WithProcessStateOf(Snapshot.Take(Daemon));
    }

    /// <summary>One of everything, so that what the daemon makes once, when it is first needed, is in the baseline.</summary>
    private static async Task WarmUpAsync(Clients clients)
    {
        (await clients.RunAsync(Cli.Docker, "run", "--rm", "busybox", "true")).Exits(0);
        (await clients.RunAsync(Cli.Docker, "run", "-d", "--name", "warm-up", "busybox", "sleep", "1000")).Exits(0);
        (await clients.RunAsync(Cli.Docker, "exec", "warm-up", "true")).Exits(0);
        (await clients.RunAsync(Cli.Docker, "rm", "-f", "warm-up")).Exits(0);

        // Several at once: the daemon keeps as many netlink sockets as it once needed side by side.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (await clients.RunAsync(Cli.Rtctl, "run", "--rm", "busybox", "true")).Exits(0)));
    }
}
