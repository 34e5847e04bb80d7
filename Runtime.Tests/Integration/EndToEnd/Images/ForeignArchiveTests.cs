using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary>Archives go to and come from skopeo, umoci, podman and buildah with the same layers, bit for bit.</summary>
public sealed class ForeignArchiveTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>Each tool makes archives out of $1, which docker save wrote, in $2: NAME.tar, whose image runs /bin/echo.</summary>
    private const string MakeArchives = """
        saved=$1; cd $2; export HOME=$2
        podman() { command podman --root $HOME/pr --runroot $HOME/pn --tmpdir $HOME/pt --storage-driver vfs "$@"; }
        buildah() { command buildah --root $HOME/br --runroot $HOME/bn --storage-driver vfs "$@"; }
        skopeo() { command skopeo --insecure-policy "$@"; }
        skopeo copy -q docker-archive:$saved docker-archive:skopeo-docker.tar:foreign/skopeo:docker
        skopeo copy -q docker-archive:$saved oci-archive:skopeo-oci.tar:foreign/skopeo:oci
        podman load -q -i $saved >podman-loaded
        podman image inspect busybox --format '{{json .RootFS.Layers}}' >podman-layers
        podman tag busybox foreign/podman:1
        podman save -q --format docker-archive -o podman-docker.tar foreign/podman:1
        podman save -q --format oci-archive -o podman-oci.tar foreign/podman:1
        skopeo copy -q docker-archive:$saved oci:layout:base
        umoci unpack --image layout:base bundle >/dev/null
        echo made > bundle/rootfs/made; rm bundle/rootfs/bin/env
        umoci repack --image layout:changed bundle >/dev/null
        umoci rm --image layout:base; umoci gc --layout layout >/dev/null
        tar -C layout -cf umoci.tar .
        container=$(buildah from -q docker-archive:$saved)
        echo made > made; buildah copy -q $container made /made >/dev/null
        buildah commit -q $container oci-archive:buildah-oci.tar:foreign/buildah:oci >/dev/null
        buildah commit -q --format docker $container docker-archive:buildah-docker.tar:foreign/buildah:docker >/dev/null
        for c in gzip bzip2 xz 'zstd -q'; do $c -c < skopeo-oci.tar > compressed-${c%% *}.tar; done
        """;

    [RootFact]
    public async Task Their_archives_load_here_and_ours_there()
    {
        string directory = Directory.CreateDirectory(Path.Combine(Host.Root, "foreign")).FullName;
        string saved = Path.Combine(directory, "saved.tar");
        (await DockerAsync("save", "-o", saved, "busybox")).Exits(0);
        string layers = await LayersAsync("busybox");
        (await Command.RunAsync([.. Host.Inside("sh", "-euc", MakeArchives, "sh", saved, directory)], patience: TimeSpan.FromMinutes(3))).Exits(0);

        JObject seen = JObject.Parse((await Command.RunAsync(["skopeo", "inspect", "--config", $"docker-archive:{saved}"])).Exits(0).Stdout);
        Assert.Equal(layers, seen["rootfs"]!["diff_ids"]!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(layers, (await File.ReadAllTextAsync(Path.Combine(directory, "podman-layers"))).Trim());

        foreach ((string archive, string? name, bool same) in new (string, string?, bool)[]
        {
            ("skopeo-docker", "foreign/skopeo:docker", true),
            ("skopeo-oci", "foreign/skopeo:oci", true),
            ("podman-docker", "foreign/podman:1", true),
            ("podman-oci", "foreign/podman:1", true),
            ("umoci", null, false),
            ("buildah-oci", "foreign/buildah:oci", false),
            ("buildah-docker", "foreign/buildah:docker", false),
            ("compressed-gzip", "foreign/skopeo:oci", true),
            ("compressed-bzip2", "foreign/skopeo:oci", true),
            ("compressed-xz", "foreign/skopeo:oci", true),
            ("compressed-zstd", "foreign/skopeo:oci", true),
        })
        {
            CommandResult load = (await DockerAsync("load", "-i", Path.Combine(directory, archive + ".tar"))).Exits(0);
            string loaded = load.Lines[^1][(load.Lines[^1].IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim();
            Assert.True(name is null || loaded.EndsWith(name, StringComparison.Ordinal), $"{archive}: {load}");
            Assert.True(await LayersAsync(loaded) == layers == same, archive);
            string[] command = same ? ["echo", "made"] : ["cat", "/made"];
            Assert.Equal("made\n", (await DockerAsync(["run", "--rm", loaded, .. command])).Exits(0).Stdout);
            (await DockerAsync("rmi", loaded)).Exits(0);
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>What several images have in common is in the archive once, and all of them come back.</summary>
    [RootFact]
    public async Task Several_images_in_one_archive()
    {
        string saved = Path.Combine(Host.Root, "several.tar");
        (await DockerAsync("run", "--name", "work", "busybox", "touch", "/made")).Exits(0);
        string child = (await DockerAsync("commit", "work", "child:1")).Exits(0).Line;
        (await DockerAsync("rm", "work")).Exits(0);
        (await DockerAsync("tag", "busybox", "other:name")).Exits(0);
        (await DockerAsync("save", "-o", saved, "busybox", "other:name", "child:1")).Exits(0);
        (await DockerAsync("rmi", "other:name", "child:1")).Exits(0);

        string[] names = [.. (await Command.RunAsync(["tar", "-tf", saved])).Exits(0).Lines];
        CommandResult load = (await DockerAsync("load", "-i", saved)).Exits(0);

        Assert.Equal(names.Distinct().Order(), names.Order());
        Assert.Equal(["Loaded image: busybox:latest", "Loaded image: child:1", "Loaded image: other:name"], load.Lines.Where(line => line.StartsWith("Loaded", StringComparison.Ordinal)).Order());
        Assert.Equal(child, (await DockerAsync("inspect", "--format", "{{.Id}}", "child:1")).Exits(0).Line);
        (await DockerAsync("rmi", "other:name")).Exits(0);
        File.Delete(saved);
    }

    private async Task<string> LayersAsync(string image) => (await DockerAsync("inspect", "--type", "image", "--format", "{{json .RootFS.Layers}}", image)).Exits(0).Line;
}
