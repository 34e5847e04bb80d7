using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Daemon.Volumes;
using Rtd.Daemon.Volumes.Local;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Volumes;

public sealed class VolumeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rtd-volumes-").FullName;
    private readonly RecordedEvents _events = new();
    private readonly VolumeDrivers _drivers;
    private readonly VolumeTrees _trees;
    private VolumeStore _store;

    public VolumeTests()
    {
        _trees = new VolumeTrees(Path.Combine(_root, "trash"), null);
        _drivers = FakePlugins.Drivers(_trees, _root);
        _store = Restart();
    }

    private VolumeService Service => new(_store, _drivers);

    private VolumeStore Restart()
    {
        VolumeStore store = new(_root, _trees, _drivers, _events);
        store.Load();
        return store;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Volume_is_made_once_and_survives_a_restart()
    {
        VolumeSummary made = await Service.CreateAsync(new() { Name = "data", Labels = new() { ["a"] = "2020-01-01T00:00:00Z" } });
        Assert.Equal(Path.Combine(_root, "volumes", "data", "_data"), made.Mountpoint);
        Assert.Equal(made.CreatedAt, (await Service.CreateAsync(new() { Name = "data", Driver = "local" })).CreatedAt);
        Assert.Equal(["create"], _events.VolumeActions);
        _store = Restart();
        VolumeSummary read = await Service.InspectAsync("data");
        Assert.Equal((made.CreatedAt, "2020-01-01T00:00:00Z", "local"), (read.CreatedAt, read.Labels!["a"], read.Scope));
    }

    [Fact]
    public void Volume_without_a_record_keeps_its_data_and_size()
    {
        Directory.CreateDirectory(Path.Combine(_root, "volumes", "cut", "_data", "kept"));
        File.WriteAllText(Path.Combine(_root, "volumes", "cut", "volume.json"), "{");
        new QuotaNote(1 << 20, 10 << 20).Write(Path.Combine(_root, "volumes", "cut"));
        _store = Restart();
        Assert.True(Directory.Exists(Path.Combine(_store.Get("cut").Mountpoint, "kept")));
        Assert.Equal((true, "10485760"), (_store.IsLimited("cut"), _store.Get("cut").Record.Options["size"]));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("a\0b")]
    public async Task Name_is_refused(string name)
    {
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => Service.CreateAsync(new() { Name = name }));
        Assert.StartsWith($"create {name}: \"{name}\" includes invalid characters for a local volume name", error.Message, StringComparison.Ordinal);
        Assert.Empty(_store.All);
    }

    [Fact]
    public async Task Other_drivers_are_refused()
    {
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<EngineException>(() => Service.CreateAsync(new() { Name = "ab", Driver = "nfs" }))).Kind);
        Assert.Empty(_store.All);
    }

    [Fact]
    public async Task Removal_takes_what_a_container_left_and_follows_no_link()
    {
        string mountpoint = (await Service.CreateAsync(new() { Name = "data" })).Mountpoint;
        string canary = Path.Combine(_root, "canary");
        File.WriteAllText(canary, "");
        Directory.CreateDirectory(Path.Combine(mountpoint, "a", "b"));
        File.CreateSymbolicLink(Path.Combine(mountpoint, "a", "link"), _root);
        File.WriteAllText(Path.Combine(mountpoint, "a", "b", "file"), "x");
        await Service.RemoveAsync("data", force: false);
        Assert.True(File.Exists(canary));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_root, "volumes")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_root, "trash")));
        EngineException gone = await Assert.ThrowsAsync<EngineException>(() => Service.RemoveAsync("data", force: false));
        Assert.Equal((ErrorKind.NotFound, "get data: no such volume"), (gone.Kind, gone.Message));
        await Service.RemoveAsync("data", force: true);
    }

    [Fact]
    public async Task Lists_are_filtered()
    {
        await Service.CreateAsync(new() { Name = "one", Labels = new() { ["k"] = "v" } });
        await Service.CreateAsync(new() { Name = "two" });
        await _store.AcquireAsync("two", "", null, null, "container");
        Assert.Equal("one,two", await NamesAsync(null));
        Assert.Equal("one", await NamesAsync("""{"dangling": ["true"]}"""));
        Assert.Equal("two", await NamesAsync("""{"dangling": ["0"]}"""));
        Assert.Equal("two", await NamesAsync("""{"name": ["w"]}"""));
        Assert.Equal("one", await NamesAsync("""{"label": ["k=v"]}"""));
        Assert.Equal("", await NamesAsync("""{"driver": ["nfs"]}"""));
        await Assert.ThrowsAsync<EngineException>(() => NamesAsync("""{"nonsense": ["x"]}"""));

        async Task<string> NamesAsync(string? filters) => string.Join(',', (await Service.ListAsync(filters)).Volumes.Select(volume => volume.Name));
    }

    [Fact]
    public async Task Prune_spares_named_volumes_unless_asked_and_those_in_use_always()
    {
        string anonymous = (await Service.CreateAsync(new())).Name;
        File.WriteAllText(Path.Combine(_store.Get(anonymous).Mountpoint, "file"), "12345");
        string used = (await _store.AcquireAsync("", "", null, null, "container")).Name;
        await Service.CreateAsync(new() { Name = "named" });
        VolumePruneResult result = await Service.PruneAsync(null, namedToo: false);
        Assert.Equal([anonymous], result.VolumesDeleted);
        Assert.Equal(5, result.SpaceReclaimed);
        Assert.Equal(["named"], (await Service.PruneAsync("""{"all": ["true"]}""", namedToo: false)).VolumesDeleted);
        _store.Release(used, "container");
        Assert.Equal([used], (await Service.PruneAsync(null, namedToo: true)).VolumesDeleted);
    }

    [Theory]
    [InlineData("device=/x", "missing required option: \"type\"")]
    [InlineData("type=none", "missing required option: \"device\"")]
    [InlineData("o=bind", "missing required option: \"device\"")]
    [InlineData("colour=red", "invalid option: \"colour\"")]
    [InlineData("size=much", "invalid size: 'much'")]
    [InlineData("size=-1", "invalid size: '-1'")]
    [InlineData("size=10m", "quota size requested but no quota support")]
    public async Task Options_are_refused_in_dockers_words(string option, string message)
    {
        string[] pair = option.Split('=');
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => Service.CreateAsync(new() { Name = "data", DriverOpts = new() { [pair[0]] = pair[1] } }));
        Assert.Equal((ErrorKind.InvalidParameter, $"create data: {message}"), (error.Kind, error.Message));
        Assert.Empty(_store.All);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_root, "volumes")));
    }

    [Fact]
    public async Task Volume_with_options_is_neither_pruned_nor_measured()
    {
        await Service.CreateAsync(new() { Name = "mounted", DriverOpts = new() { ["type"] = "tmpfs", ["device"] = "tmpfs", ["o"] = "size=1m" } });
        Assert.Empty((await Service.PruneAsync(null, namedToo: true)).VolumesDeleted);
        Assert.Empty(Service.Usage());
        Assert.Equal("size=1m", (await Service.InspectAsync("mounted")).Options!["o"]);
        _store = Restart();
        Assert.Equal("tmpfs", (await Service.InspectAsync("mounted")).Options!["type"]);
        await Service.RemoveAsync("mounted", force: false);
    }

    [Fact]
    public async Task Create_that_was_cut_short_before_it_had_data_is_nothing()
    {
        await Service.CreateAsync(new() { Name = "data" });
        Directory.CreateDirectory(Path.Combine(_root, "volumes", "empty"));
        _store = Restart();
        Assert.Equal(["data"], _store.All.Select(volume => volume.Name));
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(_root, "volumes")));
    }

    [Theory]
    [InlineData("bind,ro,nosuid", Libc.MS_BIND | Libc.MS_RDONLY | Libc.MS_NOSUID, "")]
    [InlineData("addr=192.0.2.1,rw,nfsvers=4,hard", 0UL, "addr=192.0.2.1,nfsvers=4,hard")]
    [InlineData("rbind,ro,rw,,defaults,rslave", Libc.MS_BIND | Libc.MS_REC, "")]
    public void Mount_options_are_flags_and_data(string words, ulong flags, string data)
    {
        MountOptions options = MountOptions.Parse(words);
        Assert.Equal((flags, data), (options.Flags, options.Data));
    }
}
