using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage;
using Rtd.Daemon.Storage.Drivers;
using Rtd.Daemon.Storage.Layers;
using Rtd.Tests.Unit.Storage;
using Xunit;

namespace Rtd.Tests.Integration.Storage;

/// <summary>What a start finds: everything that was acknowledged, and nothing of what a kill cut off.</summary>
public sealed class RestartTests : StorageTest
{
    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void FindsEverythingAgain(string driver)
    {
        ImageService service = Open(driver);
        Image image = Import(service, new TarBuilder().File("f", "x").Build(), "a:1", "ENV A=b");
        service.Storage.ContainerLayers.Create("c1", image);
        ImageService again = Open();
        Assert.Equal(driver, again.Storage.ContainerLayers.DriverName);
        Image found = again.Images.Get("a:1");
        Assert.Equal((image.Id, image.ChainId, image.Size), (found.Id, found.ChainId, found.Size));
        Assert.Equal(["A=b"], found.Config.Config!.Env);
        Assert.Equal(service.Storage.ContainerLayers.Rootfs("c1"), again.Storage.ContainerLayers.Rootfs("c1"));
        Assert.Equal("x", InMounted(again.Storage.ContainerLayers.Rootfs("c1"), "cat f"));
    }

    [StorageFact]
    public void RemovesWhatAKillLeft()
    {
        ImageService service = Open();
        Image image = Import(service, new TarBuilder().File("f", "x").Build(), "a:1");
        LayerHold orphan = Layer(service, new TarBuilder().File("orphan"));
        LayerHold onTop = Layer(service, new TarBuilder().File("on top"), image.ChainId);
        StorageLayout layout = service.Storage.Layout;
        Directory.CreateDirectory(Path.Combine(layout.Stage, "half/diff/deep/er"));
        File.WriteAllText(Path.Combine(layout.Stage, "spool-x"), "");
        Directory.CreateDirectory(Path.Combine(layout.Trash, "half/removed"));
        File.WriteAllText(Path.Combine(DataRoot, "images/.repositories.json.x.tmp"), "{");
        File.WriteAllText(Path.Combine(DataRoot, "images/sha256/.x.y.tmp"), "{");
        string links = Path.Combine(layout.Root, "l");
        foreach (string link in Directory.GetFileSystemEntries(links))
        {
            File.Delete(link);
        }

        ImageService again = Open();
        Assert.Equal([image.ChainId], again.Storage.LayerStore.All());
        Assert.Single(Directory.GetDirectories(layout.Layers));
        Assert.Single(Directory.GetFileSystemEntries(links));
        Assert.Empty(Directory.GetFiles(Path.Combine(DataRoot, "images"), ".*"));
        Assert.Empty(Directory.GetFiles(Path.Combine(DataRoot, "images/sha256"), ".*"));
        again.Storage.ContainerLayers.Create("c1", again.Images.Get("a:1"));
        Assert.Equal("x", InMounted(again.Storage.ContainerLayers.Rootfs("c1"), "cat f"));
        GC.KeepAlive((orphan, onTop));
    }

    [StorageFact]
    public void DamageIsToldAndLeavesTheRestUsable()
    {
        ImageService service = Open();
        Image good = Import(service, new TarBuilder().File("good").Build(), "good:1");
        Image config = Import(service, new TarBuilder().File("config").Build(), "config:1");
        Image layer = Import(service, new TarBuilder().File("layer").Build(), "layer:1");
        File.AppendAllText(Path.Combine(DataRoot, "images/sha256", config.Id[7..]), " ");
        File.WriteAllText(Path.Combine(service.Storage.Layout.Layer(layer.ChainId), "layer.json"), "{");
        ImageService again = Open();
        Assert.Equal([good.Id], again.Images.List().Select(entry => entry.Image.Id));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => again.Images.Get("layer:1")).Kind);

        // The damaged layer is replaced when its image comes again.
        Image repaired = Import(again, new TarBuilder().File("layer").Build(), "layer:1");
        Assert.Equal(layer.ChainId, repaired.ChainId);
        again.Storage.ContainerLayers.Create("c1", repaired);
        Assert.Equal("layer\n", InMounted(again.Storage.ContainerLayers.Rootfs("c1"), "ls layer"));
    }

    [StorageFact]
    public void ContainersNobodyKnowsAreSwept()
    {
        ImageService service = Open();
        Image image = Import(service, new TarBuilder().File("f").Build(), "a:1");
        service.Storage.ContainerLayers.Create("known", image);
        service.Storage.ContainerLayers.Create("unknown", image);
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => service.Storage.ContainerLayers.Create("known", image)).Kind);
        service.Storage.ContainerLayers.Sweep(new HashSet<string> { "known" });
        Assert.Equal(["known"], Directory.GetDirectories(service.Storage.Layout.Containers).Select(Path.GetFileName));
        Assert.Throws<EngineException>(() => service.Storage.ContainerLayers.Rootfs("unknown"));
        Refused(() => service.Storage.ContainerLayers.Create("../x", image));
    }

    [StorageFact]
    public void ADataRootBelongsToOneDriver()
    {
        Open("vfs");
        Assert.Equal(
            $"data root {DataRoot} was made by storage driver \"vfs\", not \"overlay2\": start with --storage-driver=vfs or use another --data-root",
            Refused(() => Open("overlay2")).Message);
        Assert.Equal("vfs", Open().Storage.Driver.Name);
        Assert.Contains("unknown storage driver \"zfs\"", Refused(() => Open("zfs")).Message, StringComparison.Ordinal);
        Assert.Contains("overlay2.size=1G is not one of storage driver vfs", Refused(() => _ = new ImageService(new StorageOptions(DataRoot, null, ["overlay2.size=1G"]))).Message, StringComparison.Ordinal);
    }

    /// <summary>On a file system that cannot be overlay's upper layer (another overlay) the default falls back, and a choice is refused.</summary>
    [StorageFact]
    public void FallsBackToVfsWhereOverlayDoesNotWork()
    {
        Run("mkdir", Path.Combine(Scratch, "lower"), Path.Combine(Scratch, "upper"), Path.Combine(Scratch, "work"), DataRoot);
        PrivateMount.Overlay(Scratch, "lowerdir=lower,upperdir=upper,workdir=work", DataRoot, _ =>
        {
            EngineException error = Assert.Throws<EngineException>(() => Open("overlay2"));
            Assert.Equal(ErrorKind.System, error.Kind);
            Assert.Contains("storage driver overlay2 does not work on", error.Message, StringComparison.Ordinal);
            Assert.Equal("vfs", Open().Storage.Driver.Name);
        });
    }

    [StorageFact]
    public void OnlyRootEntersTheDataRoot()
    {
        ImageService service = Open();
        Import(service, new TarBuilder().File("setuid", mode: 0x9ED).Build());
        (int exit, _, _) = TryRun("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "ls", DataRoot);
        Assert.NotEqual(0, exit);
        Assert.Equal("710\n", Run("stat", "-c", "%a", DataRoot));
        Run("chmod", "755", DataRoot);
        Open();
        Assert.Equal("710\n", Run("stat", "-c", "%a", DataRoot));
    }
}
