using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Errors;
using Rtd.Tests.Integration.Hosting;
using Xunit;

namespace Rtd.Tests.Integration.Api;

/// <summary>The sockets that --host names.</summary>
public sealed class ListenSocketTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-listen-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "api.sock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [RootFact]
    public void Unix_socket_is_for_root_and_the_group_and_goes_with_its_listener()
    {
        using (ListenSocket socket = Open("unix://" + Path, group: "root").Single())
        {
            Assert.Equal("660", Convert.ToString((int)File.GetUnixFileMode(Path), 8));
            using Socket client = Connect();
            Assert.True(client.Connected);
        }

        Assert.False(File.Exists(Path));
    }

    [RootFact]
    public void Socket_of_a_dead_daemon_is_replaced()
    {
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(Path));

            // A crash does not remove the file.
            File.Move(Path, Path + ".kept");
        }

        File.Move(Path + ".kept", Path);
        using ListenSocket socket = Open("unix://" + Path).Single();
        using Socket client = Connect();
        Assert.True(client.Connected);
    }

    [RootFact]
    public void Socket_of_a_live_daemon_is_an_error_and_stays()
    {
        using ListenSocket first = Open("unix://" + Path).Single();

        EngineException error = Assert.Throws<EngineException>(() => Open("unix://" + Path));

        Assert.Equal($"can't create unix socket {Path}: another daemon is listening on it", error.Message);
        using Socket client = Connect();
        Assert.True(client.Connected);
    }

    [RootFact]
    public void Other_file_in_the_sockets_place_is_left_alone()
    {
        File.WriteAllText(Path, "precious");

        Assert.Contains("a file that is not a socket", Assert.Throws<EngineException>(() => Open("unix://" + Path)).Message);
        Assert.Equal("precious", File.ReadAllText(Path));
    }

    [RootFact]
    public void Unknown_group_is_an_error() =>
        Assert.Equal("group no-such-group not found", Assert.Throws<EngineException>(() => Open("unix://" + Path, "no-such-group")).Message);

    [RootFact]
    public void All_or_none_are_opened()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        ListenAddress[] addresses = [ListenAddress.Parse("unix://" + Path), ListenAddress.Parse($"tcp://{taken.LocalEndPoint}")];

        EngineException error = Assert.Throws<EngineException>(() => ListenSockets.Open(addresses, "root"));

        Assert.Contains($"can't listen on tcp://{taken.LocalEndPoint}: address already in use", error.Message);
        Assert.False(File.Exists(Path));
    }

    [RootFact]
    public void Inherited_sockets_count_only_when_meant_for_this_process()
    {
        Assert.Contains("no sockets found for fd://", Assert.Throws<EngineException>(() => Open("fd://")).Message);

        Environment.SetEnvironmentVariable("LISTEN_PID", "1");
        Environment.SetEnvironmentVariable("LISTEN_FDS", "3");
        try
        {
            Assert.Contains("the service manager passed 0", Assert.Throws<EngineException>(() => Open("fd://")).Message);
        }
        finally
        {
            Environment.SetEnvironmentVariable("LISTEN_PID", null);
            Environment.SetEnvironmentVariable("LISTEN_FDS", null);
        }
    }

    private static IReadOnlyList<ListenSocket> Open(string host, string group = "root") => ListenSockets.Open([ListenAddress.Parse(host)], group);

    private Socket Connect()
    {
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(Path));
        return client;
    }
}
