using Rtd.Daemon.Storage.Compression;

namespace Rtd.Daemon.Storage.Tar;

/// <summary>The content of the member that a reader is at, as a stream.</summary>
internal sealed class TarMemberContent(TarReader reader) : PullStream
{
    public override int Read(Span<byte> buffer) => reader.ReadContent(buffer);
}
