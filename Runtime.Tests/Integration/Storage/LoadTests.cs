using System.IO.Compression;
using System.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Tar;
using Rtd.Tests.Unit.Storage;
using Xunit;

namespace Rtd.Tests.Integration.Storage;

public sealed class LoadTests : StorageTest
{
    private static readonly byte[] s_one = new TarBuilder().File("one", new string('1', 700_000)).Build();
    private static readonly byte[] s_two = new TarBuilder().File("two", "2").Build();

    [StorageFact]
    public void LoadsADockerArchiveWithProgressAndName()
    {
        ImageService service = Open();
        byte[] config = ArchiveBuilder.Config(s_one, s_two);
        RecordedProgress progress = Load(service, ArchiveBuilder.DockerSave("busybox:1", config, s_one, s_two));
        Image image = service.Images.Get("busybox:1");
        Assert.Equal(ArchiveBuilder.Digest(config), image.Id);
        Assert.Equal(700_001, image.Size);
        Assert.Equal(["Loaded image: busybox:1\n"], progress.Lines);
        Assert.Equal((ArchiveBuilder.Hex(s_one)[..12], s_one.Length, s_one.Length), progress.Steps[0] with { Current = progress.Steps.FindLast(step => step.Id == ArchiveBuilder.Hex(s_one)[..12]).Current });
        Assert.Contains(progress.Steps, step => step.Id == ArchiveBuilder.Hex(s_two)[..12]);

        // A second time there is nothing to unpack; the layer is shared with an image that has it, too.
        Assert.Empty(Load(service, ArchiveBuilder.DockerSave("other:1", ArchiveBuilder.Config(s_one), s_one)).Steps);
        Assert.Equal(2, Directory.GetDirectories(service.Storage.Layout.Layers).Length);
    }

    [StorageFact]
    public void LoadsLinksAndAnyOrderAndCompressedLayers()
    {
        ImageService service = Open();
        byte[] config = ArchiveBuilder.Config(s_one, s_two, s_one);
        string manifest = $$"""[{"Config":"c.json","RepoTags":["a:1","b:2"],"Layers":["x/layer.tar","y/layer.tar","z/layer.tar"]}]""";
        TarBuilder archive = new TarBuilder().File("manifest.json", manifest).SymbolicLink("z/layer.tar", "../x/layer.tar").HardLink("y/layer.tar", "w/layer.tar")
            .File("w/layer.tar", Gzip(s_two)).File("x/layer.tar", s_one).File("c.json", config);
        RecordedProgress progress = new();
        service.Load.Run(new MemoryStream(Gzip(archive.Build())), progress, CancellationToken.None);
        Assert.Equal(["Loaded image: a:1\n", "Loaded image: b:2\n"], progress.Lines);
        Assert.Equal(3, service.Storage.LayerStore.Stack(service.Images.Get("b:2").ChainId).Count);
    }

    [StorageFact]
    public void LoadsAnOciLayoutWithANestedIndex()
    {
        ImageService service = Open();
        byte[] config = ArchiveBuilder.Config(s_one, s_two), layer = Gzip(s_one), other = ArchiveBuilder.Config(s_two);
        byte[] manifest = Json($$"""{"schemaVersion":2,"config":{{Descriptor("application/vnd.oci.image.config.v1+json", config)}},"layers":[{{Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer)}},{{Descriptor("application/vnd.oci.image.layer.v1.tar", s_two)}}]}""");
        byte[] foreign = Json($$"""{"schemaVersion":2,"config":{{Descriptor("application/vnd.oci.image.config.v1+json", other)}},"layers":[{{Descriptor("application/vnd.oci.image.layer.v1.tar", s_two)}}]}""");
        byte[] nested = Json($$"""{"schemaVersion":2,"manifests":[{{Descriptor("m", foreign, """,  "platform":{"os":"linux","architecture":"none"}""")}},{{Descriptor("m", manifest, """, "platform":{"os":"linux","architecture":"amd64"}""")}},{{Descriptor("m", foreign, """, "platform":{"os":"unknown","architecture":"unknown"}""")}}]}""");
        byte[] index = Json($$"""{"schemaVersion":2,"manifests":[{{Descriptor("application/vnd.oci.image.index.v1+json", nested, """, "annotations":{"io.containerd.image.name":"docker.io/library/app:1","org.opencontainers.image.ref.name":"1"}""")}}]}""");
        TarBuilder archive = new TarBuilder().Directory("./").File("./index.json", index);
        foreach (byte[] blob in (byte[][])[config, layer, s_two, manifest, foreign, nested, other])
        {
            archive.File("./blobs/sha256/" + ArchiveBuilder.Hex(blob), blob);
        }

        Assert.Equal(["Loaded image: app:1\n"], Load(service, archive).Lines);
        Assert.Equal(ArchiveBuilder.Digest(config), service.Images.Get("app:1").Id);
    }

