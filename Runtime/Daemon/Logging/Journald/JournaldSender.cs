using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging.Remote;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Logging.Journald;

/// <summary>systemd-journald's native protocol: a datagram of fields, or a sealed memfd when it would be too large (systemd.io/JOURNAL_NATIVE_PROTOCOL).</summary>
/// <param name="fields">The same for every message of the container.</param>
internal sealed class JournaldSender(CollectorAddress address, IReadOnlyDictionary<string, string> fields) : StreamSender(address, null)
{
    public const string Socket = "/run/systemd/journal/socket";

    private readonly string _epoch = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The name of a field: letters, digits and underscores, not beginning with an underscore, which only journald may write.</summary>
    public static string FieldName(string name) => string.Concat(name.ToUpperInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')).TrimStart('_', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');

    protected override void Encode(RemoteEntry entry, IBufferWriter<byte> output)
    {
        Field(output, "MESSAGE", entry.Data);
        Field(output, "PRIORITY", entry.Stream == OutputStream.Stderr ? "3" : "6");
        Field(output, "SYSLOG_TIMESTAMP", entry.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture));
        Field(output, "CONTAINER_LOG_EPOCH", _epoch);
        Field(output, "CONTAINER_LOG_ORDINAL", entry.Ordinal.ToString(CultureInfo.InvariantCulture));
        if (entry.Part is { } part)
        {
            Field(output, "CONTAINER_PARTIAL_ID", part.Id);
            Field(output, "CONTAINER_PARTIAL_ORDINAL", part.Number.ToString(CultureInfo.InvariantCulture));
            Field(output, "CONTAINER_PARTIAL_LAST", part.Last ? "true" : "false");
            if (!part.Last)
            {
                Field(output, "CONTAINER_PARTIAL_MESSAGE", "true");
            }
        }

        foreach ((string name, string value) in fields)
        {
            Field(output, name, value);
        }
    }

    protected override async Task<bool> SendDatagramAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancelled)
    {
        try
        {
            await Connection.Socket.SendAsync(datagram, SocketFlags.None, cancelled);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.MessageSize or SocketError.NoBufferSpaceAvailable)
        {
            SendSealed(datagram.Span);
        }

        return true;
    }

    /// <summary>journald takes only memfds that nobody can change any more.</summary>
    private void SendSealed(ReadOnlySpan<byte> datagram)
    {
        using SafeFileHandle file = Libc.memfd_create("journal-entry");
        RandomAccess.Write(file, datagram, 0);
        Libc.fcntl(file.Fd(), Libc.F_ADD_SEALS, Libc.F_SEAL_SEAL | Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW | Libc.F_SEAL_WRITE);
        int status = Libc.try_sendmsg((int)Connection.Socket.SafeHandle.DangerousGetHandle(), [], [file.Fd()]);
        if (status < 0)
        {
            throw new IOException($"sendmsg {Socket}: {Libc.strerror(-status)}");
        }
    }

    private static void Field(IBufferWriter<byte> output, string name, string value) => Field(output, name, Encoding.UTF8.GetBytes(value));

    /// <summary>A value with a newline in it is written with its length.</summary>
    private static void Field(IBufferWriter<byte> output, string name, byte[] value)
    {
        output.Write(Encoding.ASCII.GetBytes(name));
        if (value.AsSpan().Contains((byte)'\n'))
        {
            output.Write("\n"u8);
            BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), (ulong)value.Length);
            output.Advance(8);
        }
        else
        {
            output.Write("="u8);
        }

        output.Write(value);
        output.Write("\n"u8);
    }
}
