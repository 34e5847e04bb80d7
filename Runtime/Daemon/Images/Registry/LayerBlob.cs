using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Storage.Compression;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;

namespace Rtd.Daemon.Images.Registry;

/// <summary>A layer's plain archive, out of its blob; at its end it has been checked that the whole blob was what its digest says.</summary>
internal sealed class LayerBlob : PullStream
{
    private readonly OciDescriptor _descriptor;
    private readonly Stream _blob;
    private readonly HashingStream _hashed;
    private readonly Action<long> _received;
    private readonly Action _verifying;
    private Stream? _plain;
    private bool _verified;

    /// <param name="blob">The blob's bytes; disposed of with this stream.</param>
    /// <param name="received">Told how many of them there have been.</param>
    /// <param name="verifying">Told when all have come.</param>
    public LayerBlob(Stream blob, OciDescriptor descriptor, Action<long> received, Action verifying)
    {
        _descriptor = descriptor;
        _hashed = new HashingStream(blob);
        _blob = blob;
        _received = received;
        _verifying = verifying;
    }

    /// <exception cref="EngineException">Invalid parameter: damaged. System: another digest or length.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = ReadPlain(buffer);
        _received(_hashed.Count);
        if (read == 0 && !_verified)
        {
            Verify();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        _plain?.Dispose();
        _hashed.Dispose();
        _blob.Dispose();
        base.Dispose(disposing);
    }

    private int ReadPlain(Span<byte> buffer)
    {
        try
        {
            _plain ??= Decompression.Open(_hashed, out _);
            return _plain.Read(buffer);
        }
        catch (InvalidDataException damaged)
        {
            throw TarError.Archive(damaged.Message, damaged);
        }
    }

    /// <summary>A decompressor stops at its own end; the digest covers what is behind that, too.</summary>
    private void Verify()
    {
        byte[] rest = new byte[64 * 1024];
        while (_hashed.Read(rest) > 0)
        {
        }

        _received(_hashed.Count);
        _verifying();
        if (_hashed.Digest() != _descriptor.Digest)
        {
            throw EngineException.System($"filesystem layer verification failed for digest {_descriptor.Digest}");
        }

        _verified = true;
    }
}
