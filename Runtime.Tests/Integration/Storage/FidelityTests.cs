using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Layers;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Unit.Storage;
using Xunit;

namespace Rtd.Tests.Integration.Storage;

/// <summary>What is unpacked is what GNU tar unpacks: owners, modes, times, xattrs, links, devices, names.</summary>
public sealed class FidelityTests : StorageTest
{
    private const string MakeTree = """
        mkdir -p tree/dir/sub tree/empty tree/sticky && cd tree
        echo content > dir/file; : > dir/sub/zero; head -c 3000000 /dev/urandom > dir/large
        chmod 4755 dir/file; chmod 2711 dir/sub; chmod 1777 sticky; chmod 0 dir/sub/zero
        chown 1000:2000 dir/file; chmod 4755 dir/file; chown 70000:80000 dir/sub; chmod 2711 dir/sub
        ln dir/file dir/hard; ln -s file dir/link; ln -s /etc/passwd absolute; ln -s ../dir/file sticky/up; chown -h 5:6 dir/link
        ln dir/link dir/linklink
        mknod null c 1 3; mknod disk b 259 70000; chmod 640 disk; mkfifo fifo; chown 3:4 fifo null
        long=$(printf 'n%.0s' $(seq 200)); mkdir -p $long/$long; echo long > $long/$long/file; ln -s $long/$long/file longlink; ln $long/$long/file longhard
        touch 'spaces and "quotes"' 'new
        line' ümlaut
        touch -h -d '1969-12-31 23:00:00.5' dir/link; touch -d '2001-02-03 04:05:06.789012345' dir/file; touch -d '2038-01-20' dir/large
        touch -d '1999-01-01' dir/sub dir empty sticky .
        """;

    [StorageTheory]
    [InlineData("pax", "overlay2")]
    [InlineData("gnu", "overlay2")]
    [InlineData("pax", "vfs")]
    public void UnpacksAsGnuTarDoes(string format, string driver)
    {
        Run("sh", "-ec", $"cd '{Scratch}'\n{MakeTree}");
        SetXattr("dir/file", "user.text", "hello"u8);
        SetXattr("dir/file", "trusted.mine", "1"u8);
        SetXattr("dir/large", "user.binary", [0x00, 0xFF, 0x80, 0xFE, 0x0A, 0x00]);
        SetXattr("dir/large", "security.capability", [1, 0, 0, 2, 0x00, 0xA0, 0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        SetXattr("empty", "user.dir", "x"u8);
        string xattrs = format == "pax" ? "--xattrs --xattrs-include='*'" : "";
        Run("sh", "-ec", $"cd '{Scratch}' && tar --format={format} {xattrs} -C tree -cf archive.tar . && mkdir reference && tar --xattrs --xattrs-include='*' --same-owner -p -C reference -xf archive.tar");
        ImageService service = Open(driver);
        using LayerHold layer = Layer(service, File.ReadAllBytes(Path.Combine(Scratch, "archive.tar")));
        string[] expected = Describe(Path.Combine(Scratch, "reference"));
        Assert.True(expected.Length > 25);
        Assert.Equal(expected, Describe(Diff(service, layer)));
        if (format == "pax")
        {
            Assert.Contains(expected, line => line == "./dir/large security.capability=0100000200A00080000000000000000000000000");
        }
    }

    [StorageFact]
    public void UnpacksOldFormats()
    {
        Run("sh", "-ec", $"cd '{Scratch}' && mkdir -p tree/d && echo x > tree/d/f && ln -s f tree/d/l && touch -d 2000-01-01 tree/d");
        ImageService service = Open();
        foreach (string format in (ReadOnlySpan<string>)["v7", "ustar", "oldgnu"])
        {
            Run("sh", "-ec", $"cd '{Scratch}' && tar --format={format} -C tree -cf {format}.tar . && mkdir {format} && tar -C {format} -xpf {format}.tar");
            using LayerHold layer = Layer(service, File.ReadAllBytes(Path.Combine(Scratch, format + ".tar")));
            Assert.Equal(Describe(Path.Combine(Scratch, format)), Describe(Diff(service, layer)));
        }
    }

    [StorageFact]
    public void LaterEntriesReplaceEarlierOnes()
    {
        ImageService service = Open();
        using LayerHold layer = Layer(service, new TarBuilder()
            .File("a", "old").File("a", "new")
            .Directory("d").File("d/x").File("d", "file now")
            .File("f").Directory("f").File("f/in")
            .Directory("kept").File("kept/x").Directory("kept", mode: 0x1C0));
        string diff = Diff(service, layer);
        Assert.Equal("new", File.ReadAllText(Path.Combine(diff, "a")));
        Assert.Equal("file now", File.ReadAllText(Path.Combine(diff, "d")));
        Assert.True(File.Exists(Path.Combine(diff, "f/in")));
        Assert.True(File.Exists(Path.Combine(diff, "kept/x")));
        Assert.Equal("700\n", Run("stat", "-c", "%a", Path.Combine(diff, "kept")));
    }

    /// <summary>A layer that names only d/sub/new must not make d or the root look like new.</summary>
    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void ImpliedDirectoriesKeepWhatTheyWere(string driver)
    {
        ImageService service = Open(driver);
        Image image = Load(service,
            new TarBuilder().Directory("./", mode: 0x1E8, uid: 7, time: 500).Directory("d", mode: 0x1C0, uid: 1000, gid: 2000, time: 1234).Directory("d/sub", mode: 0x5ED, time: 99),
            new TarBuilder().File("d/sub/new"));
        service.Storage.ContainerLayers.Create("c1", image);
        string result = InMounted(service.Storage.ContainerLayers.Rootfs("c1"), "stat -c '%n %a %u:%g' . d d/sub; stat -c '%n %Y' d d/sub");
        Assert.Equal(". 750 7:0\nd 700 1000:2000\nd/sub 2755 0:0\nd 1234\nd/sub 99\n", result);
    }

    private void SetXattr(string file, string name, ReadOnlySpan<byte> value) =>
        Assert.Equal(0, Libc.try_lsetxattr(RawName.From(Path.Combine(Scratch, "tree", file)), RawName.From(name), value));

    private static Image Load(ImageService service, params TarBuilder[] layers) => ArchiveBuilder.Load(service, layers);
}
