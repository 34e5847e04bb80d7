using System.Net;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Storage.Compression;

namespace Rtd.Daemon.Images.Registry;

/// <summary>A blob as it comes over the network. When the connection breaks, the next one goes on where it stopped, so that the reader sees one stream.</summary>
/// <param name="open">Opens the blob at an offset.</param>
/// <param name="descriptor">Its size is what has to come.</param>
/// <param name="attempts">How many times in a row nothing may come before it is given up.</param>
/// <param name="waiting">Told before each wait.</param>
internal sealed class BlobStream(
    Func<long, CancellationToken, Task<HttpResponseMessage>> open, OciDescriptor descriptor, int attempts, Action<TimeSpan> waiting, CancellationToken cancelled) : PullStream
{
    /// <summary>As much progress makes the tries count from the start; less would let a registry that drips keep us for ever.</summary>
    private const int Progress = 64 * 1024;

    private static readonly TimeSpan s_stall = TimeSpan.FromSeconds(60), s_longestWait = TimeSpan.FromSeconds(60);

    private static readonly Logger s_log = LogManager.GetLogger("registry");

    private readonly byte[] _buffer = new byte[128 * 1024];
    private HttpResponseMessage? _response;
    private Stream? _body;
    private int _start;
    private int _end;
    private long _received;
    private long _receivedAtFailure;
    private int _failures;

    public override int Read(Span<byte> buffer)
    {
        if (_start == _end && !Fill())
        {
            return 0;
        }

        int length = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        CloseConnection();
        base.Dispose(disposing);
    }

    /// <summary>A thread of its own waits here; unpacking is a chain of system calls all the same.</summary>
    private bool Fill()
    {
        while (true)
        {
            cancelled.ThrowIfCancellationRequested();
            try
            {
                return FillAsync().GetAwaiter().GetResult();
            }
            catch (Exception failure) when (IsWorthAnotherTry(failure) && !cancelled.IsCancellationRequested)
            {
                CloseConnection();
                WaitAsync(failure).GetAwaiter().GetResult();
            }
        }
    }

    private async Task<bool> FillAsync()
    {
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        stall.CancelAfter(s_stall);
        try
        {
            _body ??= await OpenAsync(stall.Token);
            int read = await _body.ReadAsync(_buffer, stall.Token);
            if (read == 0 && _received < descriptor.Size)
            {
                throw new IOException("unexpected EOF");
            }

            Count(read);
            return read > 0;
        }
        catch (OperationCanceledException late) when (!cancelled.IsCancellationRequested)
        {
            throw new IOException("i/o timeout", late);
        }
    }

    private void Count(int read)
    {
        _start = 0;
        _end = read;
        _received += read;
        if (_received > descriptor.Size)
        {
            throw EngineException.System($"blob {descriptor.Digest} is longer than the {descriptor.Size} bytes that its manifest says");
        }
    }

    private async Task<Stream> OpenAsync(CancellationToken patience)
    {
        _response = await open(_received, patience);
        Stream body = await _response.Content.ReadAsStreamAsync(patience);
        long start = _response.StatusCode == HttpStatusCode.PartialContent ? _response.Content.Headers.ContentRange?.From ?? _received : 0;
        if (start > _received)
        {
            throw EngineException.System($"blob {descriptor.Digest}: the registry sent bytes from {start} instead of from {_received}");
        }

        // A registry without ranges sends all of it again.
        for (long skip = _received - start; skip > 0;)
        {
            int read = await body.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(skip, _buffer.Length)), patience);
            skip -= read > 0 ? read : throw new IOException("unexpected EOF");
        }

        return body;
    }

    private static bool IsWorthAnotherTry(Exception failure) => failure is IOException or HttpRequestException or RegistryException { IsTransient: true };

    private async Task WaitAsync(Exception failure)
    {
        _failures = _received - _receivedAtFailure >= Progress ? 1 : _failures + 1;
        _receivedAtFailure = _received;
        if (_failures >= attempts)
        {
            throw failure is RegistryException or RegistryUnreachableException ? failure : new RegistryUnreachableException($"blob {descriptor.Digest}: {failure.Message}", failure);
        }

        TimeSpan asked = (failure as RegistryException)?.RetryAfter ?? TimeSpan.Zero;
        TimeSpan wait = TimeSpan.FromMilliseconds(Math.Clamp(Math.Max(500 << (_failures - 1), asked.TotalMilliseconds), 0, s_longestWait.TotalMilliseconds));
        s_log.Info("blob {Digest} broke off after {Received} bytes, going on in {Wait}: {Reason}", descriptor.Digest, _received, wait, failure.Message);
        waiting(wait);
        await Task.Delay(wait, cancelled);
    }

    private void CloseConnection()
    {
        _body?.Dispose();
        _response?.Dispose();
        _body = null;
        _response = null;
    }
}
