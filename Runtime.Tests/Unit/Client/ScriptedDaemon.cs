using System.Net.Sockets;
using System.Text;

namespace Rtd.Tests.Unit.Client;

/// <summary>A daemon on a Unix socket whose every answer is given byte for byte; it keeps the requests it got.</summary>
internal sealed class ScriptedDaemon : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rtctl-test-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<ScriptedRequest, byte[]> _answer;
    private readonly Thread _thread;
    private readonly List<ScriptedRequest> _requests = [];
    private int _connections;

    /// <param name="answer">The whole answer to a request, head and body; the ping is answered by the daemon itself unless its answer is not empty.</param>
    public ScriptedDaemon(Func<ScriptedRequest, byte[]> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_directory, "s")));
        _listener.Listen();
        _thread = new Thread(Accept) { IsBackground = true };
        _thread.Start();
    }

    public string Address => "unix://" + Path.Combine(_directory, "s");

    public int Connections => _connections;

    /// <summary>What was asked, without pings.</summary>
    public ScriptedRequest[] Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests.Where(request => !request.Path.EndsWith("/_ping", StringComparison.Ordinal))];
            }
        }
    }

    public static byte[] Json(string body, int status = 200) => Raw($"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public static byte[] Raw(string text) => Encoding.UTF8.GetBytes(text);

    public void Dispose()
    {
        _listener.Dispose();
        _thread.Join();
        Directory.Delete(_directory, recursive: true);
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket connection = _listener.Accept();
                Interlocked.Increment(ref _connections);
                new Thread(() => Serve(connection)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            return;
        }
        catch (ObjectDisposedException)
        {
            return;
        }
    }

    private void Serve(Socket connection)
    {
        using NetworkStream stream = new(connection, ownsSocket: true);
        try
        {
            while (ScriptedRequest.Read(stream) is { } request)
            {
                lock (_requests)
                {
                    _requests.Add(request);
                }

                byte[] answer = Answer(request);
                stream.Write(answer);
                string head = Encoding.Latin1.GetString(answer);
                if (head.Contains("Connection: close", StringComparison.Ordinal) || !head.Contains("Content-Length", StringComparison.Ordinal) && !head.Contains("chunked", StringComparison.Ordinal) && !head.Contains(" 204 ", StringComparison.Ordinal))
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
            return;
        }
    }

    private byte[] Answer(ScriptedRequest request) =>
        request.Path == "/_ping" ? Raw("HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Length: 0\r\n\r\n") : _answer(request);
}
