using System.Text;
using Rtd.Client.Images;
using Rtd.Client.Streams;
using Rtd.Protocol.Patterns;

namespace Rtd.Client.Builds;

/// <summary>Standard input as the context: an archive, compressed or not, or a Dockerfile alone.</summary>
internal static class StandardInputContext
{
    private const int TarHeader = 512, ChecksumStart = 148, ChecksumLength = 8;

    /// <exception cref="ClientException">It is neither.</exception>
    public static BuildSource Open(string? file) => Open(UploadSource.OpenStandardInput(), file);

    /// <exception cref="ClientException">It is neither.</exception>
    public static BuildSource Open(Stream input, string? file)
    {
        byte[] head = new byte[TarHeader];
        int count = input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        Stream whole = new PrefixedStream(head.AsMemory(0, count), input);
        if (IsArchive(head.AsSpan(0, count)))
        {
            return new BuildSource(file ?? "", "", whole);
        }

        if (file is not null)
        {
            throw new ClientException("ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
        }

        byte[] dockerfile = DirectoryContext.ReadAll(whole);
        return new BuildSource("Dockerfile", "", ProducedStream.Of(output =>
        {
            using ContextArchive archive = new(output, "/", IgnorePatterns.None, []);
            archive.Add("Dockerfile", dockerfile);
        }));
    }

    private static bool IsArchive(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) // gzip
        || head.StartsWith("BZh"u8)
        || head.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])
        || head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) // zstd
        || IsTar(head);

    /// <summary>By its checksum, which all formats of tar have; an empty archive is two blocks of zeros.</summary>
    private static bool IsTar(ReadOnlySpan<byte> head)
    {
        if (head.Length < TarHeader)
        {
            return false;
        }

        if (head.IndexOfAnyExcept((byte)0) < 0)
        {
            return true;
        }

        int sum = ChecksumLength * ' ';
        for (int i = 0; i < head.Length; i++)
        {
            sum += i is >= ChecksumStart and < ChecksumStart + ChecksumLength ? 0 : head[i];
        }

        string digits = Encoding.ASCII.GetString(head.Slice(ChecksumStart, ChecksumLength)).Trim(' ', '\0');
        int told = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return false;
            }

            told = (told * 8) + (digit - '0');
        }

        return digits.Length > 0 && told == sum;
    }
}
