using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Changes;
using Rtd.Daemon.Storage.Layers;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Unit.Storage;
using Xunit;

namespace Rtd.Tests.Integration.Storage;

/// <summary>What a container changed: as a list, as a layer's archive, as an image, and its whole tree.</summary>
public sealed class ChangesTests : StorageTest
{
    private const string Edit = """
        echo new > added; mkdir -p newdir/sub; echo x > newdir/sub/file
        echo longer > dir/changed; chmod 600 dir/mode; rm dir/gone; rm -r tree
        rm -r again; mkdir again; echo only > again/only
        rm file; mkdir file; echo in > file/in; rm -r becomes; echo now > becomes
        ln dir/kept hard; ln -s /nowhere dangling; mknod null c 1 3; mkfifo fifo
        chmod 711 owned
        python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
        """;

    private static TarBuilder[] Image =>
    [
        new TarBuilder().Directory("dir").File("dir/changed", "1").File("dir/mode").File("dir/gone").File("dir/kept", "k").File("dir/same", "s")
            .Directory("tree").Directory("tree/below").File("tree/below/file")
            .Directory("again").File("again/before").Directory("again/sub").File("again/sub/x")
            .File("file").Directory("becomes").File("becomes/x").Directory("owned").File("owned/x").Directory("untouched").File("untouched/x"),
        new TarBuilder().File("dir/upper", "u").File("tree/.wh.below"),
    ];

    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void ListsWhatDiffersAsDockerDoes(string driver)
    {
        ImageService service = Container(driver, Edit);
        Assert.Equal(
            """
            A /added
            C /again
            D /again/before
            A /again/only
            D /again/sub
            C /becomes
            A /dangling
            C /dir
            C /dir/changed
            D /dir/gone
            C /dir/mode
            A /fifo
            C /file
            A /file/in
            A /hard
            A /newdir
            A /newdir/sub
            A /newdir/sub/file
            A /null
            C /owned
            A /socket
            D /tree
            """.Split('\n'),
            service.Storage.ContainerLayers.Changes("c1").Select(Show).Where(line => line != "D /becomes/x"));
    }

    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void AContainerThatDidNothingChangedNothing(string driver)
    {
        ImageService service = Container(driver, "cat dir/changed dir/upper >/dev/null; ls -R >/dev/null");
        Assert.Empty(service.Storage.ContainerLayers.Changes("c1"));
        MemoryStream archive = new();
        service.Storage.ContainerLayers.WriteChanges("c1", archive, CancellationToken.None);
        Assert.Equal(new byte[1024], archive.ToArray());
    }

    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void InitLayersFilesAreNoChanges(string driver)
    {
        ImageService service = Container(driver, "ls -la dev etc proc sys >/dev/null; echo 1 > etc/own; rm .dockerenv");
        Assert.Equal(["D /.dockerenv", "C /etc", "A /etc/own"], service.Storage.ContainerLayers.Changes("c1").Select(Show));
    }

    /// <summary>What a new container of the committed image sees is what the old one saw, to the last attribute.</summary>
    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void ACommittedImageIsWhatTheContainerWas(string driver)
    {
        string names = new('n', 120);
        ImageService service = Container(driver, Edit + $"""

            chmod 750 .
            mkdir -p {names}/{names}; echo deep > {names}/{names}/file; ln {names}/{names}/file longhard; ln -s {names}/{names}/file longlink
            chown 70000:3000000 added; chmod 4755 added; chown -h 5:6 dangling; touch -d 2001-02-03 dir/changed; touch -d 1960-01-01 newdir/sub/file
            setfattr -n user.colour -v red added; setfattr -n user.dir -v x newdir; setcap cap_net_raw+ep newdir/sub/file; touch -d 1960-01-01 newdir/sub/file
            truncate -s 3M newdir/sparse
            rm socket
            touch -d 2020-01-01 newdir newdir/sub again file dir . {names} {names}/{names} becomes
            """);
        Image parent = service.Images.List().Single().Image;
        Image image = Commit(service, parent, "c1", "committed:1");
        Assert.Equal(3, image.Config.Rootfs.DiffIds.Count);
        Assert.Equal(("make", "me", "why", false), (image.Config.History![^1].CreatedBy, image.Config.History[^1].Author, image.Config.History[^1].Comment, image.Config.History[^1].EmptyLayer));
        service.Storage.ContainerLayers.Create("c2", image);
        string Look(string id) => InMounted(service.Storage.ContainerLayers.Rootfs(id), """
            stat -c '%a %u:%g' .; find . -mindepth 1 -path ./dev -prune -o -path ./etc -prune -o -printf '%p|%y|%m|%U:%G|%Ts|%l|%n|' -exec sh -c 'test -f "$0" && sha256sum < "$0"; getfattr -d -m "^(user|security)" --absolute-names -h "$0" | grep = ; stat -c %t:%T "$0"' {} \; | sort
            """);
        string[] Lines(string id) => Look(id).Split('\n');
        Assert.Equal(Lines("c1"), Lines("c2"));
        Assert.Empty(service.Storage.ContainerLayers.Changes("c2"));

        // Committed from the same tree again, it is the same layer.
        Assert.Equal(image.ChainId, Commit(service, parent, "c1", null).ChainId);
    }

