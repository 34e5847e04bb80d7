using System.Buffers;
using Rtd.Daemon.Storage.Files;

namespace Rtd.Daemon.Api;

/// <summary>
/// Takes what is written to it into one array of the pool, which goes back with <see cref="Stream.Dispose()"/>. A list of some hundred containers would
/// else be written into arrays large enough for the collector to keep them until its next full run.
/// </summary>
internal sealed class PooledBuffer : PushStream
{
    private const int FirstSize = 4096;

    private byte[] _array = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _length;

    /// <summary>What has been written; until it is disposed of.</summary>
    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _length);

    public override void Write(ReadOnlySpan<byte> data)
    {
        if (_array.Length - _length < data.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _array.Length, _length + data.Length));
            Written.Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        data.CopyTo(_array.AsSpan(_length));
        _length += data.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            (_array, _length) = ([], 0);
        }

        base.Dispose(disposing);
    }
}
