using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Registry;
using Rtd.Tests.Integration.Storage;
using Rtd.Tests.Unit.Storage;

namespace Rtd.Tests.Integration.Registry;

/// <summary>Pulls from a registry that does as it should: names, platforms, media types, sharing.</summary>
public sealed class PullTests : RegistryTest
{
    [StorageFact]
    public async Task Image_of_two_layers_with_dockers_messages()
    {
        string digest = (string)Registry.Image("app", "1", One, Two)["digest"]!;

        RecordedTransfer progress = await PullAsync("app:1");

        Image image = Service.Images.Get($"{Registry.Host}/app:1");
        Assert.Equal(FakeRegistry.Digest(Noise(600_000, 1)), FileOf(image.Id, "a/one"));
        Assert.Equal([$"{Registry.Host}/app:1", $"{Registry.Host}/app@{digest}"], Service.Images.GetEntry(image.Id).References.Select(name => name.Familiar));
        Assert.Equal(image.Id, Service.Images.Get($"{Registry.Host}/app@{digest}").Id);
        string first = FakeRegistry.Digest(FakeRegistry.Compress(One))[7..19];
        Assert.Equal("1: Pulling from app", progress.Lines[0]);
        Assert.Equal([$"Digest: {digest}", $"Status: Downloaded newer image for {Registry.Host}/app:1"], progress.Lines.TakeLast(2));
        string[] states = [.. progress.Lines.Where(line => line.StartsWith(first, StringComparison.Ordinal) && !line.Contains('/')).Select(line => line[14..])];
        Assert.Equal(["Pulling fs layer", "Verifying Checksum", "Download complete", "Pull complete"], states);

        RecordedTransfer again = await PullAsync("app:1");
        Assert.Equal(["1: Pulling from app", $"Digest: {digest}", $"Status: Image is up to date for {Registry.Host}/app:1"], again.Lines);
        Assert.Equal(1, Registry.Count("GET", $"/blobs/{FakeRegistry.Digest(FakeRegistry.Compress(One))}"));
    }

    [StorageFact]
    public async Task Layer_that_another_image_has_is_not_fetched()
    {
        Registry.Image("app", "1", One);
        Registry.Image("app", "2", One, Two);
        await PullAsync("app:1");

        RecordedTransfer progress = await PullAsync("app:2");

        string first = FakeRegistry.Digest(FakeRegistry.Compress(One));
        Assert.Contains($"{first[7..19]}: Already exists", progress.Lines);
        Assert.Equal(1, Registry.Count("GET", $"/blobs/{first}"));
    }

    /// <summary>The upper layer names only "a/two": the directory keeps what the lower layer says of it, whichever comes first.</summary>
    [StorageFact]
    public async Task Upper_layer_that_comes_before_the_lower_one_takes_over_its_directories()
    {
        byte[] lower = new TarBuilder().Directory("a/", mode: 0x1C0, uid: 1234, gid: 5678, time: 1_111_111_111).File("a/one", "1").Build();
        byte[] blob = FakeRegistry.Compress(lower);
        Registry.Image("app", "1", lower, Two);
        TaskCompletionSource upperIsHere = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Registry.Intercept = async context =>
        {
            if (context.Request.Path.Value!.EndsWith(FakeRegistry.Digest(blob), StringComparison.Ordinal))
            {
                await upperIsHere.Task;
            }

            return false;
        };

        Task<RecordedTransfer> pull = PullAsync("app:1");
        await Hosting.Eventually.HoldsAsync("the upper layer is staged", () => Registry.Count("GET", FakeRegistry.Digest(FakeRegistry.Compress(Two))) == 1 && Staged("a/two"));
        upperIsHere.SetResult();
        await pull;

        string top = Service.Storage.Layout.Diff(Service.Images.Get($"{Registry.Host}/app:1").ChainId);
        Assert.Equal("700 1234:5678 1111111111", Run("stat", "-c", "%a %u:%g %Y", Path.Combine(top, "a")).Trim());
    }

