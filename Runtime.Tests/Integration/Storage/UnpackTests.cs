using System.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Layers;
using Rtd.Tests.Unit.Storage;
using Xunit;

namespace Rtd.Tests.Integration.Storage;

/// <summary>Hostile archives: each is refused by name or stays below the layer's root, and the host's canary is what it was.</summary>
public sealed class UnpackTests : StorageTest
{
    private readonly string _canary;

    public UnpackTests()
    {
        _canary = Path.Combine(Scratch, "canary");
        Directory.CreateDirectory(_canary);
        File.WriteAllText(Path.Combine(_canary, "file"), "untouched");
    }

    /// <summary>CVE-2026-17106 (links), CVE-2014-9356 (names), whiteout tricks, overlay's own attributes, formats that readers take differently (image-spec #1301).</summary>
    internal static Dictionary<string, (TarBuilder Archive, string Entry, string Problem)> Hostile { get; } = new()
    {
        ["name above the root"] = (new TarBuilder().File("../canary/new"), "../canary/new", "\"..\""),
        ["name above the root in the middle"] = (new TarBuilder().File("a/../../canary/new"), "a/../../canary/new", "\"..\""),
        ["absolute name"] = (new TarBuilder().File("/canary/new"), "/canary/new", "absolute"),
        ["empty name"] = (new TarBuilder().File(""), "", "empty name"),
        ["entry below a link above the root"] = (new TarBuilder().SymbolicLink("a", "../canary").File("a/new"), "a/new", "file exists"),
        ["entry below a link above the root from below"] = (new TarBuilder().SymbolicLink("d/a", "x/../../../canary").File("d/a/new"), "d/a/new", "file exists"),
        ["hard link above the root"] = (new TarBuilder().HardLink("a", "../canary/file"), "a", "\"..\""),
        ["hard link to an absolute name"] = (new TarBuilder().HardLink("a", "/etc/passwd"), "a", "absolute"),
        ["hard link to nothing"] = (new TarBuilder().HardLink("a", "b"), "a", "no such file"),
        ["hard link to a directory"] = (new TarBuilder().Directory("d").HardLink("a", "d"), "a", "not possible"),
        ["hard link to the root"] = (new TarBuilder().HardLink("a", "."), "a", "not possible"),
        ["hard link to a whiteout"] = (new TarBuilder().File(".wh.b").HardLink("a", "b"), "a", "not possible"),
        ["entry below a file"] = (new TarBuilder().File("a").File("a/b"), "a/b", "not a directory"),
        ["entry below a dangling link"] = (new TarBuilder().SymbolicLink("a", "/nothing").File("a/b"), "a/b", "file exists"),
        ["entry below a loop of links"] = (new TarBuilder().SymbolicLink("a", "b").SymbolicLink("b", "a").File("a/c"), "a/c", "symbolic links"),
        ["whiteout of nothing"] = (new TarBuilder().File("d/.wh."), "d/.wh.", "invalid whiteout"),
        ["whiteout of the directory"] = (new TarBuilder().File("d/.wh.."), "d/.wh..", "invalid whiteout"),
        ["whiteout of the parent"] = (new TarBuilder().File("d/.wh..."), "d/.wh...", "invalid whiteout"),
        ["whiteout through a name"] = (new TarBuilder().File(".wh../../canary"), ".wh../../canary", "\"..\""),
        ["whiteout as a directory"] = (new TarBuilder().File(".wh.a/b"), ".wh.a/b", "cannot be a directory"),
        ["whiteout that is a link"] = (new TarBuilder().SymbolicLink(".wh.a", "/x"), ".wh.a", "must be a file"),
        ["whiteout as a device"] = (new TarBuilder().Device("a", '3', 0, 0), "a", "0:0"),
        ["overlay's own attribute"] = (new TarBuilder().Pax(("SCHILY.xattr.trusted.overlay.redirect", "/etc")).Directory("a"), "a", "trusted.overlay.redirect"),
        ["overlay's opaque mark"] = (new TarBuilder().Pax(("SCHILY.xattr.trusted.overlay.opaque", "y")).Directory("a"), "a", "trusted.overlay.opaque"),
        ["root that is a link"] = (new TarBuilder().SymbolicLink("./", "/etc"), "./", "root must be a directory"),
        ["sparse file"] = (new TarBuilder().Pax(("GNU.sparse.major", "1")).File("a"), "a", "sparse"),
        ["name too long"] = (new TarBuilder().LongName('L', new string('a', 256)).File("x"), new string('a', 256), "too long"),
        ["opaque mark of a file"] = (new TarBuilder().File("a").File("a/.wh..wh..opq"), "a/.wh..wh..opq", "not a directory"),
        ["opaque mark that is a directory"] = (new TarBuilder().Directory("d/.wh..wh..opq"), "d/.wh..wh..opq", "must be a file"),
        ["entry below an opaque mark"] = (new TarBuilder().File(".wh..wh..opq/x"), ".wh..wh..opq/x", "cannot be a directory"),
        ["whiteout of a whiteout"] = (new TarBuilder().File("d/.wh..wh.x"), "d/.wh..wh.x", "invalid whiteout"),
        ["hard link as a whiteout"] = (new TarBuilder().File("a").HardLink(".wh.b", "a"), ".wh.b", "must be a file"),
        ["size of a directory"] = (new TarBuilder().Member("d/", '5', new byte[512], size: 512), "d/", "not possible for its type"),
        ["size of a link"] = (new TarBuilder().Member("l", '2', new byte[512], link: "x", size: 512), "l", "not possible for its type"),
        ["PAX and GNU name"] = (new TarBuilder().Pax(("path", "a")).LongName('L', "b").File("c"), "a", "PAX and a GNU"),
        ["zero byte in a name"] = (new TarBuilder().Pax(("path", "a\0b")).File("c"), "a", "zero byte"),
        ["unknown type"] = (new TarBuilder().Member("a", 'Z'), "a", "unsupported type"),
        ["owner out of range"] = (new TarBuilder().Pax(("uid", "4294967295")).File("a"), "a", "out of range"),
        ["device out of range"] = (new TarBuilder().Device("a", '4', 4096, 0), "a", "out of range"),
        ["path too long"] = (new TarBuilder().LongName('L', string.Join('/', Enumerable.Repeat("abcdefg", 600))).File("x"), "abcdefg/abcdefg", "too long"),
    };

