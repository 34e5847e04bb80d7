using System.Buffers;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>A body of a known length, 0 when there is none.</summary>
internal sealed class SizedBody(long length) : IMessageBody
{
    private long _remaining = length;

    public bool Ended => _remaining == 0;

    public int Scan(ReadOnlySpan<byte> bytes, IBufferWriter<byte>? payload)
    {
        int taken = (int)Math.Min(_remaining, bytes.Length);
        payload?.Write(bytes[..taken]);
        _remaining -= taken;
        return taken;
    }
}
