using System.Diagnostics;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.EndToEnd.Store;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary>The docker command against a real registry: push, pull, login, search, and images that other tools pushed.</summary>
public sealed class RegistryTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Plain = "127.0.0.1:5000";

    private static readonly byte[] s_base = ImageArchive.Tar([.. ImageArchive.Busybox(), ImageArchive.Directory("dir/"), ImageArchive.File("dir/base", "base\n")]);
    private static readonly byte[] s_upper = ImageArchive.Tar(ImageArchive.File("dir/upper", "upper\n"));

    [RegistryFact]
    public async Task Push_and_pull_by_tag_and_digest()
    {
        using RegistryServer registry = await RegistryServer.StartAsync(Host, Plain);
        (await LoadAsync(ImageArchive.DockerSave($"{Plain}/app:1", s_base, s_upper))).Exits(0);
        string id = (await DockerAsync("inspect", "-f", "{{.Id}}", $"{Plain}/app:1")).Exits(0).Line;

        CommandResult push = (await DockerAsync("push", $"{Plain}/app:1")).Exits(0);

        Assert.Equal($"The push refers to repository [{Plain}/app]", push.Lines[0]);
        Assert.Equal(2, push.Lines.Count(line => line.EndsWith(": Pushed", StringComparison.Ordinal)));
        string digest = push.Lines[^1].Split(' ')[2];
        Assert.Equal($"{Plain}/app@{digest}", (await DockerAsync("inspect", "-f", "{{index .RepoDigests 0}}", id)).Exits(0).Line);
        Assert.Contains("Layer already exists", (await DockerAsync("push", $"{Plain}/app:1")).Exits(0).Stdout, StringComparison.Ordinal);

        (await DockerAsync("tag", id, $"{Plain}/other:1")).Exits(0);
        Assert.Contains("Mounted from app", (await DockerAsync("push", $"{Plain}/other:1")).Exits(0).Stdout, StringComparison.Ordinal);

        (await DockerAsync("rmi", "-f", id)).Exits(0);
        CommandResult pull = (await DockerAsync("pull", $"{Plain}/app:1")).Exits(0);
        Assert.Equal("1: Pulling from app", pull.Lines[0]);
        Assert.Equal([$"Digest: {digest}", $"Status: Downloaded newer image for {Plain}/app:1", $"{Plain}/app:1"], pull.Lines.TakeLast(3));
        Assert.Contains($"Status: Image is up to date for {Plain}/app:1", (await DockerAsync("pull", $"{Plain}/app:1")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Equal(id, (await DockerAsync("inspect", "-f", "{{.Id}}", $"{Plain}/app:1")).Exits(0).Line);
        Assert.Contains(digest, (await DockerAsync("images", "--digests", $"{Plain}/app")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Equal("base\nupper\nyes\n", (await DockerAsync("run", "--rm", $"{Plain}/app:1", "sh", "-c", "cat /dir/base /dir/upper; echo $FROM_IMAGE")).Exits(0).Stdout);

        (await DockerAsync("rmi", $"{Plain}/app:1")).Exits(0);
        (await DockerAsync("pull", $"{Plain}/app@{digest}")).Exits(0);
        Assert.Equal(id, (await DockerAsync("inspect", "-f", "{{.Id}}", $"{Plain}/app@{digest}")).Exits(0).Line);
        Assert.Equal("upper\n", (await DockerAsync("run", "--rm", "--pull", "missing", $"{Plain}/app@{digest}", "cat", "/dir/upper")).Exits(0).Stdout);
    }

    [RegistryFact]
    public async Task All_tags_search_and_distribution()
    {
        using RegistryServer registry = await RegistryServer.StartAsync(Host, Plain);
        (await LoadAsync(ImageArchive.DockerSave($"{Plain}/team/app:1", s_base))).Exits(0);
        (await DockerAsync("tag", $"{Plain}/team/app:1", $"{Plain}/team/app:2")).Exits(0);
        (await DockerAsync("push", "-a", $"{Plain}/team/app")).Exits(0);
        (await DockerAsync("rmi", $"{Plain}/team/app:1", $"{Plain}/team/app:2")).Exits(0);

        (await DockerAsync("pull", "-a", $"{Plain}/team/app")).Exits(0);

        Assert.Equal(["1", "2"], (await DockerAsync("images", "--format", "{{.Tag}}", $"{Plain}/team/app")).Exits(0).Lines.Order());
        Assert.Contains("team/app", (await DockerAsync("search", $"{Plain}/APP")).Exits(0).Stdout, StringComparison.Ordinal);
        JToken described = await Api.GetJsonAsync($"/distribution/{Plain}/team/app:1/json");
        Assert.Equal("amd64", (string?)described["Platforms"]![0]!["architecture"]);
        Assert.StartsWith("sha256:", (string?)described["Descriptor"]!["digest"], StringComparison.Ordinal);
    }

    [RegistryFact]
    public async Task Errors_come_with_a_status_before_the_first_byte()
    {
        using RegistryServer registry = await RegistryServer.StartAsync(Host, Plain);
        using HttpResponseMessage unknown = await Api.PostAsync($"/images/create?fromImage={Plain}/app&tag=nope");
        Assert.Equal($"manifest for {Plain}/app:nope not found: manifest unknown: manifest unknown", await EngineApi.ErrorAsync(unknown, 404));
        using HttpResponseMessage refused = await Api.PostAsync("/images/create?fromImage=127.0.0.1:5999/app&tag=1");
        Assert.Equal("Get \"http://127.0.0.1:5999/v2/app/manifests/1\": dial tcp 127.0.0.1:5999: connect: connection refused", await EngineApi.ErrorAsync(refused, 500));
        (await DockerAsync("push", $"{Plain}/nothing:1")).Exits(1).Says($"An image does not exist locally with the tag: {Plain}/nothing");
        (await DockerAsync("run", "--rm", $"{Plain}/nothing:1")).Exits(125).Says($"manifest for {Plain}/nothing:1 not found");
    }

    [RegistryFact]
    public async Task Login_push_and_pull_with_tls_and_password()
    {
        const string Address = TestHost.Address + ":5443";
        using RegistryServer registry = await RegistryServer.StartAsync(Host, Address, guarded: true);
        (await LoadAsync(ImageArchive.DockerSave($"{Address}/app:1", s_base))).Exits(0);
        (await LoginAsync(Address, RegistryServer.Password)).Exits(1).Says("x509: certificate signed by unknown authority");

        string etc = Path.Combine(Host.Root, "etc");
        Directory.CreateDirectory(Path.Combine(etc, "upper", "rtd", "certs.d", Address));
        Directory.CreateDirectory(Path.Combine(etc, "work"));
        File.Copy(registry.Certificate, Path.Combine(etc, "upper", "rtd", "certs.d", Address, "ca.crt"));
        (await Host.RunAsync("mount", "-t", "overlay", "overlay", "-o", $"lowerdir=/etc,upperdir={etc}/upper,workdir={etc}/work", "/etc")).Exits(0);
        try
        {
            (await LoginAsync(Address, "wrong")).Exits(1).Says($"login attempt to https://{Address}/v2/ failed with status: 401 Unauthorized");
            (await DockerAsync("push", $"{Address}/app:1")).Exits(1).Says("no basic auth credentials");
            Assert.Contains("Login Succeeded", (await LoginAsync(Address, RegistryServer.Password)).Exits(0).Stdout, StringComparison.Ordinal);
            (await DockerAsync("push", $"{Address}/app:1")).Exits(0);
            (await DockerAsync("rmi", $"{Address}/app:1")).Exits(0);
            (await DockerAsync("pull", $"{Address}/app:1")).Exits(0);
            (await DockerAsync("logout", Address)).Exits(0);
            (await DockerAsync("pull", $"{Address}/app:1")).Exits(1).Says("no basic auth credentials");
            Assert.DoesNotContain(RegistryServer.Password, Daemon.Log, StringComparison.Ordinal);
        }
        finally
        {
            (await Host.RunAsync("umount", "-l", "/etc")).Exits(0);
        }
    }

    [RegistryFact]
    public async Task Images_that_skopeo_pushed()
    {
        using RegistryServer registry = await RegistryServer.StartAsync(Host, Plain);
        string archive = Path.Combine(Host.Root, "foreign.tar");
        await File.WriteAllBytesAsync(archive, ImageArchive.DockerSave("foreign:1", s_base, s_upper));
        foreach (string[] form in (string[][])[["gzip", "--format", "oci"], ["zstd", "--format", "oci", "--dest-compress-format", "zstd"], ["v2s2", "--format", "v2s2"]])
        {
            (await Host.RunAsync(["skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", .. form[1..], $"docker-archive:{archive}", $"docker://{Plain}/foreign:{form[0]}"])).Exits(0);

            (await DockerAsync("pull", $"{Plain}/foreign:{form[0]}")).Exits(0);

            Assert.Equal("base\nupper\n", (await DockerAsync("run", "--rm", $"{Plain}/foreign:{form[0]}", "cat", "/dir/base", "/dir/upper")).Exits(0).Stdout);
            (await DockerAsync("rmi", $"{Plain}/foreign:{form[0]}")).Exits(0);
        }
    }

    [RegistryFact]
    public async Task What_was_pushed_is_whole_for_skopeo()
    {
        using RegistryServer registry = await RegistryServer.StartAsync(Host, Plain);
        (await LoadAsync(ImageArchive.DockerSave($"{Plain}/app:1", s_base, s_upper))).Exits(0);
        (await DockerAsync("push", $"{Plain}/app:1")).Exits(0);

        string directory = Path.Combine(Host.Root, "copied");
        (await Host.RunAsync("skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", $"docker://{Plain}/app:1", $"oci:{directory}:1")).Exits(0);

        string[] layers = [.. JObject.Parse((await Host.RunAsync("skopeo", "inspect", $"oci:{directory}:1")).Exits(0).Stdout)["Layers"]!.Values<string>().OfType<string>()];
        string[] plain = [.. layers.Select(layer => ImageArchive.Digest(Gunzip(File.ReadAllBytes(Path.Combine(directory, "blobs/sha256", layer[7..])))))];
        Assert.Equal([ImageArchive.Digest(s_base), ImageArchive.Digest(s_upper)], plain);
        Directory.Delete(directory, recursive: true);
    }

    [RegistryFact]
    public async Task Killed_in_the_middle_of_pulls()
    {
        using RegistryServer registry = await RegistryServer.StartAsync(Host, Plain);
        byte[] noise = new byte[24 << 20];
        new Random(3).NextBytes(noise);
        (await LoadAsync(ImageArchive.DockerSave($"{Plain}/big:1", s_base, ImageArchive.Tar(ImageArchive.File("noise", noise))))).Exits(0);
        (await DockerAsync("push", $"{Plain}/big:1")).Exits(0);
        (await DockerAsync("rmi", $"{Plain}/big:1")).Exits(0);
        string driver = (await DockerAsync("info", "-f", "{{.Driver}}")).Exits(0).Line;
        string stages = Path.Combine(Daemon.DataRoot, driver, "stage");
        for (int round = 0; round < Amount.Kills(usual: 5); round++)
        {
            using Process pull = Command.Start(Clients.CommandLine(Cli.Docker, "pull", $"{Plain}/big:1"), Clients.Environment);
            await Eventually.HoldsAsync("it unpacks, or is done already", () => pull.HasExited || Directory.EnumerateFileSystemEntries(stages).Count() > round % 2);
            await Daemon.KillAsync();
            await pull.WaitForExitAsync();

            await Daemon.StartAsync();

            await Eventually.HoldsAsync("what was half-made is gone", () => !Directory.EnumerateFileSystemEntries(stages).Any());
            (await DockerAsync("pull", "-q", $"{Plain}/big:1")).Exits(0);
            Assert.Equal($"{noise.Length}\n", (await DockerAsync("run", "--rm", $"{Plain}/big:1", "stat", "-c", "%s", "/noise")).Exits(0).Stdout);
            (await DockerAsync("rmi", $"{Plain}/big:1")).Exits(0);
        }

        await Fixture.RebaseAsync();
    }

    private async Task<CommandResult> LoginAsync(string address, string password) =>
        await Clients.RunWithInputAsync(Cli.Docker, password, "login", "-u", RegistryServer.User, "--password-stdin", address);

    private static byte[] Gunzip(byte[] content)
    {
        using System.IO.Compression.GZipStream gzip = new(new MemoryStream(content), System.IO.Compression.CompressionMode.Decompress);
        MemoryStream plain = new();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
