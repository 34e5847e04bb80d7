using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using NLog;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Api.Transport;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>
/// Follows the requests of one connection. Ordinary ones go to Kestrel byte for byte; the first that is to be hijacked, or that is
/// malformed, ends Kestrel's part and is answered here.
/// </summary>
/// <remarks>
/// <code>
/// socket ── Input ──▶ head ─┬─ ordinary ──▶ pipe ──▶ Kestrel ──▶ Output ── socket
///                           └─ hijack: close the pipe, wait for Kestrel to end, then handler ◀── Input, Output ──▶
/// </code>
/// Kestrel ends by itself when its pipe ends, after it has answered all it was given, so answers keep their order under pipelining.
/// </remarks>
internal sealed class RequestRouter(
    ClientConnection client, RouteTable routes, OpenRequests requests, AuthorizationPlugins authorization, ConnectionDelegate http, LargeHeads largeHeads, TimeSpan headTimeout)
{
    private static readonly PipeOptions s_pipeOptions = new(
        pauseWriterThreshold: 256 << 10, resumeWriterThreshold: 128 << 10, minimumSegmentSize: 16 << 10, useSynchronizationContext: false);

    private static readonly Logger s_log = LogManager.GetLogger("api");

    private Pipe? _ordinary;
    private Task _kestrel = Task.CompletedTask;
    private volatile bool _closing;
    private bool _lastPassed;

    /// <summary>While a large head is in the input, or in the pipe before Kestrel has taken it.</summary>
    private IDisposable? _largeHead;

    public async Task RunAsync()
    {
        RequestHead? taken = null;
        FramingException? malformed = null;
        try
        {
            using CancellationTokenRegistration shutdown = WatchForShutdown();
            taken = await FollowAsync();
        }
        catch (FramingException error)
        {
            malformed = error;
        }
        finally
        {
            ForgetLargeHead();
        }

        await EndKestrelAsync();
        if (malformed is not null)
        {
            await RefuseAsync(malformed);
        }
        else if (taken is not null)
        {
            ForgetCancelledRead();
            await HijackAsync(taken);
        }
    }

    /// <summary>Passes requests on until one is to be taken out (returned) or no more can come (null).</summary>
    private async Task<RequestHead?> FollowAsync()
    {
        while (await ReadHeadAsync() is { } read)
        {
            RequestHead head = read.Head;
            if ((await routes.FindAsync(head.Method, RequestTarget.Path(head.Target))).Route?.Hijack is not null)
            {
                RequestHead whole = authorization.IsEmpty ? head : head with { Headers = RequestHeadParser.Headers(read.Bytes) };
                client.Input.AdvanceTo(read.End);
                return whole;
            }

            bool passed = await PassHeadAsync(read);
            ForgetLargeHead();
            if (!passed || !await PassBodyAsync(head.NewBody()))
            {
                return null;
            }

            if (!head.KeepAlive)
            {
                _lastPassed = true;
                await WaitForEndAsync();
                return null;
            }
        }

        return null;
    }

    /// <summary>Reads up to the end of the next head, which stays unconsumed; null at the end of input or when the connection is to close.</summary>
    private async Task<HeadRead?> ReadHeadAsync()
    {
        using CancellationTokenSource slow = new();
        HeadScan scan = new();
        bool timed = false;
        while (true)
        {
            ReadResult read = await ReadAsync(slow.Token);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (TrySkipEmptyLine(ref buffer))
            {
                scan = new HeadScan();
            }

            if (Parse(buffer, scan) is { } head)
            {
                return head;
            }

            client.Input.AdvanceTo(buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                client.InputEnded();
                return null;
            }

            if (_closing)
            {
                return null;
            }

            if (!buffer.IsEmpty && !timed)
            {
                timed = true;
                slow.CancelAfter(headTimeout);
            }

            if (buffer.Length > LargeHeads.Ordinary)
            {
                _largeHead ??= await InTimeAsync(largeHeads.EnterAsync(slow.Token));
            }
        }
    }

    private Task<ReadResult> ReadAsync(CancellationToken slow) => InTimeAsync(client.Input.ReadAsync(slow).AsTask());

    private static async Task<T> InTimeAsync<T>(Task<T> step)
    {
        try
        {
            return await step;
        }
        catch (OperationCanceledException)
        {
            throw new FramingException("the request's head took too long", 408);
        }
    }

    /// <summary>Old clients end a body with a CRLF that is not part of it; RFC 9112 (2.2) has servers ignore it.</summary>
    private static bool TrySkipEmptyLine(ref ReadOnlySequence<byte> buffer)
    {
        SequenceReader<byte> reader = new(buffer);
        if (!reader.IsNext("\r\n"u8, advancePast: true))
        {
            return false;
        }

        buffer = buffer.Slice(reader.Position);
        return true;
    }

    private static HeadRead? Parse(ReadOnlySequence<byte> buffer, HeadScan scan)
    {
        long end = scan.FindEnd(buffer);
        if (end < 0)
        {
            return null;
        }

        ReadOnlySequence<byte> head = buffer.Slice(0, end);
        return new HeadRead(RequestHeadParser.Parse(head.IsSingleSegment ? head.FirstSpan : head.ToArray()), head);
    }

    private void ForgetLargeHead()
    {
        _largeHead?.Dispose();
        _largeHead = null;
    }

    private async Task<bool> PassHeadAsync(HeadRead read)
    {
        PipeWriter kestrel = StartKestrel();
        foreach (ReadOnlyMemory<byte> piece in read.Bytes)
        {
            kestrel.Write(piece.Span);
        }

        client.Input.AdvanceTo(read.End);
        FlushResult flushed = await kestrel.FlushAsync();
        return !flushed.IsCompleted;
    }

    /// <summary>Passes a body on as fast as Kestrel's reader takes it; false when Kestrel has closed or the input ended inside.</summary>
    private async Task<bool> PassBodyAsync(IMessageBody body)
    {
        PipeWriter kestrel = _ordinary!.Writer;
        while (!body.Ended)
        {
            ReadResult read = await client.Input.ReadAsync();
            if (!TryPass(read.Buffer, body, kestrel, out SequencePosition passed))
            {
                return false;
            }

            client.Input.AdvanceTo(passed);
            FlushResult flushed = await kestrel.FlushAsync();
            if (flushed.IsCompleted)
            {
                return false;
            }

            if (read.IsCompleted && !body.Ended)
            {
                client.InputEnded();
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The handler has the request already, so a broken body reaches it as the error of its read, which it answers. An end of the pipe
    /// without one would have Kestrel close without an answer.
    /// </summary>
    private static bool TryPass(ReadOnlySequence<byte> buffer, IMessageBody body, PipeWriter kestrel, out SequencePosition passed)
    {
        try
        {
            passed = Pass(buffer, body, kestrel);
            return true;
        }
        catch (FramingException malformed)
        {
            passed = buffer.Start;
            kestrel.Complete(new BadHttpRequestException(malformed.Message, malformed.Status, malformed));
            return false;
        }
    }

    private static SequencePosition Pass(ReadOnlySequence<byte> buffer, IMessageBody body, PipeWriter kestrel)
    {
        long passed = 0;
        foreach (ReadOnlyMemory<byte> piece in buffer)
        {
            int taken = body.Scan(piece.Span, null);
            kestrel.Write(piece.Span[..taken]);
            passed += taken;
            if (taken < piece.Length)
            {
                break;
            }
        }

        return buffer.GetPosition(passed);
    }

    /// <summary>After the last request of a connection: only its end is of interest, for the handler that may be waiting.</summary>
    private async Task WaitForEndAsync()
    {
        while (true)
        {
            ReadResult read = await client.Input.ReadAsync();
            client.Input.AdvanceTo(read.Buffer.End);
            if (_closing)
            {
                return;
            }

            if (read.IsCompleted)
            {
                client.InputEnded();
                return;
            }
        }
    }

    /// <summary>Kestrel's HTTP layer is started by the first request for it: a connection that is only hijacked never pays for it.</summary>
    private PipeWriter StartKestrel()
    {
        if (_ordinary is null)
        {
            _ordinary = new Pipe(s_pipeOptions);
            client.Transport = new DuplexPipe(_ordinary.Reader, client.Output);
            _kestrel = RunKestrelAsync(_ordinary.Reader);
        }

        return _ordinary.Writer;
    }

    private async Task RunKestrelAsync(PipeReader input)
    {
        try
        {
            await http(client);
        }
        finally
        {
            input.Complete();
            Close();
        }
    }

    private async Task EndKestrelAsync()
    {
        // After the last request Kestrel ends by itself; told of an end it would drop the answer to one with a body.
        if (!_lastPassed)
        {
            _ordinary?.Writer.Complete();
        }

        await _kestrel;
        _ordinary?.Writer.Complete();
    }

    private CancellationTokenRegistration WatchForShutdown()
    {
        CancellationToken closing = client.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        return closing.UnsafeRegister(static router => ((RequestRouter)router!).Close(), this);
    }

    /// <summary>Lets no more requests in: Kestrel's part has ended, or the daemon stops.</summary>
    private void Close()
    {
        _closing = true;
        client.Input.CancelPendingRead();
    }

    /// <summary>The wake-up of <see cref="Close"/> may have come when nobody was reading; the hijacked stream's reader must not see it.</summary>
    private void ForgetCancelledRead()
    {
        if (client.Input.TryRead(out ReadResult read))
        {
            client.Input.AdvanceTo(read.Buffer.Start);
        }
    }

    private async Task RefuseAsync(FramingException malformed)
    {
        s_log.Debug("{Id} {Status} {Reason}", client.ConnectionId, malformed.Status, malformed.Message);
        await RawAnswer.WriteAsync(client.Output, malformed.Status, new Models.ErrorResponse(malformed.Message));
    }

    private async Task HijackAsync(RequestHead head)
    {
        using IDisposable open = requests.Begin(client.ConnectionId, head.Method, head.Target);
        ConnectionHijack hijack = new(client, head, await routes.FindAsync(head.Method, RequestTarget.Path(head.Target)), authorization);
        await hijack.ServeAsync();
    }

    private sealed record HeadRead(RequestHead Head, ReadOnlySequence<byte> Bytes)
    {
        public SequencePosition End => Bytes.End;
    }
}
