using ICSharpCode.SharpZipLib.BZip2;

namespace Rtd.Daemon.Storage.Compression;

/// <summary>bzip2, by SharpZipLib; also several streams one after another, as pbzip2 writes them.</summary>
internal sealed class Bzip2Stream(Stream source) : PullStream
{
    private readonly BufferedStream _source = new(source, 64 * 1024);
    private BZip2InputStream? _current;
    private bool _begun;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            if (!_begun)
            {
                _begun = true;
                _current = NextStream();
            }

            while (_current is not null)
            {
                int read = _current.Read(buffer);
                if (read > 0)
                {
                    return read;
                }

                _current = NextStream();
            }

            return 0;
        }
        catch (BZip2Exception damaged)
        {
            throw new InvalidDataException($"bzip2: {damaged.Message}", damaged);
        }
        catch (Exception damaged) when (damaged is IndexOutOfRangeException or EndOfStreamException)
        {
            // SharpZipLib leaves some damage to the bounds checks of its tables.
            throw new InvalidDataException("bzip2: damaged data", damaged);
        }
    }

    private BZip2InputStream? NextStream()
    {
        int first = _source.ReadByte();
        return first switch
        {
            -1 => null,
            'B' => new BZip2InputStream(new PrefixedStream(new byte[] { (byte)'B' }, _source)) { IsStreamOwner = false },
            _ => throw new InvalidDataException("bzip2: data behind the end of the stream"),
        };
    }
}
