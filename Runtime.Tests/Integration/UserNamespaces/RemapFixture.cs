using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.UserNamespaces;

/// <summary>A daemon that maps ids, in a host with an /etc of its own: <c>remap</c> has the ids from 100000 on, of groups those from 300000 on.</summary>
public sealed class RemapFixture : IAsyncLifetime
{
    public const string Setting = "remap";
    public const int FirstUid = 100000, FirstGid = 300000;

    private TestHost? _host;
    private TestDaemon? _daemon;
    private Snapshot? _baseline;

    internal TestHost Host => _host!;

    internal TestDaemon Daemon => _daemon!;

    internal Clients Clients => new(Daemon);

    internal Snapshot Baseline => _baseline!;

    public async Task InitializeAsync()
    {
        if (Prerequisites.Missing is not null)
        {
            return;
        }

        _host = await TestHost.CreateAsync();
        string etc = Path.Combine(Host.Root, "etc");
        (await Host.RunAsync("sh", "-euc", $$"""
            cp -a /etc {{etc}}
            sed -i '/^\(remap\|dockremap\|nosubs\):/d' {{etc}}/passwd {{etc}}/group
            printf 'remap:x:4242:4243::/:/bin/false\nnosubs:x:4244:4245::/:/bin/false\n' >>{{etc}}/passwd
            printf 'remap:x:4243:\nnosubs:x:4245:\n' >>{{etc}}/group
            printf 'other:1000000:65536\nremap:200000:1000\nremap:{{FirstUid}}:65536\n' >{{etc}}/subuid
            printf 'remap:{{FirstGid}}:65536\n' >{{etc}}/subgid
            mount --bind {{etc}} /etc
            """)).Exits(0);
        _daemon = new TestDaemon(_host);
        await StartAsync();
        await Clients.ImportBusyboxAsync();
        await WarmUpAsync();
        _baseline = Snapshot.Take(Daemon);
    }

    /// <summary>Starts the daemon with ids mapped, and more flags.</summary>
    internal Task StartAsync(params string[] flags) => Daemon.StartAsync(["--userns-remap", Setting, .. flags]);

    /// <summary>After a restart fds and threads are others.</summary>
    internal async Task RebaseAsync()
    {
        await WarmUpAsync();
        _baseline = Baseline.WithProcessStateOf(Snapshot.Take(Daemon));
    }

    /// <summary>What the daemon makes once, when it is first needed, is in the baseline.</summary>
    private async Task WarmUpAsync()
    {
        (await Clients.RunAsync(Cli.Docker, "run", "--rm", "busybox", "true")).Exits(0);
        (await Clients.RunAsync(Cli.Docker, "run", "-d", "--name", "warm-up", "busybox", "sleep", "1000")).Exits(0);
        (await Clients.RunAsync(Cli.Docker, "exec", "warm-up", "true")).Exits(0);
        (await Clients.RunAsync(Cli.Docker, "rm", "-f", "warm-up")).Exits(0);
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await Daemon.DisposeAsync();
            await _host.DisposeAsync();
        }
    }
}
