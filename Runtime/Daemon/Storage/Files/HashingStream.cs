using System.Security.Cryptography;
using Rtd.Daemon.Storage.Compression;

namespace Rtd.Daemon.Storage.Files;

/// <summary>Computes the SHA-256 of all bytes that are read through it.</summary>
internal sealed class HashingStream(Stream source) : PullStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int read = source.Read(buffer);
        _hash.AppendData(buffer[..read]);
        Count += read;
        return read;
    }

    /// <summary>The digest so far, as <c>sha256:…</c>.</summary>
    public string Digest() => "sha256:" + Convert.ToHexStringLower(_hash.GetCurrentHash());

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
