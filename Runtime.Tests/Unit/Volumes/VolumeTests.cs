using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Volumes;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Volumes;

public sealed class VolumeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rtd-volumes-").FullName;
    private readonly RecordedEvents _events = new();
    private VolumeStore _store;

    public VolumeTests()
    {
        _store = new VolumeStore(_root, new VolumeTrees(Path.Combine(_root, "trash")), _events);
        _store.Load();
    }

    private VolumeService Service => new(_store);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Volume_is_made_once_and_survives_a_restart()
    {
        VolumeSummary made = Service.Create(new() { Name = "data", Labels = new() { ["a"] = "2020-01-01T00:00:00Z" } });
        Assert.Equal(Path.Combine(_root, "volumes", "data", "_data"), made.Mountpoint);
        Assert.Equal(made.CreatedAt, Service.Create(new() { Name = "data", Driver = "local" }).CreatedAt);
        Assert.Equal(["create"], _events.VolumeActions);
        _store = new VolumeStore(_root, new VolumeTrees(Path.Combine(_root, "trash")), _events);
        _store.Load();
        VolumeSummary read = Service.Inspect("data");
        Assert.Equal((made.CreatedAt, "2020-01-01T00:00:00Z", "local"), (read.CreatedAt, read.Labels!["a"], read.Scope));
    }

    [Fact]
    public void Volume_without_a_record_keeps_its_data()
    {
        Directory.CreateDirectory(Path.Combine(_root, "volumes", "cut", "_data", "kept"));
        File.WriteAllText(Path.Combine(_root, "volumes", "cut", "volume.json"), "{");
        _store = new VolumeStore(_root, new VolumeTrees(Path.Combine(_root, "trash")), _events);
        _store.Load();
        Assert.True(Directory.Exists(Path.Combine(_store.Get("cut").Mountpoint, "kept")));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("a\0b")]
    public void Name_is_refused(string name)
    {
        EngineException error = Assert.Throws<EngineException>(() => Service.Create(new() { Name = name }));
        Assert.StartsWith($"create {name}: \"{name}\" includes invalid characters for a local volume name", error.Message, StringComparison.Ordinal);
        Assert.Empty(_store.All);
    }

    [Fact]
    public void Other_drivers_and_options_are_refused()
    {
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => Service.Create(new() { Name = "ab", Driver = "nfs" })).Kind);
        Assert.Equal(ErrorKind.NotImplemented, Assert.Throws<EngineException>(() => Service.Create(new() { Name = "ab", DriverOpts = new() { ["type"] = "nfs" } })).Kind);
        Assert.Empty(_store.All);
    }

    [Fact]
    public void Removal_takes_what_a_container_left_and_follows_no_link()
    {
        string mountpoint = Service.Create(new() { Name = "data" }).Mountpoint;
        string canary = Path.Combine(_root, "canary");
        File.WriteAllText(canary, "");
        Directory.CreateDirectory(Path.Combine(mountpoint, "a", "b"));
        File.CreateSymbolicLink(Path.Combine(mountpoint, "a", "link"), _root);
        File.WriteAllText(Path.Combine(mountpoint, "a", "b", "file"), "x");
        Service.Remove("data", force: false);
        Assert.True(File.Exists(canary));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_root, "volumes")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_root, "trash")));
        EngineException gone = Assert.Throws<EngineException>(() => Service.Remove("data", force: false));
        Assert.Equal((ErrorKind.NotFound, "get data: no such volume"), (gone.Kind, gone.Message));
        Service.Remove("data", force: true);
    }

    [Fact]
    public void Lists_are_filtered()
    {
        Service.Create(new() { Name = "one", Labels = new() { ["k"] = "v" } });
        Service.Create(new() { Name = "two" });
        _store.Acquire("two", "", null, null, "container");
        Assert.Equal("one,two", Names(null));
        Assert.Equal("one", Names("""{"dangling": ["true"]}"""));
        Assert.Equal("two", Names("""{"dangling": ["0"]}"""));
        Assert.Equal("two", Names("""{"name": ["w"]}"""));
        Assert.Equal("one", Names("""{"label": ["k=v"]}"""));
        Assert.Equal("", Names("""{"driver": ["nfs"]}"""));
        Assert.Throws<EngineException>(() => Names("""{"nonsense": ["x"]}"""));

        string Names(string? filters) => string.Join(',', Service.List(filters).Volumes.Select(volume => volume.Name));
    }

    [Fact]
    public void Prune_spares_named_volumes_unless_asked_and_those_in_use_always()
    {
        string anonymous = Service.Create(new()).Name;
        File.WriteAllText(Path.Combine(_store.Get(anonymous).Mountpoint, "file"), "12345");
        string used = _store.Acquire("", "", null, null, "container").Name;
        Service.Create(new() { Name = "named" });
        VolumePruneResult result = Service.Prune(null, namedToo: false);
        Assert.Equal([anonymous], result.VolumesDeleted);
        Assert.Equal(5, result.SpaceReclaimed);
        Assert.Equal(["named"], Service.Prune("""{"all": ["true"]}""", namedToo: false).VolumesDeleted);
        _store.Release(used, "container");
        Assert.Equal([used], Service.Prune(null, namedToo: true).VolumesDeleted);
    }
}
