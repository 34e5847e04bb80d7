using System.Net;
using System.Net.Sockets;
using NLog;
using Rtd.Daemon.Networking.Namespaces;
using Rtd.Protocol.Netlink;

namespace Rtd.Daemon.Networking.Names;

/// <summary>Answers one container's questions at 127.0.0.11: names of its networks by itself, all others through its name servers.</summary>
/// <remarks>
/// The sockets are the container's, the work is done here on the thread pool: one pending receive for a container that asks nothing. What is
/// passed on is bounded by container and over all; beyond that the answer is a failure at once, which clients repeat.
/// </remarks>
internal sealed class Resolver : IDisposable
{
    private const int MaxQuestion = 4096, MaxTcpReply = 65535;

    // The kernel makes lo first in every namespace.
    private const int LoopbackIndex = 1;

    private const int MaxForwardedOfOne = 100, MaxForwarded = 1024, MaxConnections = 16;

    private static readonly Logger s_log = LogManager.GetLogger("network");
    private static readonly TimeSpan s_tcpPatience = TimeSpan.FromSeconds(10);
    private static int s_forwarded;

    private readonly CancellationTokenSource _stop = new();
    private readonly INameSource _source;
    private readonly bool _ndotsSet;
    private readonly NetworkNamespace _target;
    private readonly ResolverSockets _sockets;
    private readonly Upstream _upstream;
    private readonly string _containerId;
    private IFdKeeper? _keeper;
    private int _forwarded;
    private int _connections;

    private Resolver(INameSource source, SandboxRequest request, NetworkNamespace target, ResolverSockets sockets)
    {
        _source = source;
        _containerId = request.ContainerId;
        _ndotsSet = request.NdotsSet;
        _target = target;
        _sockets = sockets;
        _upstream = new Upstream(request.NameServers, new UpstreamSockets(target), () => source.Places.Any(place => place.AddressV6 is not null));
    }

