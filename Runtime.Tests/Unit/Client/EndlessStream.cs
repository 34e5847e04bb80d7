using Rtd.Daemon.Storage.Compression;

namespace Rtd.Tests.Unit.Client;

/// <summary>Zeros for ever.</summary>
internal sealed class EndlessStream : PullStream
{
    public override int Read(Span<byte> buffer)
    {
        buffer.Clear();
        return buffer.Length;
    }
}
