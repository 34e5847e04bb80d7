using System.Diagnostics;
using System.IO.Compression;
using Rtd.Daemon.Storage.Compression;
using Xunit;

namespace Rtd.Tests.Unit.Storage;

public sealed class DecompressionTests
{
    private static readonly byte[] s_content = Enumerable.Range(0, 500_000).Select(i => (byte)(i * i / 7)).ToArray();

    [Theory]
    [InlineData("bzip2 -c", "Bzip2")]
    [InlineData("xz -c", "Xz")]
    [InlineData("gzip -c", "Gzip")]
    public void ReadsWhatTheProgramsWrite(string program, string format)
    {
        byte[] once = Run(program, s_content);
        Assert.Equal(s_content, Decompress(once, out CompressionFormat found));
        Assert.Equal(format, found.ToString());
        Assert.Equal([.. s_content, .. s_content], Decompress([.. once, .. once], out _));
    }

    [Theory]
    [InlineData("bzip2 -c")]
    [InlineData("xz -c")]
    public void NoticesCutAndDamagedData(string program)
    {
        byte[] whole = Run(program, s_content);
        byte[] damaged = [.. whole];
        damaged[whole.Length / 2] ^= 0xFF;
        Assert.Throws<InvalidDataException>(() => Decompress(whole[..(whole.Length / 2)], out _));
        Assert.Throws<InvalidDataException>(() => Decompress(damaged, out _));
    }

    /// <summary>Frames written by hand (RFC 8878): a raw block and a run of one byte, behind a skippable frame.</summary>
    [Fact]
    public void ReadsZstdFrames()
    {
        byte[] skippable = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 9, (5 << 3) | 0, 0, 0, .. "hello"u8, (4 << 3) | 2 | 1, 0, 0, (byte)'!'];
        Assert.Equal("hello!!!!"u8.ToArray(), Decompress(frame, out CompressionFormat format));
        Assert.Equal(CompressionFormat.Zstd, format);
        Assert.Equal("hello!!!!hello!!!!"u8.ToArray(), Decompress([.. skippable, .. frame, .. frame], out _));
        Assert.Throws<InvalidDataException>(() => Decompress(frame[..^2], out _));
    }

    [Fact]
    public void PlainDataGoesThrough()
    {
        Assert.Equal(s_content, Decompress(s_content, out CompressionFormat format));
        Assert.Equal(CompressionFormat.None, format);
        Assert.Empty(Decompress([], out _));
    }

    [Fact]
    public void ReadsGzipOfTheFramework()
    {
        MemoryStream output = new();
        using (GZipStream gzip = new(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(s_content);
        }

        Assert.Equal(s_content, Decompress(output.ToArray(), out _));
    }

    private static byte[] Decompress(byte[] data, out CompressionFormat format)
    {
        using Stream plain = Decompression.Open(new MemoryStream(data), out format);
        MemoryStream result = new();
        plain.CopyTo(result);
        return result.ToArray();
    }

    private static byte[] Run(string program, byte[] input)
    {
        string[] words = program.Split(' ');
        using Process process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Task writing = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        });
        MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        writing.Wait();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}
