namespace Rtd.Daemon.Images;

/// <summary>Writes to a stream that only writes asynchronously (a response) from a thread that may block.</summary>
internal sealed class AsyncOnlyOutput(Stream target, CancellationToken cancelled) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => target.WriteAsync(buffer.AsMemory(offset, count), cancelled).AsTask().GetAwaiter().GetResult();

    public override void Flush() => target.FlushAsync(cancelled).GetAwaiter().GetResult();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
