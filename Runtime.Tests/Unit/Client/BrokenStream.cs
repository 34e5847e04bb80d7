using Rtd.Daemon.Storage.Compression;

namespace Rtd.Tests.Unit.Client;

/// <summary>Fails at the first read, as a file on a broken disk.</summary>
internal sealed class BrokenStream : PullStream
{
    public override int Read(Span<byte> buffer) => throw new IOException("the disk is broken");
}
