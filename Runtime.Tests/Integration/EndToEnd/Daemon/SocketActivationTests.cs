using System.Diagnostics;
using Rtd.Tests.Integration.ForeignClients;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>Sockets that a service manager opened, and the group of those that the daemon opens.</summary>
public sealed class SocketActivationTests(ITestOutputHelper output) : OwnDaemonTest(output)
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await File.WriteAllTextAsync(Daemon.ConfigFile, "{}");
    }

    [ProgramFact("systemd-socket-activate")]
    public async Task Several_sockets_of_systemd_are_served()
    {
        string socket = Path.Combine(Host.Root, "activated.sock");
        using Process process = Command.Start(Host.InsideAndOwned(
            ["systemd-socket-activate", "-l", socket, "-l", "127.0.0.1:2377", .. WithoutHost(Daemon.CommandLine), "-H", "fd://"]));
        try
        {
            // The first connection has systemd-socket-activate execute the daemon, which answers it.
            await Eventually.HoldsAsync("the sockets are there", () => File.Exists(socket));
            using EngineApi api = new(socket);
            await api.PingAsync();
            Assert.Equal("OK", (await Host.RunAsync("busybox", "wget", "-qO-", "http://127.0.0.1:2377/_ping")).Exits(0).Stdout);
        }
        finally
        {
            _ = Libc.kill(process.Id, Libc.SIGTERM);
            await process.WaitForExitAsync().WaitAsync(Command.Patience);
        }

        Assert.Equal(0, process.ExitCode);
    }

    [ProgramFact("systemd-socket-activate")]
    public async Task Inherited_tcp_socket_that_others_reach_is_refused()
    {
        using Process process = Command.Start(Host.InsideAndOwned(
            ["systemd-socket-activate", "-l", $"{TestHost.Address}:2377", .. WithoutHost(Daemon.CommandLine), "-H", "fd://"]));
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await Eventually.HoldsAsync("it was activated", async () => (await Host.RunAsync("busybox", "nc", "-w", "1", TestHost.Address, "2377")).ExitCode == 0 || process.HasExited);
        await process.WaitForExitAsync().WaitAsync(Command.Patience);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains($"fd://3 is tcp://{TestHost.Address}:2377: anyone who reaches this address is root here", await errors, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Inherited_sockets_that_are_not_there_are_told() =>
        (await Daemon.RefuseAsync("-H", "fd://")).Exits(1).Says("no sockets found for fd://: the service manager passed 0");

    [RootFact]
    public async Task Group_of_the_socket_is_the_one_asked_for()
    {
        await Daemon.StartAsync("--group", "1234");

        Assert.Equal("1234", (await Host.RunAsync("stat", "-c", "%g", Daemon.Socket)).Exits(0).Line);
    }

    private static IEnumerable<string> WithoutHost(IReadOnlyList<string> commandLine)
    {
        int host = commandLine.ToList().IndexOf("-H");
        return commandLine.Take(host).Concat(commandLine.Skip(host + 2));
    }
}
