using System.Net;
using System.Net.Sockets;
using NLog;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>Carries datagrams between a reserved port and the container, with a socket per client so that answers find their way back.</summary>
internal sealed class UdpForwarder(Socket listener, IPEndPoint target) : IForwarder
{
    private const int MaxDatagram = 65507;

    private static readonly Logger s_log = LogManager.GetLogger("network");

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<SocketAddress, UdpSession> _sessions = [];
    private readonly int _maxSessions = 4096;
    private Task _receiving = Task.CompletedTask;

    /// <param name="maxSessions">Clients remembered at a time; the one that was silent for longest makes room.</param>
    internal UdpForwarder(Socket listener, IPEndPoint target, int maxSessions)
        : this(listener, target) => _maxSessions = maxSessions;

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
        _stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(MaxDatagram);
        SocketAddress client = new(listener.AddressFamily);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                int count = await listener.ReceiveFromAsync(buffer.AsMemory(), SocketFlags.None, client, _stop.Token);
                await SessionOf(client).SendAsync(buffer.AsMemory(0, count));
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

    private UdpSession SessionOf(SocketAddress client)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(client, out UdpSession? known))
            {
                return known;
            }

            if (_sessions.Count >= _maxSessions)
            {
                DropOldest();
            }

            // The received address is overwritten by the next datagram's.
            SocketAddress key = new(client.Family, client.Size);
            client.Buffer.Span[..client.Size].CopyTo(key.Buffer.Span);
            UdpSession session = new(listener, key, target, Forget);
            _sessions.Add(key, session);
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
