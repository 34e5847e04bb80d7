using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Layers;
using Rtd.Protocol.Spec;
using Rtd.Tests.Unit.Storage;
using Xunit;

namespace Rtd.Tests.Integration.Storage;

/// <summary>Layers as a container sees them, mounted as rtinit mounts them.</summary>
public sealed class OverlayTests : StorageTest
{
    private static TarBuilder[] Stack =>
    [
        new TarBuilder().File("kept", "1").File("removed", "1").Directory("opaque").File("opaque/old").Directory("replaced").File("replaced/old").Directory("gone/deep").File("gone/deep/x")
            .Directory("self").File("self/old").Directory("self2").File("self2/old").File("tobedir", "1"),
        new TarBuilder().File(".wh.removed").File("opaque/.wh..wh..opq").File("opaque/new").File(".wh.gone")
            .File(".wh.replaced").Directory("replaced").File("replaced/new")
            .Directory("self").File("self/new").File(".wh.self").File("self2/new").File("self2/.wh.old").Directory("tobedir").File("tobedir/x"),
        new TarBuilder().File("top", "3").File(".wh..wh.aufs").Directory(".wh..wh.plnk").File(".wh..wh.plnk/77"),
    ];

    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void WhiteoutsAndOpaqueDirectoriesHideWhatIsBelow(string driver)
    {
        ImageService service = Open(driver);
        service.Storage.ContainerLayers.Create("c1", ArchiveBuilder.Load(service, Stack));
        string seen = InMounted(service.Storage.ContainerLayers.Rootfs("c1"), "find kept removed opaque replaced gone self self2 tobedir top .wh* 2>/dev/null | sort || true");
        Assert.Equal("kept opaque opaque/new replaced replaced/new self self/new self2 self2/new tobedir tobedir/x top", seen.Trim().Replace('\n', ' '));
    }

    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void InitLayerCoversHostileNames(string driver)
    {
        ImageService service = Open(driver);
        Image image = ArchiveBuilder.Load(service, new TarBuilder()
            .SymbolicLink("dev", "/etc").SymbolicLink("proc", "/tmp").Directory("etc", mode: 0x1ED).SymbolicLink("etc/hosts", "/etc/shadow").Fifo("etc/resolv.conf").File("etc/passwd", "x"));
        service.Storage.ContainerLayers.Create("c1", image);
        string seen = InMounted(
            service.Storage.ContainerLayers.Rootfs("c1"),
            "stat -c '%n %F %a' dev dev/pts dev/shm dev/console proc sys etc/hosts etc/hostname etc/resolv.conf .dockerenv; readlink etc/mtab; cat etc/passwd");
        Assert.Equal("""
            dev directory 755
            dev/pts directory 755
            dev/shm directory 755
            dev/console regular empty file 755
            proc directory 755
            sys directory 755
            etc/hosts regular empty file 755
            etc/hostname regular empty file 755
            etc/resolv.conf regular empty file 755
            .dockerenv regular empty file 755
            /proc/mounts
            x
            """, seen.TrimEnd());
    }

    [StorageFact]
    public void MountsOneHundredAndTwentySevenLayersAndRefusesMore()
    {
        ImageService service = Open();
        TarBuilder[] layers = Enumerable.Range(0, 127).Select(i => new TarBuilder().File($"f{i}", $"{i}").File("same", $"{i}")).ToArray();
        Image image = ArchiveBuilder.Load(service, layers);
        string id = new('a', 64);
        service.Storage.ContainerLayers.Create(id, image);
        RootfsSpec rootfs = service.Storage.ContainerLayers.Rootfs(id);
        Assert.Equal(RootfsKind.Overlay, rootfs.Kind);
        Assert.InRange(rootfs.Data.Length, 1, 4095);
        Assert.Equal("0 126 126\n127\n", InMounted(rootfs, "echo $(cat f0) $(cat f126) $(cat same); ls f* | wc -l"));

        byte[][] tooMany = [.. layers.Select(layer => layer.Build()), new TarBuilder().File("more").Build()];
        byte[] archive = ArchiveBuilder.DockerSave("many:latest", ArchiveBuilder.Config(tooMany), tooMany).Build();
        EngineException error = Refused(() => service.Load.Run(new MemoryStream(archive), new RecordedProgress(), CancellationToken.None));
        Assert.Contains("at most 127 layers", error.Message, StringComparison.Ordinal);
        using LayerHold top = service.Storage.LayerStore.Hold(image.ChainId);
        Refused(() => Layer(service, new TarBuilder().File("more"), top.ChainId));
    }

