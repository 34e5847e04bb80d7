using System.IO.Compression;
using System.Security.Cryptography;
using Rtd.Daemon.Images.Transfer;

namespace Rtd.Tests.Unit.Registry;

public sealed class ParallelGzipTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    [InlineData((5 << 20) + 12345)]
    public async Task Any_gzip_reads_it_as_one(int length)
    {
        byte[] content = new byte[length];
        new Random(1).NextBytes(content.AsSpan(0, length / 2));
        MemoryStream output = new();
        using ParallelGzip gzip = new(CompressionLevel.Fastest);

        await gzip.RunAsync((plain, _) => plain.Write(content), output, CancellationToken.None);

        Assert.Equal(output.Length, gzip.Size);
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(output.ToArray())), gzip.Digest());
        MemoryStream back = new();
        output.Position = 0;
        await new GZipStream(output, CompressionMode.Decompress).CopyToAsync(back);
        Assert.Equal(content, back.ToArray());
    }

    [Fact]
    public async Task Failure_of_the_writer_comes_out()
    {
        using ParallelGzip gzip = new(CompressionLevel.Fastest);
        await Assert.ThrowsAsync<InvalidDataException>(() => gzip.RunAsync((_, _) => throw new InvalidDataException("x"), new MemoryStream(), CancellationToken.None));
    }
}
