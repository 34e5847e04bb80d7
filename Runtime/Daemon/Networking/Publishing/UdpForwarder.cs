using System.Net;
using System.Net.Sockets;
using NLog;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>Carries datagrams between a reserved port and the container, with a socket per client so that answers find their way back.</summary>
/// <param name="maxSessions">Clients remembered at a time; the one that was silent for longest makes room.</param>
internal sealed class UdpForwarder(Socket listener, IPEndPoint target, int maxSessions = 4096) : IForwarder
{
    private static readonly Logger s_log = LogManager.GetLogger("network");

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<UdpClientKey, UdpSession> _sessions = [];
    private Task _receiving = Task.CompletedTask;

    /// <summary>The largest datagram IPv4 carries.</summary>
    internal const int MaxDatagram = 65507;

    /// <summary>How long a silent client is remembered; Docker's figure.</summary>
    internal static TimeSpan IdleTime { get; } = TimeSpan.FromSeconds(90);

    public void Start() => _receiving = ReceiveAsync();

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _receiving;
        UdpSession[] open;
        lock (_gate)
        {
            open = [.. _sessions.Values];
        }

        await Task.WhenAll(open.Select(session => session.StopAsync()));
    }

    public void Dispose() => _stop.Dispose();

    private async Task ReceiveAsync()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(MaxDatagram);
        EndPoint any = new IPEndPoint(listener.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveMessageFromResult received = await listener.ReceiveMessageFromAsync(buffer.AsMemory(), SocketFlags.None, any, _stop.Token);
                UdpSession session = SessionOf(new UdpClientKey((IPEndPoint)received.RemoteEndPoint, received.PacketInformation.Address));
                await session.SendAsync(buffer.AsMemory(0, received.ReceivedBytes));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A datagram that cannot be delivered, or meets its session's end, is lost, as datagrams are.
                s_log.Debug("published port {0}: {1}", listener.LocalEndPoint, e.Message);
            }
        }
    }

    private UdpSession SessionOf(UdpClientKey client)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(client, out UdpSession? known))
            {
                return known;
            }

            if (_sessions.Count >= maxSessions)
            {
                DropOldest();
            }

            UdpSession session = new(listener, client, target, Forget);
            _sessions.Add(client, session);
            session.Start();
            return session;
        }
    }

    private void DropOldest()
    {
        UdpSession oldest = _sessions.Values.MinBy(session => session.LastUsed)!;
        _sessions.Remove(oldest.Client);
        oldest.Stop();
    }

    private void Forget(UdpSession session)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(session.Client, out UdpSession? current) && current == session)
            {
                _sessions.Remove(session.Client);
            }
        }
    }
}
