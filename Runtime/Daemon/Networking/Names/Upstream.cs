using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Rtd.Daemon.Networking.Names;

/// <summary>Passes questions on to name servers.</summary>
/// <param name="hasIPv6">The container has an address of IPv6.</param>
internal sealed class Upstream(IReadOnlyList<NameServer> servers, UpstreamSockets sockets, Func<bool> hasIPv6) : IDisposable
{
    private const int Port = 53, MaxServers = 3;

    private const int MaxMessage = 65535;

    /// <summary>How long one server may take; Docker's figure.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(4);

    /// <summary>The first server's answer that is one, with the asker's id in it; null when none gives any.</summary>
    /// <param name="tcp">The client came by tcp, so the whole answer is wanted.</param>
    public async Task<byte[]?> AskAsync(ReadOnlyMemory<byte> question, DnsQuery query, bool tcp, CancellationToken cancellation)
    {
        byte[]? failure = null;
        foreach (NameServer server in servers.Take(MaxServers))
        {
            try
            {
                using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                patience.CancelAfter(s_patience);
                byte[] answer = await AskAsync(server, question, query, tcp, patience.Token);
                int rcode = BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(2)) & DnsQuery.RcodeMask;
                if (rcode is not (DnsQuery.RcodeServerFailure or DnsQuery.RcodeRefused))
                {
                    return answer;
                }

                failure = answer;
            }
            catch (Exception unreachable) when (unreachable is SocketException or IOException || (unreachable is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                // The next one may answer; the client is told when none does.
            }
        }

        return failure;
    }

    public void Dispose() => sockets.Dispose();

    private async Task<byte[]> AskAsync(NameServer server, ReadOnlyMemory<byte> question, DnsQuery query, bool tcp, CancellationToken cancellation)
    {
        byte[] asked = question.ToArray();
        RandomNumberGenerator.Fill(asked.AsSpan(0, 2));
        AddressFamily family = server.Address.AddressFamily;
        bool onHost = server.OnHost || (server.OfHost && family == AddressFamily.InterNetworkV6 && !hasIPv6());
        IPEndPoint target = new(server.Address, Port);
        byte[] answer;
        if (tcp)
        {
            using Socket socket = onHost ? new Socket(family, SocketType.Stream, ProtocolType.Tcp) : await sockets.OpenTcpAsync(family);
            answer = await AskByTcpAsync(socket, target, asked, query, cancellation);
        }
        else
        {
            using Socket socket = onHost ? new Socket(family, SocketType.Dgram, ProtocolType.Udp) : await sockets.TakeUdpAsync(family);
            answer = await AskByUdpAsync(socket, target, asked, query, cancellation);
        }

        question.Span[..2].CopyTo(answer);
        return answer;
    }

    private static async Task<byte[]> AskByUdpAsync(Socket socket, IPEndPoint target, byte[] asked, DnsQuery query, CancellationToken cancellation)
    {
        await socket.ConnectAsync(target, cancellation);
        await socket.SendAsync(asked, cancellation);
        byte[] buffer = new byte[4096];
        while (true)
        {
            int count = await socket.ReceiveAsync(buffer, cancellation);
            if (Belongs(asked, query, buffer.AsSpan(0, count)))
            {
                return buffer[..count];
            }
        }
    }

    private static async Task<byte[]> AskByTcpAsync(Socket socket, IPEndPoint target, byte[] asked, DnsQuery query, CancellationToken cancellation)
    {
        await socket.ConnectAsync(target, cancellation);
        using NetworkStream stream = new(socket, ownsSocket: false);
        await DnsStream.WriteAsync(stream, asked, cancellation);
        byte[] answer = await DnsStream.ReadAsync(stream, MaxMessage, cancellation) ?? throw new IOException("the name server closed the connection");
        return Belongs(asked, query, answer) ? answer : throw new IOException("the name server answered another question");
    }

    /// <summary>An answer has our id and repeats our question, or somebody guesses.</summary>
    private static bool Belongs(ReadOnlySpan<byte> asked, DnsQuery query, ReadOnlySpan<byte> answer) =>
        answer.Length >= query.Length
        && answer[..2].SequenceEqual(asked[..2])
        && (answer[2] & 0x80) != 0
        && System.Text.Ascii.EqualsIgnoreCase(answer[DnsQuery.HeaderSize..query.Length], asked[DnsQuery.HeaderSize..query.Length]);
}
