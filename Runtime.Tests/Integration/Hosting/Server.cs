using System.Diagnostics;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>A program that runs beside a test, until the test is over. What it writes is read and dropped: with a full pipe it would stand still.</summary>
internal sealed class Server : IDisposable
{
    private readonly Process _process;
    private readonly Task _reading;

    public Server(IReadOnlyList<string> command)
    {
        _process = Command.Start(command);
        _reading = Task.WhenAll(_process.StandardOutput.BaseStream.CopyToAsync(Stream.Null), _process.StandardError.BaseStream.CopyToAsync(Stream.Null));
    }

    /// <summary>A web server of the machine next door whose only page says <c>neighbour</c>.</summary>
    public static async Task<Server> StartNeighbourAsync(TestHost host, int port)
    {
        string pages = Path.Combine(host.Root, "pages");
        Directory.CreateDirectory(pages);
        await File.WriteAllTextAsync(Path.Combine(pages, "index.html"), "neighbour\n");
        Server server = new(host.Inside("nsenter", $"--net={host.Root}/neighbour", "--", "busybox", "httpd", "-f", "-p", $"{TestHost.NeighbourAddress}:{port}", "-h", pages));
        await Eventually.HoldsAsync("the neighbour's server answers", async () => (await host.RunAsync("busybox", "wget", "-qO-", $"http://{TestHost.NeighbourAddress}:{port}/")).ExitCode == 0);
        return server;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _reading.Wait(Command.Patience);
        _process.Dispose();
    }
}
