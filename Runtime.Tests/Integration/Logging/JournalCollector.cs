using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Libc = Rtd.Protocol.Syscalls.Libc;

namespace Rtd.Tests.Integration.Logging;

/// <summary>Takes datagrams of journald's native protocol from a unix socket, also those that come as a memfd.</summary>
internal sealed class JournalCollector : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Thread _thread;
    private volatile bool _ended;

    public JournalCollector(string path)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.ReceiveTimeout = 100;
        _thread = new Thread(Receive) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The fields of each entry.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Entries { get; } = new();

    public int Sealed { get; private set; }

    public void Dispose()
    {
        _ended = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Receive()
    {
        byte[] buffer = new byte[1 << 20];
        while (!_ended)
        {
            if (!_socket.Poll(100_000, SelectMode.SelectRead))
            {
                continue;
            }

            List<SafeFileHandle> files = [];
            int count = Libc.try_recvmsg((int)_socket.SafeHandle.DangerousGetHandle(), buffer, files);
            ReadOnlySpan<byte> datagram = buffer.AsSpan(0, Math.Max(count, 0));
            foreach (SafeFileHandle file in files)
            {
                Sealed++;
                byte[] content = new byte[RandomAccess.GetLength(file)];
                RandomAccess.Read(file, content, 0);
                file.Dispose();
                datagram = content;
            }

            Entries.Enqueue(Parse(datagram));
        }
    }

    private static Dictionary<string, string> Parse(ReadOnlySpan<byte> datagram)
    {
        Dictionary<string, string> fields = [];
        while (!datagram.IsEmpty)
        {
            int end = datagram.IndexOf((byte)'\n');
            int equals = datagram[..end].IndexOf((byte)'=');
            if (equals >= 0)
            {
                fields[Encoding.UTF8.GetString(datagram[..equals])] = Encoding.UTF8.GetString(datagram[(equals + 1)..end]);
                datagram = datagram[(end + 1)..];
                continue;
            }

            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(datagram[(end + 1)..]);
            fields[Encoding.UTF8.GetString(datagram[..end])] = Encoding.UTF8.GetString(datagram.Slice(end + 9, length));
            datagram = datagram[(end + 10 + length)..];
        }

        return fields;
    }
}
