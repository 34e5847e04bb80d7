using System.IO.Pipes;

namespace Rtd.Daemon.Storage.Files;

/// <summary>Joins something that writes a stream to something that reads one: both at once, with a pipe of the kernel between them.</summary>
internal static class PipedStream
{
    /// <summary>Runs the writer on a thread of its own and the reader on this one.</summary>
    /// <returns>The reader's result. A failure of the writer is thrown rather than what the reader says of the stream cut by it.</returns>
    public static T Run<T>(Action<Stream> write, Func<Stream, T> read)
    {
        using AnonymousPipeServerStream output = new(PipeDirection.Out);
        using AnonymousPipeClientStream input = new(PipeDirection.In, output.ClientSafePipeHandle);
        Task writing = Task.Factory.StartNew(() => Write(output, write), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return read(input);
        }
        catch (Exception failure)
        {
            input.Dispose(); // the writer goes on into a broken pipe and ends
            Rethrow(writing, failure);
            throw;
        }
        finally
        {
            input.Dispose();
            _ = Task.WhenAny(writing).GetAwaiter().GetResult();
        }
    }

    private static void Write(AnonymousPipeServerStream output, Action<Stream> write)
    {
        using (output)
        {
            write(output);
        }
    }

    /// <summary>A broken pipe is the reader's doing, any other failure of the writer is the cause of the reader's.</summary>
    private static void Rethrow(Task writing, Exception failure)
    {
        _ = Task.WhenAny(writing).GetAwaiter().GetResult();
        if (writing.IsFaulted && writing.Exception.InnerException is not IOException and not null && failure is not OperationCanceledException)
        {
            writing.GetAwaiter().GetResult();
        }
    }
}