    public static TheoryData<string> HostileNames => new(Hostile.Keys);

    [StorageTheory]
    [MemberData(nameof(HostileNames))]
    public void RefusesByName(string what)
    {
        (TarBuilder archive, string entry, string problem) = Hostile[what];
        ImageService service = Open();
        EngineException error = Refused(() => Layer(service, new TarBuilder().File("before").Raw(archive.Build(0))));
        Assert.StartsWith($"invalid tar entry \"{entry}", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        CheckNothingLeft(service);
    }

    [StorageFact]
    public void LinksOfTheArchiveLeadNowhereButIntoTheLayer()
    {
        ImageService service = Open();
        TarBuilder archive = new TarBuilder()
            .SymbolicLink("abs", _canary).SymbolicLink("root", "/").SymbolicLink("chain", "root/root/root")
            .File("root/one", "1").File("chain/two", "2")
            .SymbolicLink("file", Path.Combine(_canary, "file")).File("file", "replaced")
            .SymbolicLink("hard", Path.Combine(_canary, "file")).HardLink("hard2", "hard").File("hard2", "own")
            .SymbolicLink("gone", _canary).File(".wh.gone")
            .SymbolicLink("dir", _canary).Directory("dir", mode: 0x1FF).File("dir/new");
        using LayerHold layer = Layer(service, archive);
        string diff = Diff(service, layer);
        Assert.Equal("1", File.ReadAllText(Path.Combine(diff, "one")));
        Assert.Equal("2", File.ReadAllText(Path.Combine(diff, "two")));
        Assert.Equal("replaced", File.ReadAllText(Path.Combine(diff, "file")));
        Assert.Null(new FileInfo(Path.Combine(diff, "file")).LinkTarget);
        Assert.True(File.Exists(Path.Combine(diff, "dir/new")));
        CheckCanary();
    }

    /// <summary>Whoever made the image meant something by it: npm and Nix make links that climb higher than they must.</summary>
    [StorageFact]
    public void LinksThatClimbAboveTheRootStayAsTheyAreAndLeadToTheRoot()
    {
        ImageService service = Open();
        string climbing = "../../.." + _canary;
        TarBuilder archive = new TarBuilder()
            .SymbolicLink("a", climbing).SymbolicLink("d/up", "../../..")
            .File("d/up/one", "1")
            .SymbolicLink("file", climbing + "/file").File("file", "replaced")
            .SymbolicLink("hard", climbing + "/file").HardLink("hard2", "hard")
            .SymbolicLink("dir", climbing).Directory("dir", mode: 0x1FF).File("dir/new");
        using LayerHold layer = Layer(service, archive);
        string diff = Diff(service, layer);
        Assert.Equal(climbing, new FileInfo(Path.Combine(diff, "a")).LinkTarget);
        Assert.Equal("../../..", new FileInfo(Path.Combine(diff, "d/up")).LinkTarget);
        Assert.Equal("1", File.ReadAllText(Path.Combine(diff, "one")));
        Assert.Equal("replaced", File.ReadAllText(Path.Combine(diff, "file")));
        Assert.Equal(climbing + "/file", new FileInfo(Path.Combine(diff, "hard2")).LinkTarget);
        Assert.True(File.Exists(Path.Combine(diff, "dir/new")));
        CheckCanary();
    }

    [StorageFact]
    public void EntryBelowAnAbsoluteLinkThatExistsOnlyOnTheHostIsRefused()
    {
        ImageService service = Open();
        Refused(() => Layer(service, new TarBuilder().SymbolicLink("abs", _canary).File("abs/new")));
        CheckNothingLeft(service);
    }

    /// <summary>A directory's default ACL is not inherited by what the archive has in it (tar's rule), whatever the driver copies.</summary>
    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void DefaultAclsAreNotInherited(string driver)
    {
        // struct posix_acl_xattr: version 2, then tag, permissions and id of owner, user 1234, group, mask, others.
        byte[] acl = Convert.FromHexString("02000000" + "01000700FFFFFFFF" + "02000700D2040000" + "04000500FFFFFFFF" + "10000700FFFFFFFF" + "20000500FFFFFFFF");
        ImageService service = Open(driver);
        using LayerHold below = Layer(service, new TarBuilder().Pax(("SCHILY.xattr.system.posix_acl_default", acl)).Directory("d", mode: 0x1ED).File("d/file", mode: 0x180).Directory("d/sub", mode: 0x1C0));
        using LayerHold top = Layer(service, new TarBuilder().Pax(("SCHILY.xattr.system.posix_acl_default", acl)).Directory("d", mode: 0x1ED).File("d/more", mode: 0x180), below.ChainId);
        foreach (LayerHold layer in (LayerHold[])[below, top])
        {
            string listing = Run("getfacl", "-R", "-p", "-n", Diff(service, layer));
            Assert.Contains("default:user:1234:rwx", listing, StringComparison.Ordinal);
            Assert.Equal(1, listing.Split("user:1234").Length - 1);
        }

        Assert.Contains("default ACL", Refused(() => Layer(service, new TarBuilder().Pax(("SCHILY.xattr.system.posix_acl_default", "bad")).Directory("d"))).Message, StringComparison.Ordinal);
    }

    [StorageFact]
    public void DamagedArchivesLeaveNothing()
    {
        ImageService service = Open();
        byte[] whole = new TarBuilder().File("a", new string('x', 5000)).File("b").Build();
        Refused(() => Layer(service, whole[..3000]));
        Refused(() => Layer(service, Encoding.ASCII.GetBytes(new string('n', 2000))));
        Refused(() => Import(service, Gzip(whole)[..^30]));
        byte[] damaged = Gzip(whole);
        damaged[damaged.Length / 2] ^= 0x55;
        Refused(() => Import(service, damaged));
        CheckNothingLeft(service);
    }

    [StorageFact]
    public void GzipCutAtAnEntryIsNoticedByTheMissingEnd()
    {
        ImageService service = Open();
        Assert.Contains("unexpected end", Refused(() => Import(service, Gzip(new TarBuilder().File("a").Build(0)))).Message, StringComparison.Ordinal);
        CheckNothingLeft(service);
        Assert.NotNull(Import(service, new TarBuilder().File("a").Build(0)));
    }

    [StorageFact]
    public void CancellationLeavesNothing()
    {
        ImageService service = Open();
        using CancellationTokenSource source = new();
        CancellingStream archive = new(new TarBuilder().File("a", new byte[2 << 20]).Build(), 1 << 20, source);
        Assert.Throws<OperationCanceledException>(() => service.Storage.LayerStore.Register("", archive, null, false, source.Token));
        CheckNothingLeft(service);
    }

    [StorageFact]
    public void WrongDiffIdIsRefused()
    {
        ImageService service = Open();
        EngineException error = Refused(() => service.Storage.LayerStore.Register("", new MemoryStream(new TarBuilder().File("a").Build()), "sha256:" + new string('0', 64), false, CancellationToken.None));
        Assert.StartsWith("wrong diff id", error.Message, StringComparison.Ordinal);
        CheckNothingLeft(service);
    }

    [StorageFact]
    public void DigestCoversTheBytesBehindTheEnd()
    {
        ImageService service = Open();
        byte[] archive = [.. new TarBuilder().File("a").Build(), .. Encoding.ASCII.GetBytes("trailing")];
        using LayerHold layer = Layer(service, archive);
        Assert.Equal("sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(archive)), layer.ChainId);
    }

    /// <summary>A directory bomb: deeper than any path that can be named, as a container can make it.</summary>
    [StorageFact]
    public void RemovesTreesOfAnyDepth()
    {
        ImageService service = Open();
        Image image = Import(service, new TarBuilder().File("a").Build());
        service.Storage.ContainerLayers.Create("deep", image);
        Run("sh", "-c", $"cd '{DataRoot}/overlay2/containers/deep/diff' && n=$(printf 'n%.0s' $(seq 240)) && for i in $(seq 150); do mkdir $n other && cd -P $n; done; echo hello > file");
        Assert.Equal(6, service.Storage.ContainerLayers.Size("deep"));
        service.Storage.ContainerLayers.Remove("deep");
        Assert.False(Directory.Exists(Path.Combine(DataRoot, "overlay2/containers/deep")));
    }

    private void CheckCanary()
    {
        Assert.Equal([Path.Combine(_canary, "file")], Directory.GetFileSystemEntries(_canary));
        Assert.Equal("untouched", File.ReadAllText(Path.Combine(_canary, "file")));
    }

    private void CheckNothingLeft(ImageService service)
    {
        CheckCanary();
        Assert.Empty(service.Storage.LayerStore.All());
        Assert.Empty(Directory.EnumerateFileSystemEntries(service.Storage.Layout.Layers));
        Assert.Empty(Directory.EnumerateFileSystemEntries(service.Storage.Layout.Stage));
        service.Storage.TrashEmptied().Wait();
        Assert.Empty(Directory.EnumerateFileSystemEntries(service.Storage.Layout.Trash));
        Assert.Empty(service.Images.List());
    }

    private static byte[] Gzip(byte[] data)
    {
        MemoryStream output = new();
        using (System.IO.Compression.GZipStream gzip = new(output, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(data);
        }

        return output.ToArray();
    }

    private sealed class CancellingStream(byte[] data, int after, CancellationTokenSource source) : MemoryStream(data)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position >= after)
            {
                source.Cancel();
            }

            return base.Read(buffer, offset, count);
        }
    }
}