    [StorageFact]
    public void TheArchiveMarksOnlyWhatHidesSomething()
    {
        ImageService service = Container("overlay2", Edit);
        MemoryStream archive = new();
        service.Storage.ContainerLayers.WriteChanges("c1", archive, CancellationToken.None);
        string file = Path.Combine(Scratch, "diff.tar");
        File.WriteAllBytes(file, archive.ToArray());
        string[] names = Run("tar", "-tf", file).TrimEnd().Split('\n');
        Assert.Equal(names, names.Distinct());
        Assert.Equal(
            ["again/.wh..wh..opq", "dir/.wh.gone", ".wh.tree"],
            names.Where(name => name.Contains(".wh.", StringComparison.Ordinal)));
        Assert.DoesNotContain("socket", names);
        Assert.Contains("newdir/", names);
        Assert.DoesNotContain("untouched/", names);
        Assert.Contains("hard link to dir/kept", Run("tar", "-tvf", file), StringComparison.Ordinal);
    }

    [StorageFact]
    public void NothingChangedMakesNoLayer()
    {
        ImageService service = Container("overlay2", "true");
        Image parent = service.Images.List().Single().Image;
        Image image = Commit(service, parent, "c1", "same:1");
        Assert.Equal(parent.ChainId, image.ChainId);
        Assert.True(image.Config.History![^1].EmptyLayer);
        Assert.NotEqual(parent.Id, image.Id);
        Assert.Equal(2, service.Storage.LayerStore.All().Count);
    }

    [StorageFact]
    public void AFailedCommitLeavesNothing()
    {
        ImageService service = Container("overlay2", Edit);
        Image parent = service.Images.List().Single().Image;
        Assert.Throws<SyscallException>(() => service.Commit.Run(parent, Details, null, _ => throw new SyscallException("openat", Libc.EIO, "x"), () => { }, CancellationToken.None));
        Assert.Throws<EngineException>(() => service.Commit.Run(
            parent, Details, null, archive => service.Storage.ContainerLayers.WriteChanges("c1", archive, CancellationToken.None), () => throw EngineException.Conflict("gone"), CancellationToken.None));
        Assert.Single(service.Images.List());
        Assert.Equal(2, service.Storage.LayerStore.All().Count);
        Assert.Equal(2, Directory.GetDirectories(service.Storage.Layout.Layers).Length);
    }

    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void ExportIsTheWholeTree(string driver)
    {
        ImageService service = Container(driver, Edit);
        MemoryStream archive = new();
        service.Storage.ContainerLayers.Export("c1", archive, CancellationToken.None);
        string file = Path.Combine(Scratch, "export.tar");
        string root = Path.Combine(Scratch, "export");
        File.WriteAllBytes(file, archive.ToArray());
        Directory.CreateDirectory(root);
        Run("tar", "--xattrs", "--xattrs-include=*", "-xpf", file, "-C", root);
        string listing = "find . -mindepth 1 ! -type s \\( -type d -printf '%P|%y|%m|%U:%G\\n' -o -printf '%P|%y|%m|%U:%G|%l|%n\\n' \\) | sort";
        Assert.Equal(InMounted(service.Storage.ContainerLayers.Rootfs("c1"), listing), Run("sh", "-c", $"cd '{root}'; {listing}"));
        Assert.Equal("k", File.ReadAllText(Path.Combine(root, "hard")));
        Assert.False(Directory.Exists(Path.Combine(root, "tree")));
        Assert.True(File.Exists(Path.Combine(root, ".dockerenv")));
    }

    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void SizeIsThatOfWhatIsNew(string driver)
    {
        ImageService service = Container(driver, "head -c 1000 /dev/zero > a; ln a b; mkdir d; echo 12 > d/c; rm dir/kept; echo 1234 > dir/changed");
        Assert.Equal(1000 + 3 + 5, service.Storage.ContainerLayers.Size("c1"));
    }

    private static CommitDetails Details => new(new ContainerConfig { Cmd = ["sh"] }, "make", "me", "why");

    private static string Show(LayerChange change) => $"{"CAD"[(int)change.Kind]} {change.Path}";

    private static Image Commit(ImageService service, Image parent, string container, string? name) => service.Commit.Run(
        parent,
        Details,
        name is null ? null : ImageReference.ParseTarget(name),
        archive => service.Storage.ContainerLayers.WriteChanges(container, archive, CancellationToken.None),
        () => { },
        CancellationToken.None);

    /// <summary>An image, a container of it, and what a script does in that.</summary>
    private ImageService Container(string driver, string script)
    {
        ImageService service = Open(driver);
        service.Storage.ContainerLayers.Create("c1", ArchiveBuilder.Load(service, Image));
        InMounted(service.Storage.ContainerLayers.Rootfs("c1"), script);
        return service;
    }
}
