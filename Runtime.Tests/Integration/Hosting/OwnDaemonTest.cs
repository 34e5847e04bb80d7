using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>Base of the tests that have a host and a daemon of their own, because of how it is started or what is done to it. It is not started yet.</summary>
/// <param name="output">Gets the daemon's log.</param>
public abstract class OwnDaemonTest(ITestOutputHelper output) : IAsyncLifetime
{
    private TestHost? _host;
    private TestDaemon? _daemon;

    internal TestHost Host => _host!;

    internal TestDaemon Daemon => _daemon!;

    internal Clients Clients => new(Daemon);

    public virtual async Task InitializeAsync()
    {
        _host = await TestHost.CreateAsync();
        _daemon = NewDaemon(_host);
    }

    public virtual async Task DisposeAsync()
    {
        await Daemon.DisposeAsync();
        output.WriteLine(Daemon.Log);
        await Host.DisposeAsync();
    }

    internal virtual TestDaemon NewDaemon(TestHost host) => new(host);
}
