using Xunit;

namespace Rtd.Tests.Integration.Api;

/// <summary>What the server holds on to; measured in this process, so with no other test beside.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ResourceTests
{
    [Fact]
    public async Task Body_of_a_gigabyte_streams_through()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        const long Size = 1L << 30;
        byte[] block = new byte[1 << 20];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        client.Send($"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: {Size}\r\n\r\n");
        for (long sent = 0; sent < Size; sent += block.Length)
        {
            client.Send(block);
        }

        Assert.Equal(Size.ToString(), (await client.ReadAnswerAsync()).Body);

        // Other tests share this process, so only a share of the body that no streaming would keep is told from none.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Size / 2);
    }

    [Fact]
    public async Task Thousands_of_attaches_that_drop_leave_no_fd_and_no_memory()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await AttachAndDropAsync(host, 200);
        int fds = CountFds();
        long memory = GC.GetTotalMemory(forceFullCollection: true);

        await AttachAndDropAsync(host, 5000);

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (CountFds() > fds + 5)
        {
            await Task.Delay(20, patience.Token);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, memory + (4 << 20));
    }

    private static async Task AttachAndDropAsync(ApiHost host, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using (RawClient client = host.Connect())
            {
                string first = i % 2 == 0 ? "" : "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
                client.Send($"{first}POST /silent HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
                await client.ReadUntilAsync("Upgrade: tcp");
            }

            Assert.True(await host.Gone.WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    private static int CountFds() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
}
