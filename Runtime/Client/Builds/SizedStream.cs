namespace Rtd.Client.Builds;

/// <summary>As much of a file as its archive entry has announced, whatever happens to the file meanwhile.</summary>
internal sealed class SizedStream(Stream file, long size, string name) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => size;

    public override long Position
    {
        get => _position;
        set => _position = file.Position = value;
    }

    /// <exception cref="ClientException">The file has become shorter.</exception>
    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, size - _position);
        int count = wanted == 0 ? 0 : file.Read(buffer[..wanted]);
        if (count == 0 && wanted > 0)
        {
            throw new ClientException($"error sending context: {name} became shorter while it was read");
        }

        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