    [StorageFact]
    public async Task Twenty_pulls_at_once_download_each_blob_once()
    {
        byte[][] layers = [One, Two, .. Enumerable.Range(0, 4).Select(number => new TarBuilder().File($"file-{number}", Noise(200_000, number + 10)).Build())];
        Registry.Image("app", "1", layers);
        Registry.Image("app", "2", [.. layers[..3], new TarBuilder().File("other", "x").Build()]);

        RecordedTransfer[] all = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => PullAsync($"app:{1 + (number % 2)}")));

        foreach (byte[] layer in layers)
        {
            Assert.Equal(1, Registry.Count("GET", $"/blobs/{FakeRegistry.Digest(FakeRegistry.Compress(layer))}"));
        }

        Assert.All(all, progress => Assert.Contains(progress.Lines, line => line.StartsWith("Status: ", StringComparison.Ordinal)));
        Assert.Equal(2, Service.Images.List().Count);
    }

    [StorageFact]
    public async Task Index_gives_the_image_of_the_platform()
    {
        JObject amd = Registry.Image("app", "amd", One), arm = Registry.Image("app", "arm", "arm64", [Two], [Registry.Blob(FakeRegistry.Gzip, FakeRegistry.Compress(Two))]);
        amd["platform"] = new JObject { ["os"] = "linux", ["architecture"] = "amd64" };
        arm["platform"] = new JObject { ["os"] = "linux", ["architecture"] = "arm64", ["variant"] = "v8" };
        JObject attestation = (JObject)arm.DeepClone();
        attestation["platform"] = new JObject { ["os"] = "unknown", ["architecture"] = "unknown" };
        string digest = (string)Registry.Manifest("app", "1", FakeRegistry.OciIndex, new JObject { ["schemaVersion"] = 2, ["manifests"] = new JArray(attestation, arm, amd) }.ToString())["digest"]!;

        RecordedTransfer progress = await PullAsync("app:1");
        Assert.Equal("amd64", Service.Images.Get($"{Registry.Host}/app:1").Config.Architecture);
        Assert.Contains($"Digest: {digest}", progress.Lines);
        await PullAsync("app:1", "linux/arm64");
        Assert.Equal("arm64", Service.Images.Get($"{Registry.Host}/app:1").Config.Architecture);

        EngineException error = await FailsAsync("app:1", "linux/s390x");
        Assert.Equal("no matching manifest for linux/s390x in the manifest list entries", error.Message);
    }

    [StorageFact]
    public async Task Image_of_another_platform_comes_with_a_warning()
    {
        Registry.Image("app", "1", One);
        Assert.Contains(
            $"WARNING: image with reference {Registry.Host}/app:1 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)",
            (await PullAsync("app:1", "linux/arm64")).Lines);
    }

    [StorageFact]
    public async Task Layers_uncompressed_and_by_zstd()
    {
        string plain = Path.Combine(Scratch, "two.tar");
        await File.WriteAllBytesAsync(plain, Two);
        Run("zstd", "-q", plain);
        Registry.Image("app", "1", "amd64", [One, Two],
        [
            Registry.Blob("application/vnd.oci.image.layer.v1.tar", One),
            Registry.Blob("application/vnd.oci.image.layer.v1.tar+zstd", await File.ReadAllBytesAsync(plain + ".zst")),
        ]);

        await PullAsync("app:1");

        Assert.Equal(FakeRegistry.Digest("2"u8.ToArray()), FileOf($"{Registry.Host}/app:1", "a/two"));
    }

    [StorageFact]
    public async Task Foreign_layer_comes_from_its_url_without_credentials()
    {
        await using FakeRegistry elsewhere = await FakeRegistry.StartAsync();
        JObject layer = elsewhere.Blob("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", FakeRegistry.Compress(Two));
        layer["urls"] = new JArray($"http://{elsewhere.Host}/v2/x/blobs/missing", $"http://{elsewhere.Host}/v2/x/blobs/{layer["digest"]}");
        Registry.Image("app", "1", "amd64", [Two], [layer]);
        Registry.Intercept = Guarded.ByPassword("tester", "secret");

        await PullAsync("app:1", credentials: Guarded.Credentials("tester", "secret"));

        Assert.Equal(2, elsewhere.Requests.Count);
        Assert.All(elsewhere.Requests, request => Assert.Equal("", request.Authorization));
        layer["urls"] = new JArray("file:///etc/passwd");
        Registry.Image("app", "2", "amd64", [One], [layer]);
        Assert.Contains("is neither http nor https", (await FailsAsync("app:2", credentials: Guarded.Credentials("tester", "secret"))).Message, StringComparison.Ordinal);
    }

    [StorageFact]
    public async Task All_tags_through_all_pages()
    {
        Registry.Image("app", "1", One);
        Registry.Image("app", "2", Two);
        Registry.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/tags/list", StringComparison.Ordinal))
            {
                return false;
            }

            bool first = !context.Request.Query.ContainsKey("last");
            context.Response.Headers.Link = first ? "</v2/app/tags/list?last=1&n=1>; rel=\"next\"" : default;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, first ? "{\"name\":\"app\",\"tags\":[\"1\"]}" : "{\"name\":\"app\",\"tags\":[\"2\"]}");
            return true;
        };

        await PullAsync("app");

        Assert.Equal([$"{Registry.Host}/app:1", $"{Registry.Host}/app:2"], Service.Images.List().SelectMany(entry => entry.References).Where(name => name.Tag is not null).Select(name => name.Familiar).Order());
    }

    [StorageFact]
    public async Task Mirror_stands_in_for_the_default_registry_and_gets_no_password()
    {
        OpenWith(new RegistryOptions([], [$"http://{Registry.Host}"]));
        Registry.Image("library/app", "1", One);

        RecordedTransfer progress = await PullAsync("docker.io/library/app:1", credentials: Guarded.Credentials("tester", "secret"));

        Assert.Equal("1: Pulling from library/app", progress.Lines[0]);
        Assert.Equal("Status: Downloaded newer image for app:1", progress.Lines[^1]);
        Assert.All(Registry.Requests, request => Assert.Equal("", request.Authorization));
    }

    [StorageFact]
    public async Task Unknown_name_in_dockers_words()
    {
        EngineException error = await FailsAsync("nothing:1");
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Equal($"manifest for {Registry.Host}/nothing:1 not found: manifest unknown: not here", error.Message);
        Registry.Intercept = async context =>
        {
            await FakeRegistry.RefuseAsync(context, 403, "DENIED", "requested access to the resource is denied");
            return true;
        };
        error = await FailsAsync("nothing:1");
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Equal(
            $"pull access denied for {Registry.Host}/nothing, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
            error.Message);
    }

    private bool Staged(string path) =>
        Directory.EnumerateDirectories(Service.Storage.Layout.Stage).Any(stage => File.Exists(Path.Combine(stage, "diff", path)));
}
