using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Files;

/// <summary>Joins something that writes a stream to something that reads one: both at once, with a pipe of the kernel between them.</summary>
internal static class PipedStream
{
    /// <summary>Runs the writer on a thread of its own and the reader on this one.</summary>
    /// <returns>The reader's result. A failure of the writer is thrown rather than what the reader says of the stream cut by it.</returns>
    public static T Run<T>(Action<Stream> write, Func<Stream, T> read)
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = Libc.pipe2(0);
        using FileStream input = new(readEnd, FileAccess.Read, bufferSize: 0);
        Task writing = Task.Factory.StartNew(() => Write(writeEnd, write), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return read(input);
        }
        catch (Exception)
        {
            input.Dispose(); // the writer goes on into a broken pipe and ends
            ThrowFailure(writing);
            throw;
        }
        finally
        {
            input.Dispose();
            Task.WaitAny(writing);
        }
    }

    private static void Write(SafeFileHandle end, Action<Stream> write)
    {
        using FileStream output = new(end, FileAccess.Write, bufferSize: 0);
        write(output);
    }

    /// <summary>A broken pipe is the reader's doing; any other failure of the writer is the cause of the reader's.</summary>
    private static void ThrowFailure(Task writing)
    {
        Task.WaitAny(writing);
        if (writing.Exception?.InnerException is not (null or IOException))
        {
            writing.GetAwaiter().GetResult();
        }
    }
}
