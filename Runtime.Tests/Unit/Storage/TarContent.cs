using Rtd.Daemon.Storage.Compression;
using Rtd.Daemon.Storage.Tar;

namespace Rtd.Tests.Unit.Storage;

/// <summary>The current member's content as a stream.</summary>
internal sealed class TarContent(TarReader reader) : PullStream
{
    public override int Read(Span<byte> buffer) => reader.ReadContent(buffer);
}