    [StorageFact]
    public void ContainersDoNotSeeEachOtherNorChangeTheImage()
    {
        ImageService service = Open();
        Image image = ArchiveBuilder.Load(service, new TarBuilder().File("a", "image"));
        service.Storage.ContainerLayers.Create("c1", image);
        service.Storage.ContainerLayers.Create("c2", image);
        InMounted(service.Storage.ContainerLayers.Rootfs("c1"), "echo changed > a; rm etc/hosts; echo new > b");
        Assert.Equal("image", InMounted(service.Storage.ContainerLayers.Rootfs("c2"), "cat a; ls b 2>/dev/null || true; ls etc/hosts >/dev/null"));
        Assert.Equal("changed\n", InMounted(service.Storage.ContainerLayers.Rootfs("c1"), "cat a; ls etc/hosts 2>/dev/null || true"));
        Assert.Equal(12, service.Storage.ContainerLayers.Size("c1"));
        Assert.Equal(0, service.Storage.ContainerLayers.Size("c2"));
    }

    [StorageFact]
    public void NothingIsMountedOnTheHost()
    {
        string before = File.ReadAllText("/proc/self/mountinfo");
        ImageService service = Open();
        Image image = ArchiveBuilder.Load(service, new TarBuilder().File("d/a"), new TarBuilder().File("d/b"));
        service.Storage.ContainerLayers.Create("c1", image);
        string target = Path.Combine(Scratch, "volume");
        Directory.CreateDirectory(target);
        service.Storage.ContainerLayers.CopyUp("c1", "/d", target);
        Assert.Equal(["a", "b"], Directory.GetFiles(target).Select(Path.GetFileName).Order());
        Assert.Equal(before, File.ReadAllText("/proc/self/mountinfo"));
    }

    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void CopyUpTakesTheImagesDirectoryWithAllItsAttributes(string driver)
    {
        ImageService service = Open(driver);
        Image image = ArchiveBuilder.Load(service,
            new TarBuilder().Directory("data", mode: 0x3ED, uid: 12, gid: 34, time: 77).File("data/a", "1", uid: 5, mode: 0x9ED).File("data/removed").HardLink("data/hard", "data/a").SymbolicLink("link", "/data"),
            new TarBuilder().File("data/.wh.removed").Directory("data/sub", time: 88).File("data/sub/b", "2").SymbolicLink("data/l", "/etc/passwd"));
        service.Storage.ContainerLayers.Create("c1", image);
        string target = Path.Combine(Scratch, "volume");
        Directory.CreateDirectory(target);
        service.Storage.ContainerLayers.CopyUp("c1", "/../link", target);
        Assert.Equal(
            "1755 12:34 77|a 4755 5:0 2|hard 4755 5:0 2|l 777 0:0 1|sub 755 0:0 2|sub/b 644 0:0 1|",
            Run("sh", "-c", $"cd '{target}' && stat -c '%a %u:%g %Y' . | tr '\\n' '|'; stat -c '%n %a %u:%g %h' a hard l sub sub/b | tr '\\n' '|'"));
        Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(target, "l")).LinkTarget);

        // A volume that has something keeps it, and what is no directory in the image copies nothing.
        service.Storage.ContainerLayers.CopyUp("c1", "/", target);
        Assert.False(Directory.Exists(Path.Combine(target, "data")));
        string other = Path.Combine(Scratch, "other");
        Directory.CreateDirectory(other);
        foreach (string path in (ReadOnlySpan<string>)["/data/a", "/data/l", "/nothing", "/data/a/b"])
        {
            service.Storage.ContainerLayers.CopyUp("c1", path, other);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(other));
    }

    [StorageFact]
    public void DescribesWhatInspectShows()
    {
        ImageService service = Open();
        Image image = ArchiveBuilder.Load(service, new TarBuilder().File("a"), new TarBuilder().File("b"));
        service.Storage.ContainerLayers.Create("c1", image);
        IReadOnlyDictionary<string, string> data = service.Storage.ContainerLayers.Describe("c1");
        Assert.Equal(["LowerDir", "UpperDir", "WorkDir"], data.Keys.Order());
        Assert.Equal(3, data["LowerDir"].Split(':').Length);
        Assert.All([.. data["LowerDir"].Split(':'), data["UpperDir"], data["WorkDir"]], path => Assert.True(Directory.Exists(path)));
    }
}
