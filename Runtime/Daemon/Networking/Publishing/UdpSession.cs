using System.Net;
using System.Net.Sockets;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>One client of a published udp port: the socket towards the container, and the loop that brings answers back.</summary>
internal sealed class UdpSession : IDisposable
{
    private readonly Socket _listener;
    private readonly SocketAddress _clientAddress;
    private readonly Socket _server;
    private readonly Action<UdpSession> _ended;
    private readonly CancellationTokenSource _stop = new();
    private Task _answering = Task.CompletedTask;

    /// <param name="listener">Where answers are sent from.</param>
    /// <param name="ended">Called once, when the session is of no more use.</param>
    public UdpSession(Socket listener, UdpClientKey client, IPEndPoint target, Action<UdpSession> ended)
    {
        _listener = listener;
        Client = client;
        _clientAddress = client.Client.Serialize();
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

    public UdpClientKey Client { get; }

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
        byte[] buffer = GC.AllocateUninitializedArray<byte>(UdpForwarder.MaxDatagram);
        try
        {
            while (true)
            {
                int count = await _server.ReceiveAsync(buffer, _stop.Token);
                Touch();
                Answer(buffer.AsSpan(0, count));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Idle, stopped, or nobody listens in the container: the next datagram starts anew.
        }
    }

    /// <summary>From the address the client has called, which a socket bound to any-address would not choose by itself.</summary>
    private void Answer(ReadOnlySpan<byte> datagram)
    {
        ReadOnlySpan<byte> destination = _clientAddress.Buffer.Span[.._clientAddress.Size];
        int result = Libc.try_sendmsg_from((int)_listener.Handle, datagram, destination, Client.Local);
        if (result == -Libc.EINVAL || result == -Libc.EADDRNOTAVAIL)
        {
            // Called by broadcast: nothing is sent from such an address.
            _listener.SendTo(datagram, SocketFlags.None, _clientAddress);
        }
    }
}
