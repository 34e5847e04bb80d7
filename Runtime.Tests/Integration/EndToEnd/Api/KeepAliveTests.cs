using System.Net.Sockets;
using System.Text;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Api;

/// <summary>A connection that carried a request and then rested is good for another.</summary>
public sealed class KeepAliveTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>The HTTP server looks at its connections once a second: an idle time that is taken wrongly shows then.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(3);

    [RootFact]
    public async Task Rested_connection_takes_another_request()
    {
        await using NetworkStream connection = await Api.ConnectAsync();
        Assert.StartsWith("HTTP/1.1 200", await PingAsync(connection), StringComparison.Ordinal);

        await Task.Delay(s_rest);

        Assert.StartsWith("HTTP/1.1 200", await PingAsync(connection), StringComparison.Ordinal);
    }

    private static async Task<string> PingAsync(NetworkStream connection)
    {
        await connection.WriteAsync("HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"u8.ToArray());
        byte[] buffer = new byte[4096];
        int count = await connection.ReadAsync(buffer).AsTask().WaitAsync(Command.Patience);
        return Encoding.Latin1.GetString(buffer, 0, count);
    }
}
