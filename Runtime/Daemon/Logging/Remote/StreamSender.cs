using System.Buffers;
using System.Net.Sockets;
using Rtd.Daemon.Security;

namespace Rtd.Daemon.Logging.Remote;

/// <summary>What senders over one socket have in common: connecting, and a connection that is given up when it breaks.</summary>
/// <param name="writeTimeout">How long one write may take; null for no limit.</param>
internal abstract class StreamSender(CollectorAddress address, TlsFiles? tls, TimeSpan? writeTimeout = null) : ILogSender
{
    private CollectorConnection? _connection;

    protected CollectorConnection Connection => _connection ?? throw new IOException($"{address}: not connected");

    public async Task ConnectAsync(CancellationToken cancelled)
    {
        if (_connection?.IsClosed() == true)
        {
            await CloseAsync();
        }

        _connection ??= await CollectorConnection.OpenAsync(address, tls, cancelled);
    }

    public async Task<int> SendAsync(IReadOnlyList<RemoteEntry> entries, CancellationToken cancelled)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limit.CancelAfter(writeTimeout ?? Timeout.InfiniteTimeSpan);
        try
        {
            return address.IsDatagram ? await SendDatagramsAsync(entries, limit.Token) : await SendStreamAsync(entries, limit.Token);
        }
        catch (OperationCanceledException late) when (!cancelled.IsCancellationRequested)
        {
            await CloseAsync();
            throw new IOException($"{address}: write timed out", late);
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>Appends one entry as the collector wants it.</summary>
    protected abstract void Encode(RemoteEntry entry, IBufferWriter<byte> output);

    /// <summary>Waits for the collector's word that it has what was sent, if it gives one.</summary>
    protected virtual Task AcknowledgeAsync(CancellationToken cancelled) => Task.CompletedTask;

    /// <summary>Sends one datagram; false when it is too large and no other way is left.</summary>
    protected virtual async Task<bool> SendDatagramAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancelled)
    {
        try
        {
            await Connection.Socket.SendAsync(datagram, SocketFlags.None, cancelled);
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.MessageSize)
        {
            return false;
        }
    }

    private async Task<int> SendStreamAsync(IReadOnlyList<RemoteEntry> entries, CancellationToken cancelled)
    {
        ArrayBufferWriter<byte> output = new();
        foreach (RemoteEntry entry in entries)
        {
            Encode(entry, output);
        }

        await Connection.Stream.WriteAsync(output.WrittenMemory, cancelled);
        await AcknowledgeAsync(cancelled);
        return 0;
    }

    private async Task<int> SendDatagramsAsync(IReadOnlyList<RemoteEntry> entries, CancellationToken cancelled)
    {
        int lost = 0;
        ArrayBufferWriter<byte> output = new();
        foreach (RemoteEntry entry in entries)
        {
            output.ResetWrittenCount();
            Encode(entry, output);
            lost += await SendDatagramAsync(output.WrittenMemory, cancelled) ? 0 : 1;
        }

        return lost;
    }

    private async ValueTask CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
