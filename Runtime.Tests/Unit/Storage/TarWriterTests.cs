using System.Text;
using Rtd.Daemon.Storage.Tar;
using Xunit;

namespace Rtd.Tests.Unit.Storage;

/// <summary>What the writer writes is what the reader, and so any POSIX tar, reads.</summary>
public sealed class TarWriterTests
{
    public static TheoryData<string, string, long, uint, long, long> Members => new()
    {
        { "plain", "", 3, 0, 1_000_000_000, 0 },
        { new string('n', 100), "", 0, 2_097_151, 0, 0 },
        { new string('n', 101), "", 512, 2_097_152, 8_589_934_591, 0 },
        { new string('d', 250) + "/" + new string('e', 250), "", 513, 4_000_000_000, 8_589_934_592, 5 },
        { "link", new string('t', 101), 0, 1, -1, 0 },
        { "früher", "ziel", 0, 1, -2, 750_000_000 },
        { "just before", "", 0, 1, -1, 1 },
        { "sized", "", 99_999, 1, 1, 999_999_999 },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void Round_trip(string name, string link, long size, uint owner, long seconds, long nanoseconds)
    {
        TarEntry entry = Entry(name, link, link.Length > 0 ? TarEntryType.SymbolicLink : TarEntryType.File, size, owner, new TarTime(seconds, nanoseconds));
        byte[] content = [.. Enumerable.Range(0, (int)size).Select(i => (byte)i)];
        MemoryStream archive = new();
        TarWriter writer = new(archive);
        writer.Begin(entry);
        archive.Write(content);
        writer.End();
        writer.Begin(Entry("last", "", TarEntryType.Directory, 0, 0, default));
        writer.Finish();

        archive.Position = 0;
        TarReader reader = new(archive);
        TarEntry read = reader.Next()!;
        Assert.Equal(
            (name, link, entry.Type, size, (uint)0xFED, owner, owner, entry.Modified),
            (Encoding.UTF8.GetString(read.Name), Encoding.UTF8.GetString(read.LinkName), read.Type, read.Size, read.Mode, read.Uid, read.Gid, read.Modified));
        Assert.Equal(["user.a", "security.capability"], read.Xattrs.Select(pair => Encoding.UTF8.GetString(pair.Key).TrimEnd('\0')));
        Assert.Equal([0, 0xFF, 0x0A, 0x80], read.Xattrs[1].Value);
        byte[] got = new byte[size];
        Assert.Equal(size, new TarContent(reader).ReadAtLeast(got, (int)size, throwOnEndOfStream: false));
        Assert.Equal(content, got);
        Assert.Equal("last", reader.Next()!.Display);
        Assert.Null(reader.Next());
        Assert.True(reader.SawEndMarker);
    }

    [Fact]
    public void Devices_keep_their_numbers()
    {
        MemoryStream archive = new();
        TarWriter writer = new(archive);
        writer.Begin(Entry("disk", "", TarEntryType.BlockDevice, 0, 0, default));
        writer.Finish();
        archive.Position = 0;
        TarEntry read = new TarReader(archive).Next()!;
        Assert.Equal((TarEntryType.BlockDevice, 4095u, 1_048_575u), (read.Type, read.DeviceMajor, read.DeviceMinor));
    }

    private static TarEntry Entry(string name, string link, TarEntryType type, long size, uint owner, TarTime modified) => new()
    {
        Name = Encoding.UTF8.GetBytes(name),
        LinkName = Encoding.UTF8.GetBytes(link),
        Type = type,
        Size = size,
        Mode = 0xFED, // 07755
        Uid = owner,
        Gid = owner,
        Modified = modified,
        DeviceMajor = 4095,
        DeviceMinor = 1_048_575,
        Xattrs = [new("user.a\0"u8.ToArray(), "b"u8.ToArray()), new("security.capability\0"u8.ToArray(), [0, 0xFF, 0x0A, 0x80])],
    };
}
