using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Listing;
using Rtd.Tests.Unit.Storage;
using Xunit;

namespace Rtd.Tests.Integration.Storage;

public sealed class ImageStoreTests : StorageTest
{
    [StorageFact]
    public void FindsByEveryWayOfNaming()
    {
        ImageService service = Open();
        Image image = Import(service, "busybox:1");
        service.Images.Tag(image.Id, ImageReference.ParseTarget("host:5000/x/y:z"));
        string hex = image.Id["sha256:".Length..];
        foreach (string name in (ReadOnlySpan<string>)["busybox:1", "docker.io/library/busybox:1", "host:5000/x/y:z", image.Id, hex, hex[..12], hex[..1], "sha256:" + hex[..5]])
        {
            Assert.Equal(image.Id, service.Images.Get(name).Id);
        }

        Assert.Equal(["busybox:1", "host:5000/x/y:z"], service.Images.GetEntry(hex).References.Select(name => name.Familiar));
        Assert.Same(image.Config, service.Images.Find(image.Id)!.Config);
    }

    [StorageTheory]
    [InlineData("nothing", "No such image: nothing:latest")]
    [InlineData("host:5000/a/b:c", "No such image: host:5000/a/b:c")]
    [InlineData("busybox:2", "No such image: busybox:2")]
    [InlineData("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "No such image: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "No such image: busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void SaysWhatIsMissingInDockersWords(string name, string message)
    {
        ImageService service = Open();
        Import(service, "busybox:1");
        EngineException error = Assert.Throws<EngineException>(() => service.Images.Get(name));
        Assert.Equal((ErrorKind.NotFound, message), (error.Kind, error.Message));
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => service.Images.Get("Bad Name")).Kind);
    }

