using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Logging.Gelf;
using Rtd.Daemon.Logging.Remote;
using Rtd.Daemon.Logging.Syslog;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Unit.Logging;

/// <summary>Protocols of collectors that no program of a test speaks, over sockets of this process.</summary>
public sealed class SenderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-sender-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("gzip", 10)]
    [InlineData("zlib", 10)]
    [InlineData("none", 10)]
    [InlineData("none", 15_000)]
    public async Task Gelf_is_compressed_and_cut_into_chunks(string compression, int length)
    {
        using UdpClient collector = new(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)collector.Client.LocalEndPoint!).Port;
        await using ILogDriver log = Log("gelf", new() { ["gelf-address"] = $"udp://127.0.0.1:{port}", ["gelf-compression-type"] = compression, ["tag"] = "t", ["labels"] = "tier" });
        await log.ConnectAsync();
        string text = new('x', length);

        log.Write(new LogMessage(OutputStream.Stderr, DateTimeOffset.UnixEpoch.AddSeconds(1.5), Encoding.UTF8.GetBytes(text + "\n")));

        JObject message = JObject.Parse(Encoding.UTF8.GetString(Unpack(compression, await ReceiveAsync(collector))));
        Assert.Equal(("1.1", text, 3, 1.5), ((string?)message["version"], (string?)message["short_message"], (int)message["level"]!, (double)message["timestamp"]!));
        Assert.Equal((new string('a', 64), "web", "t", "front"), ((string?)message["_container_id"], (string?)message["_container_name"], (string?)message["_tag"], (string?)message["_tier"]));
    }

    [Fact]
    public async Task Syslog_over_tls_counts_octets()
    {
        Certificates certificates = Certificates.Make(_directory);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<string> received = AcceptAsync(listener, certificates);
        LogOptions options = new("syslog", new Dictionary<string, string>
        {
            ["syslog-address"] = $"tcp+tls://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}",
            ["syslog-format"] = "rfc5424",
            ["syslog-tls-ca-cert"] = certificates.Authority,
        });

        // A handshake with oneself, on a machine that has other things to do, has no limit of its own.
        SyslogSender sender = new(SyslogOptions.Parse(options), new string('a', 12));
        await using (RemoteLog log = new("syslog", new string('a', 64), sender, new RemoteLogOptions { Connect = Timeout.InfiniteTimeSpan }, null))
        {
            await log.ConnectAsync();
            log.Write(new LogMessage(OutputStream.Stdout, DateTimeOffset.UnixEpoch, "hello\n"u8.ToArray()));
        }

        string frame = await received.WaitAsync(Command.Patience);
        int space = frame.IndexOf(' ');
        Assert.Equal(frame.Length - space - 1, int.Parse(frame[..space]));
        Assert.Matches($@"^<30>1 1970-01-01T00:00:00\+00:00 \S+ {new string('a', 12)} {Environment.ProcessId} {new string('a', 12)} - hello\n$", frame[(space + 1)..]);
    }

    [Theory]
    [InlineData("gelf-tcp-max-reconnect", "two")]
    [InlineData("gelf-tcp-max-reconnect", "-1")]
    [InlineData("gelf-tcp-reconnect-delay", "1s")]
    public void Gelf_options_that_are_no_numbers_are_refused(string key, string value)
    {
        EngineException refused = Assert.Throws<EngineException>(() => Log("gelf", new() { ["gelf-address"] = "tcp://127.0.0.1:1", [key] = value }));
        Assert.Equal($"{key} must be a positive integer", refused.Message);
    }

    [Fact]
    public void Gelf_over_tcp_reconnects_as_it_is_told()
    {
        static RemoteLogOptions Parse(string address, params (string Key, string Value)[] given) => GelfOptions.Parse(
            new LogOptions("gelf", given.Append(("gelf-address", address)).ToDictionary(option => option.Item1, option => option.Item2)), new RemoteLogOptions()).Queue;

        Assert.Null(Parse("tcp://h").MaxRetries);
        Assert.Equal((7, TimeSpan.FromSeconds(1)), (Parse("tcp://h", ("gelf-tcp-max-reconnect", "7")).MaxRetries, Parse("tcp://h", ("gelf-tcp-max-reconnect", "7")).Retry));
        RemoteLogOptions both = Parse("tcp://h", ("gelf-tcp-max-reconnect", "0"), ("gelf-tcp-reconnect-delay", "4"));
        Assert.Equal((0, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4)), (both.MaxRetries, both.Retry, both.LongestRetry));
        Assert.Null(Parse("udp://h", ("gelf-tcp-max-reconnect", "7")).MaxRetries);
    }

    [Fact]
    public async Task Messages_are_lost_after_the_last_reconnect()
    {
        IPEndPoint nobody;
        using (TcpListener closed = new(IPAddress.Loopback, 0))
        {
            closed.Start();
            nobody = (IPEndPoint)closed.LocalEndpoint;
        }

        GelfOptions options = GelfOptions.Parse(
            new LogOptions("gelf", new Dictionary<string, string> { ["gelf-address"] = $"tcp://{nobody}", ["gelf-tcp-max-reconnect"] = "2", ["gelf-tcp-reconnect-delay"] = "0" }), new RemoteLogOptions());
        await using RemoteLog log = new("gelf", "c", new GelfSender(options, new Dictionary<string, string>()), options.Queue, null);
        log.Write(new LogMessage(OutputStream.Stdout, DateTimeOffset.UnixEpoch, "lost\n"u8.ToArray()));
        await Eventually.HoldsAsync("it is lost", () => log.LostMessages == 1);
    }

    [Fact]
    public async Task Quota_of_all_logs_takes_the_oldest_rotated_files()
    {
        foreach ((string file, int age) in ((string, int)[])[("c1/c1-json.log", 0), ("c1/c1-json.log.1", 9), ("c1/c1-json.log.2", 20), ("c2/local.log", 30), ("c2/local.log.1.gz", 10), ("c2/other.txt", 50)])
        {
            string path = Path.Combine(_directory, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, new byte[100]);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-age));
        }

        new LogQuota(_directory, 350).Enforce();

        Assert.Equal(
            ["c1/c1-json.log", "c1/c1-json.log.1", "c2/local.log", "c2/other.txt"],
            Directory.GetFiles(_directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_directory, path)).Order(StringComparer.Ordinal));
    }

    private static async Task<string> AcceptAsync(TcpListener listener, Certificates certificates)
    {
        using Socket connection = await listener.AcceptSocketAsync();
        await using SslStream tls = new(new NetworkStream(connection));
        using X509Certificate2 own = X509Certificate2.CreateFromPemFile(Path.Combine(certificates.Directory, "server.pem"), Path.Combine(certificates.Directory, "server-key.pem"));
        await tls.AuthenticateAsServerAsync(own);
        using StreamReader reader = new(tls);
        return await reader.ReadToEndAsync();
    }

    /// <summary>One message, from as many chunks as it says it has.</summary>
    private static async Task<byte[]> ReceiveAsync(UdpClient collector)
    {
        byte[] first = (await collector.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(30))).Buffer;
        if (first is not [0x1e, 0x0f, ..])
        {
            return first;
        }

        List<byte[]> chunks = [first];
        while (chunks.Count < first[11])
        {
            chunks.Add((await collector.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(30))).Buffer);
        }

        Assert.All(chunks, chunk => Assert.True(chunk.Length <= 1420));
        return [.. chunks.OrderBy(chunk => chunk[10]).SelectMany(chunk => chunk[12..])];
    }

    private static byte[] Unpack(string compression, byte[] message)
    {
        if (compression == "none")
        {
            return message;
        }

        using MemoryStream plain = new();
        using Stream stream = compression == "zlib" ? new ZLibStream(new MemoryStream(message), CompressionMode.Decompress) : new GZipStream(new MemoryStream(message), CompressionMode.Decompress);
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    private ILogDriver Log(string driver, Dictionary<string, string> options) => LogDrivers.Create(driver, options, Path.Combine(_directory, "c-json.log"), new LogContext
    {
        ContainerId = new string('a', 64),
        ContainerName = "/web",
        Labels = new Dictionary<string, string> { ["tier"] = "front" },
    });
}