    /// <summary>CVE-2014-6407, -9356, -9357, -9358 (names and ids as paths), wrong digests, lying sizes, cut streams, malformed documents (CVE-2021-21285's kin).</summary>
    public static TheoryData<string, string, byte[]> Hostile()
    {
        byte[] config = ArchiveBuilder.Config(s_two), hostile = new TarBuilder().File("../escape").Build();
        string hex = ArchiveBuilder.Hex(config);
        return new()
        {
            { "layer above", "invalid file name \"../x\"", Manifest(config, "../x").Build() },
            { "absolute layer", "invalid file name \"/x\"", Manifest(config, "/x").Build() },
            { "layer in the middle", "invalid file name \"a/../../x\"", Manifest(config, "a/../../x").Build() },
            { "config above", "invalid file name", new TarBuilder().File("manifest.json", """[{"Config":"../../etc/passwd","Layers":[]}]""").Build() },
            { "missing layer", "nothing is missing", Manifest(config, "nothing").Build() },
            { "missing config", "c.json is missing", new TarBuilder().File("manifest.json", """[{"Config":"c.json","Layers":[]}]""").Build() },
            { "layer count", "layers length mismatch: expected 1, got 0", Manifest(config).Build() },
            { "wrong layer", "wrong diff id", Manifest(config, "l").File("l", s_one).Build() },
            { "hostile layer", "invalid tar entry \"../escape\"", new TarBuilder().File("c.json", ArchiveBuilder.Config(hostile)).File("manifest.json", """[{"Config":"c.json","Layers":["l"]}]""").File("l", hostile).Build() },
            { "wrong config name", "does not have the digest", new TarBuilder().File($"{hex}.json", "{}").File("manifest.json", $$"""[{"Config":"{{hex}}.json","Layers":[]}]""").Build() },
            { "invalid tag", "invalid", new TarBuilder().File("c.json", config).File("l", s_two).File("manifest.json", """[{"Config":"c.json","RepoTags":["../x"],"Layers":["l"]}]""").Build() },
            { "not json", "cannot be read", new TarBuilder().File("manifest.json", "[{").Build() },
            { "null", "without config", new TarBuilder().File("manifest.json", "[null]").Build() },
            { "nothing", "neither manifest.json nor index.json", new TarBuilder().File("x").Build() },
            { "empty", "no image", new TarBuilder().File("manifest.json", "[]").Build() },
            { "nested json", "cannot be read", new TarBuilder().File("manifest.json", new string('[', 100_000)).Build() },
            { "bad diff id", "rootfs.diff_ids", new TarBuilder().File("c.json", """{"rootfs":{"diff_ids":["../../x"]}}""").File("manifest.json", """[{"Config":"c.json","Layers":["l"]}]""").Build() },
            { "other system", "cannot load windows image on linux", new TarBuilder().File("c.json", """{"os":"windows","rootfs":{"diff_ids":[]}}""").File("manifest.json", """[{"Config":"c.json","Layers":[]}]""").Build() },
            { "index to itself", "does not have this digest", new TarBuilder().File("index.json", $$"""{"manifests":[{"digest":"sha256:{{hex}}"}]}""").File($"blobs/sha256/{hex}", $$"""{"manifests":[{"digest":"sha256:{{hex}}"}]}""").Build() },
            { "digest that is a path", "not a sha256 digest", new TarBuilder().File("index.json", """{"manifests":[{"digest":"sha256:../../x"}]}""").Build() },
            { "name above", "\"..\"", new TarBuilder().File("../manifest.json", "[]").Build() },
            { "link out", "leads out of the archive", new TarBuilder().SymbolicLink("manifest.json", "../etc/passwd").Build() },
            { "link loop", "neither manifest.json", new TarBuilder().SymbolicLink("manifest.json", "a").SymbolicLink("a", "manifest.json").Build() },
            { "lying layer size", "has 2048 bytes, not 7", Layout(config, s_two, layerSize: 7) },
            { "lying config size", $"has {config.Length} bytes, not 7", Layout(config, s_two, configSize: 7) },
            { "lying manifest size", "bytes, not 7", Layout(config, s_two, manifestSize: 7) },
            { "wrong layer digest", "does not have the digest", Layout(config, s_two, blob: Gzip(s_two), asked: s_two) },
            { "lying entry size", "unexpected end", new TarBuilder().Member("manifest.json", '0', new byte[10], size: 1 << 30).Build() },
            { "huge document", "is too large", new TarBuilder().File("manifest.json", new byte[(8 << 20) + 1]).Build() },
            { "huge header", "is too large", new TarBuilder().Member("x", 'x', new byte[10], size: 1 << 30).Build() },
            { "huge name", "is too large", new TarBuilder().Member("x", 'L', new byte[10], size: 1 << 30).Build() },
            { "cut", "unexpected end", Manifest(config, "l").File("l", s_two).Build()[..^1536] },
        };
    }

