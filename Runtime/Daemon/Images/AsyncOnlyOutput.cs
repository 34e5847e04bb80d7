using Rtd.Daemon.Storage.Files;

namespace Rtd.Daemon.Images;

/// <summary>Writes to a stream that only writes asynchronously (a response) from a thread that may block.</summary>
internal sealed class AsyncOnlyOutput(Stream target, CancellationToken cancelled) : PushStream
{
    public override void Write(byte[] buffer, int offset, int count) => target.WriteAsync(buffer.AsMemory(offset, count), cancelled).AsTask().GetAwaiter().GetResult();

    public override void Flush() => target.FlushAsync(cancelled).GetAwaiter().GetResult();
}
