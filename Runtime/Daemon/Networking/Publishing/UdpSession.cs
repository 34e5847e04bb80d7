using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>One client of a published udp port: the socket towards the container, and the loop that brings answers back.</summary>
internal sealed class UdpSession : IDisposable
{
    private const int MaxDatagram = 65507;

    private readonly Socket _listener;
    private readonly Socket _server;
    private readonly Action<UdpSession> _ended;
    private readonly CancellationTokenSource _stop = new();
    private Task _answering = Task.CompletedTask;

    /// <param name="listener">Where answers are sent from.</param>
    /// <param name="ended">Called once, when the session is of no more use.</param>
    public UdpSession(Socket listener, SocketAddress client, IPEndPoint target, Action<UdpSession> ended)
    {
        _listener = listener;
        Client = client;
        _ended = ended;
        _server = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _server.Connect(target);
        }
        catch
        {
            _server.Dispose();
            throw;
        }
    }

    public SocketAddress Client { get; }

    /// <summary>Milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long LastUsed { get; private set; }

    public void Start()
    {
        Touch();
        _answering = AnswerAsync();
    }

    public async Task SendAsync(ReadOnlyMemory<byte> datagram)
    {
        Touch();
        await _server.SendAsync(datagram, _stop.Token);
    }

    public void Stop()
    {
        if (!_answering.IsCompleted)
        {
            _stop.Cancel();
        }
    }

    public Task StopAsync()
    {
        Stop();
        return _answering;
    }

    public void Dispose()
    {
        _ended(this);
        _server.Dispose();
        _stop.Dispose();
    }

    private void Touch()
    {
        LastUsed = Environment.TickCount64;
        _stop.CancelAfter(UdpForwarder.IdleTime);
    }

    private async Task AnswerAsync()
    {
        using UdpSession owned = this;
        byte[] buffer = GC.AllocateUninitializedArray<byte>(MaxDatagram);
        try
        {
            while (true)
            {
                int count = await _server.ReceiveAsync(buffer, _stop.Token);
                Touch();
                await _listener.SendToAsync(buffer.AsMemory(0, count), SocketFlags.None, Client, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Idle, stopped, or nobody listens in the container: the next datagram starts anew.
        }
    }
}