    [StorageTheory]
    [MemberData(nameof(Hostile))]
    public void RefusesHostileArchives(string what, string problem, byte[] archive)
    {
        ImageService service = Open();
        EngineException error = Refused(() => service.Load.Run(new MemoryStream(archive), new RecordedProgress(), CancellationToken.None));
        Assert.True(error.Message.Contains(problem, StringComparison.Ordinal), $"{what}: {error.Message}");
        Assert.Empty(service.Images.List());
        Assert.Empty(service.Storage.LayerStore.All());
        Assert.Empty(Directory.EnumerateFileSystemEntries(service.Storage.Layout.Layers));
        Assert.Empty(Directory.EnumerateFileSystemEntries(service.Storage.Layout.Stage));
    }

    [StorageTheory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public void SavesWhatItLoadedByteForByte(string driver)
    {
        ImageService service = Open(driver);
        byte[] odd = [.. new TarBuilder().Pax(("mtime", "5.25"), ("comment", "x")).File("one", "changed").File(".wh.gone").LongName('L', new string('n', 150)).File("x", "y").Build(3), .. "trailing"u8];
        byte[] config = ArchiveBuilder.Config(s_one, odd);
        Load(service, ArchiveBuilder.DockerSave("a:1", config, s_one, odd));
        MemoryStream saved = new();
        using (ImageSave save = service.Save(["a:1", ArchiveBuilder.Hex(config)[..12]]))
        {
            save.Write(saved, CancellationToken.None);
        }

        Dictionary<string, byte[]> files = Files(saved.ToArray());
        Assert.Equal(s_one, files["blobs/sha256/" + ArchiveBuilder.Hex(s_one)]);
        Assert.Equal(odd, files["blobs/sha256/" + ArchiveBuilder.Hex(odd)]);
        Assert.Equal(config, files["blobs/sha256/" + ArchiveBuilder.Hex(config)]);
        service.Images.Remove("a:1", force: false, new FixedUsers());
        Assert.Empty(service.Storage.LayerStore.All());
        Assert.Equal(["Loaded image: a:1\n"], Load(service, saved.ToArray()).Lines);
        Assert.Equal(ArchiveBuilder.Digest(config), service.Images.Get("a:1").Id);
    }

    private static RecordedProgress Load(ImageService service, TarBuilder archive) => Load(service, archive.Build());

    private static RecordedProgress Load(ImageService service, byte[] archive)
    {
        RecordedProgress progress = new();
        service.Load.Run(new MemoryStream(archive), progress, CancellationToken.None);
        return progress;
    }

    private static TarBuilder Manifest(byte[] config, params string[] layers) => new TarBuilder().File("c.json", config)
        .File("manifest.json", $$"""[{"Config":"c.json","RepoTags":["x:1"],"Layers":[{{string.Join(',', layers.Select(layer => $"\"{layer}\""))}}]}]""");

    /// <summary>An OCI layout whose descriptors may lie.</summary>
    private static byte[] Layout(byte[] config, byte[] layer, int? layerSize = null, int? configSize = null, int? manifestSize = null, byte[]? blob = null, byte[]? asked = null)
    {
        string Size(string descriptor, int? size) => size is null ? descriptor : System.Text.RegularExpressions.Regex.Replace(descriptor, "\"size\":[0-9]+", $"\"size\":{size}");
        byte[] manifest = Json($$"""{"schemaVersion":2,"config":{{Size(Descriptor("application/vnd.oci.image.config.v1+json", config), configSize)}},"layers":[{{Size(Descriptor("l", asked ?? layer), layerSize ?? blob?.Length)}}]}""");
        return new TarBuilder()
            .File("index.json", $$"""{"schemaVersion":2,"manifests":[{{Size(Descriptor("application/vnd.oci.image.manifest.v1+json", manifest), manifestSize)}}]}""")
            .File("blobs/sha256/" + ArchiveBuilder.Hex(manifest), manifest)
            .File("blobs/sha256/" + ArchiveBuilder.Hex(config), config)
            .File("blobs/sha256/" + ArchiveBuilder.Hex(asked ?? layer), blob ?? layer)
            .Build();
    }

    private static string Descriptor(string type, byte[] blob, string more = "") =>
        $$"""{"mediaType":"{{type}}","digest":"{{ArchiveBuilder.Digest(blob)}}","size":{{blob.Length}}{{more}}}""";

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Gzip(byte[] data)
    {
        MemoryStream output = new();
        using (GZipStream gzip = new(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(data);
        }

        return output.ToArray();
    }

    private static Dictionary<string, byte[]> Files(byte[] archive)
    {
        Dictionary<string, byte[]> files = [];
        TarReader reader = new(new MemoryStream(archive));
        while (reader.Next() is { } entry)
        {
            byte[] content = new byte[entry.Size];
            new TarContent(reader).ReadExactly(content);
            files[entry.Display] = content;
        }

        return files;
    }
}