    [StorageFact]
    public void RemovalByNameUntagsAndTheLastNameDeletes()
    {
        ImageService service = Open();
        Image image = Import(service, "a:1");
        service.Images.Tag("a:1", ImageReference.ParseTarget("b"));
        Assert.Equal([new ImageRemoval("a:1", null)], service.Images.Remove("a:1", false, new FixedUsers()));
        Assert.Equal([new ImageRemoval("b:latest", null), new ImageRemoval(null, image.Id), new ImageRemoval(null, image.ChainId)], service.Images.Remove("b", false, new FixedUsers()));
        Assert.Empty(service.Images.List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(service.Storage.Layout.Layers));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(DataRoot, "images/sha256")));
    }

    [StorageFact]
    public void RemovalHeedsUsersAndNames()
    {
        ImageService service = Open();
        Image image = Import(service, "a:1");
        string id = image.Id["sha256:".Length..][..12];
        ImageUser stopped = new(new string('c', 64), false), running = new(new string('d', 64), true);
        Conflict($"conflict: unable to remove repository reference \"a:1\" (must force) - container cccccccccccc is using its referenced image {id}", "a:1", false, stopped);
        Conflict($"conflict: unable to delete {id} (must be forced) - image is being used by stopped container cccccccccccc", id, false, stopped);
        Conflict($"conflict: unable to delete {id} (cannot be forced) - image is being used by running container dddddddddddd", id, true, stopped, running);
        Conflict($"conflict: unable to delete {id} (cannot be forced) - image is being used by running container dddddddddddd", "a:1", true, running);
        service.Images.Tag("a:1", ImageReference.ParseTarget("a:2"));
        service.Images.Tag("a:1", ImageReference.ParseTarget("b:1"));
        Conflict($"conflict: unable to delete {id} (must be forced) - image is referenced in multiple repositories", id, false);
        Assert.Equal(3, service.Images.GetEntry(id).References.Count);
        Assert.Equal(["a:1", "a:2", "b:1"], service.Images.Remove(id, true, new FixedUsers(stopped)).Where(item => item.Untagged is not null).Select(item => item.Untagged));

        void Conflict(string message, string name, bool force, params ImageUser[] users)
        {
            EngineException error = Assert.Throws<EngineException>(() => service.Images.Remove(name, force, new FixedUsers(users)));
            Assert.Equal((ErrorKind.Conflict, message), (error.Kind, error.Message));
        }
    }

    [StorageFact]
    public void LayersStayWhileAContainerStandsOnThem()
    {
        ImageService service = Open();
        Image image = Import(service, "a:1");
        service.Storage.ContainerLayers.Create("c1", image);
        service.Images.Remove("a:1", true, new FixedUsers(new ImageUser("c1", false)));
        Assert.Null(service.Images.Find(image.Id));
        Assert.Equal("x", InMounted(service.Storage.ContainerLayers.Rootfs("c1"), "cat file"));
        ImageService restarted = Open();
        Assert.Equal("x", InMounted(restarted.Storage.ContainerLayers.Rootfs("c1"), "cat file"));
        restarted.Storage.ContainerLayers.Remove("c1");
        Assert.Empty(restarted.Storage.LayerStore.All());
        restarted.Storage.ContainerLayers.Remove("c1");

        // A create that found the image just before it went.
        EngineException gone = Assert.Throws<EngineException>(() => restarted.Storage.ContainerLayers.Create("c2", image));
        Assert.Equal((ErrorKind.NotFound, $"No such image: {image.Id}"), (gone.Kind, gone.Message));
    }

    [StorageFact]
    public void ANameMovesToTheNewImage()
    {
        ImageService service = Open();
        Image first = Import(service, "a:1"), second = Import(service, "a:1");
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(second.Id, service.Images.Get("a:1").Id);
        Assert.True(service.Images.GetEntry(first.Id).IsDangling);
        Assert.Equal([first.Id], List(service, "{\"dangling\":[\"true\"]}").Select(image => image.Id));
        (IReadOnlyList<ImageRemoval> removed, long reclaimed) = service.Images.Prune(true, _ => true, new FixedUsers(), CancellationToken.None);
        Assert.Equal([new ImageRemoval(null, first.Id)], removed);
        Assert.Equal(0, reclaimed); // its layer is the second one's too
        (_, reclaimed) = service.Images.Prune(false, _ => true, new FixedUsers(), CancellationToken.None);
        Assert.Equal(1, reclaimed);
        Assert.Empty(service.Images.List());
    }

    [StorageFact]
    public void ListFilters()
    {
        ImageService service = Open();
        Image old = ArchiveBuilder.Load(service, new TarBuilder().File("old", "123"));
        service.Images.Tag(old.Id, ImageReference.ParseTarget("old:1"));
        Image imported = Import(service, "new:1", "LABEL k=v");
        Assert.Equal([imported.Id, old.Id], List(service, "").Select(image => image.Id));
        Assert.Equal([imported.Id], List(service, "{\"label\":[\"k=v\"]}").Select(image => image.Id));
        Assert.Equal([old.Id], List(service, "{\"before\":[\"new:1\"]}").Select(image => image.Id));
        Assert.Equal([imported.Id], List(service, "{\"since\":[\"old:1\"]}").Select(image => image.Id));
        Assert.Equal([old.Id], List(service, "{\"until\":[\"2024-12-31T00:00:00Z\"]}").Select(image => image.Id));
        Assert.Equal([old.Id], List(service, "{\"reference\":[\"o*:1\"]}").Select(image => image.Id));
        ImageSummary summary = Assert.Single(List(service, "{\"reference\":[\"old\"]}"));
        Assert.Equal(["old:1"], summary.RepoTags);
        Assert.Equal((3, 1704164645), (summary.Size, summary.Created));
    }

    [StorageFact]
    public void HistoryNamesTheLayersSizes()
    {
        ImageService service = Open();
        Image image = ArchiveBuilder.Load(service, new TarBuilder().File("f", "12345"));
        List<ImageHistoryItem> history = ImageHistory.Of(service.Images.GetEntry(image.Id), service.Images.FindParent, service.Storage.LayerStore);
        Assert.Equal([(image.Id, "ENV", 0L), ("<missing>", "ADD", 5L)], history.Select(item => (item.Id, item.CreatedBy, item.Size)));
    }

    private static Image Import(ImageService service, string name, params string[] changes) => Import(service, new TarBuilder().File("file", "x").Build(), name, changes);

    private static List<ImageSummary> List(ImageService service, string filters) => service.List.Run(ImageFilters.Parse(filters, ImageList.Filters), all: false, sharedSize: false);
}