    /// <param name="pid">A process in the container's namespace.</param>
    /// <param name="keeper">Keeps the sockets beyond the daemon's end: questions that come meanwhile wait in them. Null with no live restore.</param>
    /// <param name="again">The container has had one of a former daemon.</param>
    public static async Task<Resolver> StartAsync(INameSource source, SandboxRequest request, int pid, IFdKeeper? keeper, bool again)
    {
        NetworkNamespace target = NetworkNamespace.Open(pid);
        try
        {
            ResolverSockets sockets = ResolverSockets.TakeKept(keeper, request.ContainerId) ?? await target.RunAsync(() => OpenInside(again));
            sockets.Keep(keeper, request.ContainerId);
            Resolver resolver = new(source, request, target, sockets) { _keeper = keeper };
            _ = resolver.ReceiveAsync();
            _ = resolver.AcceptAsync();
            return resolver;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _sockets.Drop(_keeper, _containerId);
        _sockets.Dispose();
        _upstream.Dispose();
        _target.Dispose();
    }

    /// <summary>Stops it in a container that goes on: 127.0.0.11 leads nowhere then.</summary>
    public async Task WithdrawAsync()
    {
        try
        {
            await _target.RunAsync(() =>
            {
                ResolverRules.Remove();
                return true;
            });
        }
        finally
        {
            Dispose();
        }
    }

    private static ResolverSockets OpenInside(bool again)
    {
        // At a start rtinit has yet to bring lo up; before that 127.0.0.11 is no local address. (A socket bound to it all the same, by
        // IP_FREEBIND, would answer from 127.0.0.1.)
        using (NetlinkSocket links = new())
        {
            links.Execute(new NetlinkBatch(64).ChangeLink(LoopbackIndex, up: true, "bring up link", "lo"));
        }

        ResolverSockets sockets = ResolverSockets.Open();
        try
        {
            if (again)
            {
                ResolverRules.Remove(); // they lead to sockets that nobody has kept
            }

            ResolverRules.Apply(sockets.UdpPort, sockets.TcpPort);
            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>Nobody awaits this, so it must not throw.</summary>
    private async Task ReceiveAsync()
    {
        byte[] question = new byte[MaxQuestion];
        byte[] reply = new byte[DnsQuery.MaxDatagram];
        SocketAddress client = new(AddressFamily.InterNetwork);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                int count = await _sockets.Udp.ReceiveFromAsync(question, SocketFlags.None, client, _stop.Token);
                await AnswerDatagramAsync(question.AsMemory(0, count), reply, client);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failure)
            {
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                // An answer that could not be delivered; the client asks again.
                s_log.Debug("resolver: {0}", failure.Message);
            }
            catch (Exception failure)
            {
                s_log.Error(failure, "resolver: a question failed");
            }
        }
    }

    private async ValueTask AnswerDatagramAsync(ReadOnlyMemory<byte> question, byte[] reply, SocketAddress client)
    {
        if (!DnsQuery.TryParse(question.Span, out DnsQuery query))
        {
            return; // no question that anything could be answered to
        }

        int length = AnswerHere(question.Span, query, reply.AsSpan(0, query.DatagramSize));
        if (length > 0)
        {
            await _sockets.Udp.SendToAsync(reply.AsMemory(0, length), SocketFlags.None, client, _stop.Token);
            return;
        }

        SocketAddress kept = new(client.Family, client.Size);
        client.Buffer.CopyTo(kept.Buffer);
        _ = ForwardDatagramAsync(question.ToArray(), query, kept);
    }

    /// <summary>Nobody awaits this, so it must not throw.</summary>
    private async Task ForwardDatagramAsync(byte[] question, DnsQuery query, SocketAddress client)
    {
        try
        {
            byte[] answer = await ForwardAsync(question, query, tcp: false);
            await _sockets.Udp.SendToAsync(answer, SocketFlags.None, client, _stop.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The container is gone, or does not listen any more.
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "resolver: passing a question on failed");
        }
    }

    /// <summary>Writes the answer and returns its length, or 0 when the question is to be passed on.</summary>
    private int AnswerHere(ReadOnlySpan<byte> question, DnsQuery query, Span<byte> reply)
    {
        int length = NameLookup.Answer(_source, question, query, reply);
        if (length > 0)
        {
            return length;
        }

        if (!_source.MayForward)
        {
            return DnsReply.WriteEmpty(question, query, DnsQuery.RcodeServerFailure, reply);
        }

        // A single word is a container's name or nothing, if the container's own settings say that words are completed first.
        bool isWord = _ndotsSet && query.Type is DnsQuery.TypeA or DnsQuery.TypeAaaa && !query.Name.Contains('.');
        return isWord ? DnsReply.WriteEmpty(question, query, 0, reply) : 0;
    }

    private async Task<byte[]> ForwardAsync(byte[] question, DnsQuery query, bool tcp)
    {
        bool admitted = Interlocked.Increment(ref _forwarded) <= MaxForwardedOfOne & Interlocked.Increment(ref s_forwarded) <= MaxForwarded;
        try
        {
            if (admitted && await _upstream.AskAsync(question, query, tcp, _stop.Token) is { } answer)
            {
                return answer;
            }

            byte[] failure = new byte[query.Length + DnsQuery.OptSize];
            return failure[..DnsReply.WriteEmpty(question, query, DnsQuery.RcodeServerFailure, failure)];
        }
        finally
        {
            Interlocked.Decrement(ref _forwarded);
            Interlocked.Decrement(ref s_forwarded);
        }
    }

    /// <summary>Nobody awaits this, so it must not throw.</summary>
    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _sockets.Tcp.AcceptAsync(_stop.Token);
                if (Interlocked.Increment(ref _connections) > MaxConnections)
                {
                    Interlocked.Decrement(ref _connections);
                    client.Dispose();
                    continue;
                }

                _ = ServeAsync(client);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            if (!_stop.IsCancellationRequested)
            {
                s_log.Warn(ended, "resolver: no more questions by tcp");
            }
        }
    }

    /// <summary>Nobody awaits this, so it must not throw.</summary>
    private async Task ServeAsync(Socket client)
    {
        try
        {
            using NetworkStream stream = new(client, ownsSocket: true);
            byte[] reply = new byte[MaxTcpReply];
            while (true)
            {
                using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                patience.CancelAfter(s_tcpPatience);
                if (await DnsStream.ReadAsync(stream, MaxQuestion, patience.Token) is not { } question || !DnsQuery.TryParse(question, out DnsQuery query))
                {
                    return;
                }

                int length = AnswerHere(question, query, reply);
                ReadOnlyMemory<byte> answer = length > 0 ? reply.AsMemory(0, length) : await ForwardAsync(question, query, tcp: true);
                patience.CancelAfter(s_tcpPatience);
                await DnsStream.WriteAsync(stream, answer, patience.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException or IOException)
        {
            // Silent for too long, or gone.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }
}
