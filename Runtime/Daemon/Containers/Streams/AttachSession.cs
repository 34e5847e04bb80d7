using System.Buffers;
using System.IO.Pipelines;
using Rtd.Daemon.Api;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Containers.Streams;

/// <summary>Connects one hijacked connection with a process until the output has ended, the client detaches or is gone.</summary>
internal sealed class AttachSession(HijackedStream connection, ProcessStreams streams, AttachedClient client, AttachInput? input)
{
    private enum InputEnd
    {
        /// <summary>Output goes on.</summary>
        Closed,

        /// <summary>The attachment ends with its input.</summary>
        Left,

        Detached,
    }

    /// <returns>True when the client left by the detach keys.</returns>
    public async Task<bool> RunAsync(CancellationToken aborted)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Task output = CopyOutputAsync(ending.Token);
        Task<InputEnd> typed = input is null ? Task.FromResult(InputEnd.Closed) : CopyInputAsync(input, ending.Token);
        try
        {
            await Task.WhenAny(output, typed);
            if (typed.IsCompletedSuccessfully && typed.Result != InputEnd.Closed)
            {
                return typed.Result == InputEnd.Detached;
            }

            await output;
            return false;
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(output, typed);
            streams.Detach(client);
        }
    }

    private async Task CopyOutputAsync(CancellationToken cancellation)
    {
        try
        {
            await client.CopyToAsync(connection.Output, cancellation);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The connection is dead, or the session is ending: both mean that nobody reads any more.
            streams.Detach(client);
        }
    }

    private async Task<InputEnd> CopyInputAsync(AttachInput how, CancellationToken cancellation)
    {
        try
        {
            IContainerProcess process = await streams.Process.WaitAsync(cancellation);
            return await CopyInputAsync(process, how, cancellation);
        }
        catch (OperationCanceledException)
        {
            return InputEnd.Closed;
        }
    }

    private async Task<InputEnd> CopyInputAsync(IContainerProcess process, AttachInput how, CancellationToken cancellation)
    {
        List<byte> passed = [];
        while (true)
        {
            ReadResult read = await ReadAsync(cancellation);
            foreach (ReadOnlyMemory<byte> segment in read.Buffer)
            {
                ReadOnlyMemory<byte> data = segment;
                bool detach = false;
                if (how.Keys is { } keys)
                {
                    passed.Clear();
                    detach = keys.Scan(segment.Span, passed);
                    data = passed.ToArray();
                }

                if (!data.IsEmpty && !await TryWriteAsync(process, data, cancellation))
                {
                    return InputEnd.Closed; // as with a shell's pipe: what is typed after the reader has gone is lost, the output still counts
                }

                if (detach)
                {
                    return InputEnd.Detached;
                }
            }

            if (read.IsCompleted || read.IsCanceled)
            {
                return EndInput(process, how);
            }

            connection.Input.AdvanceTo(read.Buffer.End);
        }
    }

    private InputEnd EndInput(IContainerProcess process, AttachInput how)
    {
        if (!how.CloseStdin || streams.Tty)
        {
            return InputEnd.Left;
        }

        process.CloseStdin();
        return InputEnd.Closed;
    }

    /// <summary>A connection that breaks is, for the input, the same as one that ends.</summary>
    private async Task<ReadResult> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await connection.Input.ReadAsync(cancellation);
        }
        catch (IOException)
        {
            return new ReadResult(default, isCanceled: false, isCompleted: true);
        }
    }

    private static async Task<bool> TryWriteAsync(IContainerProcess process, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        try
        {
            await process.WriteStdinAsync(data, cancellation);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
