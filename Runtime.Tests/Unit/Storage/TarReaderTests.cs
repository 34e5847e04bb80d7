using System.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Tar;
using Xunit;

namespace Rtd.Tests.Unit.Storage;

public sealed class TarReaderTests
{
    [Fact]
    public void ReadsUstarFields()
    {
        TarEntry entry = Single(new TarBuilder().File("a/b", "content", mode: 0x9ED, uid: 1000, gid: 2000, time: 123));
        Assert.Equal("a/b", entry.Display);
        Assert.Equal(TarEntryType.File, entry.Type);
        Assert.Equal((0x9EDu, 1000u, 2000u, 7L, 123L), (entry.Mode, entry.Uid, entry.Gid, entry.Size, entry.Modified.Seconds));
    }

    [Fact]
    public void KeepsBinaryXattrsAndNamesAsTheyAre()
    {
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0x80, 0, 0, 0, 0, 0xFF, (byte)'\n', 0, 0, 0, 0, 0, 0];
        TarEntry entry = Single(new TarBuilder().Pax(("SCHILY.xattr.security.capability", capability), ("path", new byte[] { (byte)'n', 0xFF })).File("x"));
        Assert.Equal([(byte)'n', 0xFF], entry.Name);
        KeyValuePair<byte[], byte[]> xattr = Assert.Single(entry.Xattrs);
        Assert.Equal("security.capability\0", Encoding.ASCII.GetString(xattr.Key));
        Assert.Equal(capability, xattr.Value);
    }

    [Fact]
    public void PaxOverridesTheHeader()
    {
        string name = new string('n', 300) + "/file";
        TarEntry entry = Single(new TarBuilder().Pax(("path", name), ("uid", "3000000"), ("gid", "4000000"), ("mtime", "-1.25")).File("short"));
        Assert.Equal(name, Encoding.UTF8.GetString(entry.Name));
        Assert.Equal((3000000u, 4000000u), (entry.Uid, entry.Gid));
        Assert.Equal(new TarTime(-2, 750_000_000), entry.Modified);
    }

    [Fact]
    public void ReadsGnuLongNames()
    {
        string name = new('n', 300), link = new('l', 400);
        TarEntry entry = Single(new TarBuilder().LongName('L', name).LongName('K', link).SymbolicLink("short", "short"));
        Assert.Equal(name, Encoding.UTF8.GetString(entry.Name));
        Assert.Equal(link, Encoding.UTF8.GetString(entry.LinkName));
    }

    [Fact]
    public void SlashAtTheEndMakesAnOldFileADirectory() =>
        Assert.Equal(TarEntryType.Directory, Single(new TarBuilder().Member("d/", '\0', magic: "")).Type);

    [Fact]
    public void ReadsContentAndSkipsWhatIsNotTaken()
    {
        TarReader reader = Reader(new TarBuilder().File("a", new string('x', 1000)).File("b", "two").Build());
        Assert.Equal("a", reader.Next()!.Display);
        Assert.Equal("b", reader.Next()!.Display);
        byte[] content = new byte[10];
        Assert.Equal(3, reader.ReadContent(content));
        Assert.Equal(0, reader.ReadContent(content));
        Assert.Null(reader.Next());
        Assert.True(reader.SawEndMarker);
    }

    [Fact]
    public void EndWithoutMarkerIsToldApart()
    {
        TarReader reader = Reader(new TarBuilder().File("a").Build(zeroBlocks: 0));
        Assert.NotNull(reader.Next());
        Assert.Null(reader.Next());
        Assert.False(reader.SawEndMarker);
    }

    [Fact]
    public void TapePlaysTheSameBytesAgain()
    {
        byte[] archive = [.. new TarBuilder().Directory("d").File("d/a", new string('a', 700)).Pax(("mtime", "1.5")).File("b", "bb").Build(), .. new byte[777]];
        string path = Path.GetTempFileName();
        try
        {
            Dictionary<string, byte[]> kept = [];
            using (TarTape tape = new(path))
            {
                TarReader reader = new(new MemoryStream(archive), tape);
                while (reader.Next() is { } entry)
                {
                    reader.KeepContentAs(entry.Name);
                    byte[] content = new byte[entry.Size];
                    new TarContent(reader).ReadExactly(content);
                    kept[entry.Display] = content;
                }

                reader.Drain();
            }

            Playback playback = new(kept);
            TarTape.Play(path, playback);
            Assert.Equal(archive, playback.Output.ToArray());
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void RefusesWhatCannotBeTrusted(string problem, byte[] archive)
    {
        EngineException error = Assert.Throws<EngineException>(() =>
        {
            TarReader reader = Reader(archive);
            while (reader.Next() is not null)
            {
            }
        });
        Assert.Equal(ErrorKind.InvalidParameter, error.Kind);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Refused => new()
    {
        { "checksum", Encoding.ASCII.GetBytes(new string('x', 1024)) },
        { "unexpected end", new TarBuilder().File("a", "content").Build()[..515] },
        { "unexpected end", new TarBuilder().Pax(("path", "x")).Build(zeroBlocks: 0) },
        { "too large", new TarBuilder().Member("x", 'x', size: 1L << 30).Build() },
        { "too large", new TarBuilder().Member("x", 'L', size: 1L << 30).Build() },
        { "sparse", new TarBuilder().Member("x", 'S').Build() },
        { "sparse", new TarBuilder().Pax(("GNU.sparse.major", "1")).File("x").Build() },
        { "PAX and a GNU", new TarBuilder().LongName('L', "a").Pax(("path", "b")).File("x").Build() },
        { "two extended headers", new TarBuilder().Pax(("path", "a")).Pax(("path", "b")).File("x").Build() },
        { "global PAX header sets path", new TarBuilder().Extended('g', ("path", "a")).File("x").Build() },
        { "malformed PAX", new TarBuilder().Member("x", 'x', Encoding.ASCII.GetBytes("999 path=a\n")).File("x").Build() },
        { "malformed PAX", new TarBuilder().Member("x", 'x', Encoding.ASCII.GetBytes("9 path=ab")).File("x").Build() },
        { "size 5 is not possible", new TarBuilder().Member("x", '2', Encoding.ASCII.GetBytes("12345"), link: "y").Build() },
        { "unsupported type 'V'", new TarBuilder().Member("x", 'V').Build() },
        { "zero byte", new TarBuilder().Pax(("path", new byte[] { (byte)'a', 0, (byte)'b' })).File("x").Build() },
        { "uid 4294967295", new TarBuilder().Pax(("uid", "4294967295")).File("x").Build() },
        { "device number", new TarBuilder().Device("x", '3', 4096, 0).Build() },
        { "behind a zero block", new TarBuilder().File("x").Raw(new byte[512]).File("y").Build() },
    };

    private static TarReader Reader(byte[] archive) => new(new MemoryStream(archive));

    private static TarEntry Single(TarBuilder builder)
    {
        TarReader reader = Reader(builder.Build());
        TarEntry entry = reader.Next()!;
        Assert.Null(reader.Next());
        return entry;
    }

    private sealed class Playback(Dictionary<string, byte[]> kept) : ITarTape
    {
        public MemoryStream Output { get; } = new();

        public void Raw(ReadOnlySpan<byte> bytes) => Output.Write(bytes);

        public void Content(ReadOnlySpan<byte> path, long size)
        {
            byte[] content = kept[Encoding.UTF8.GetString(path)];
            Assert.Equal(size, content.Length);
            Output.Write(content);
        }
    }
}
