using System.Text;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Registry;
using Rtd.Tests.Integration.Hosting;
using Rtd.Tests.Integration.Storage;
using Rtd.Tests.Unit.Storage;

namespace Rtd.Tests.Integration.Registry;

/// <summary>Registries that break off, lie, or mean harm: the pull ends right or says why, and leaves nothing.</summary>
public sealed class BadRegistryTests : RegistryTest
{
    private static readonly byte[] s_blob = FakeRegistry.Compress(One);

    private static string Digest => FakeRegistry.Digest(s_blob);

    [StorageTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Broken_download_goes_on_where_it_stopped(bool ranges)
    {
        Registry.Image("app", "1", One);
        int breaks = 0;
        Registry.Intercept = async context =>
        {
            if (!IsBlob(context))
            {
                return false;
            }

            if (!ranges)
            {
                context.Request.Headers.Range = default;
            }

            if (breaks++ >= 2)
            {
                return false;
            }

            await SendPartAsync(context, s_blob, 200_000);
            return true;
        };

        await PullAsync("app:1");

        Assert.Equal(FakeRegistry.Digest(Noise(600_000, 1)), FileOf($"{Registry.Host}/app:1", "a/one"));
        Assert.Equal(3, Registry.Count("GET", Digest));
        Assert.All(Registry.Requests.Where(request => request.Path.EndsWith(Digest, StringComparison.Ordinal)).Skip(1), request => Assert.StartsWith("bytes=", request.Range, StringComparison.Ordinal));
    }

    [StorageFact]
    public async Task Download_that_never_gets_on_is_given_up()
    {
        Registry.Image("app", "1", One);
        Registry.Intercept = async context =>
        {
            if (IsBlob(context))
            {
                await SendPartAsync(context, s_blob, 0);
                return true;
            }

            return false;
        };

        EngineException error = await FailsAsync("app:1");

        Assert.Equal(ErrorKind.System, error.Kind);
        Assert.Equal(3, Registry.Count("GET", Digest));
        await NothingIsLeftAsync();
    }

    [StorageTheory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Overloaded_registry_is_asked_again(int status)
    {
        Registry.Image("app", "1", One);
        int refusals = 0;
        Registry.Intercept = async context =>
        {
            if (!IsBlob(context) || refusals++ > 0)
            {
                return false;
            }

            context.Response.Headers.RetryAfter = "1";
            await FakeRegistry.RefuseAsync(context, status, "TOOMANYREQUESTS", "slow down");
            return true;
        };

        RecordedTransfer progress = await PullAsync("app:1");

        Assert.Contains($"{Digest[7..19]}: Retrying in 1 seconds", progress.Lines);
        Assert.Equal(2, Registry.Count("GET", Digest));
    }

    [StorageFact]
    public async Task Blob_with_another_digest()
    {
        Registry.Image("app", "1", One, Two);
        byte[] other = FakeRegistry.Compress(new TarBuilder().Directory("a/").File("a/one", Noise(600_000, 2)).Build());
        Registry.Blobs[Digest] = [.. other.Take(s_blob.Length), .. new byte[Math.Max(0, s_blob.Length - other.Length)]];

        Assert.Equal($"filesystem layer verification failed for digest {Digest}", (await FailsAsync("app:1")).Message);
        await NothingIsLeftAsync();
    }

    [StorageTheory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Blob_with_another_length_than_the_manifest_says(int difference)
    {
        JObject layer = Registry.Blob(FakeRegistry.Gzip, s_blob);
        layer["size"] = s_blob.Length + difference;
        Registry.Image("app", "1", "amd64", [One], [layer]);

        await FailsAsync("app:1");

        await NothingIsLeftAsync();
    }

    [StorageFact]
    public async Task Config_that_does_not_belong_to_the_layers()
    {
        JObject one = Registry.Blob(FakeRegistry.Gzip, s_blob), two = Registry.Blob(FakeRegistry.Gzip, FakeRegistry.Compress(Two));
        Registry.Image("app", "count", "amd64", [One], [one, two]);
        Registry.Image("app", "swapped", "amd64", [One, Two], [two, one]);

        Assert.StartsWith("layers from manifest don't match image configuration", (await FailsAsync("app:count")).Message, StringComparison.Ordinal);
        Assert.StartsWith("wrong diff id calculated on extraction", (await FailsAsync("app:swapped")).Message, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [StorageTheory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"schemaVersion":2}""")]
    [InlineData("""{"schemaVersion":2,"config":{"digest":"sha256:../../../../etc/passwd","size":1},"layers":[]}""")]
    [InlineData("""{"schemaVersion":2,"config":{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":-1},"layers":[null]}""")]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":1},"layers":[]}""")]
    public async Task Manifests_that_are_none(string content)
    {
        Registry.Manifest("app", "1", FakeRegistry.OciManifest, content);
        await FailsAsync("app:1");
        await NothingIsLeftAsync();
    }

    [StorageFact]
    public async Task Manifest_without_end()
    {
        Registry.Intercept = async context =>
        {
            context.Response.ContentType = FakeRegistry.OciManifest;
            byte[] piece = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            for (int i = 0; i < 64 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            }

            return true;
        };

        Assert.Equal("the registry's manifest is larger than 4 MiB", (await FailsAsync("app:1")).Message);
    }

    [StorageFact]
    public async Task Index_that_contains_itself_by_a_lie()
    {
        string zero = "sha256:" + new string('0', 64);
        Registry.Manifest("app", "1", FakeRegistry.OciIndex, $$"""{"schemaVersion":2,"manifests":[{"mediaType":"{{FakeRegistry.OciIndex}}","digest":"{{zero}}","size":10}]}""");
        Registry.Manifests[$"app@{zero}"] = Registry.Manifests["app:1"];

        Assert.Equal($"manifest verification failed for digest {zero}", (await FailsAsync("app:1")).Message);
    }

    [StorageFact]
    public async Task Schema_1_is_refused_in_dockers_words()
    {
        Registry.Manifest("app", "1", "application/vnd.docker.distribution.manifest.v1+prettyjws", """{"schemaVersion":1,"name":"app","tag":"1","fsLayers":[]}""");
        Assert.StartsWith("[DEPRECATION NOTICE] Docker Image Format v1 and Docker Image manifest version 2, schema 1 support is disabled by default", (await FailsAsync("app:1")).Message, StringComparison.Ordinal);
    }

    [StorageFact]
    public async Task Redirect_elsewhere_takes_no_credentials_along()
    {
        await using FakeRegistry elsewhere = await FakeRegistry.StartAsync();
        elsewhere.Blobs[Digest] = s_blob;
        Registry.Image("app", "1", One);
        Func<HttpContext, Task<bool>> guard = Guarded.ByPassword("tester", "secret");
        Registry.Intercept = async context =>
        {
            if (await guard(context))
            {
                return true;
            }

            if (IsBlob(context))
            {
                context.Response.Redirect($"http://{elsewhere.Host}{context.Request.Path}");
                return true;
            }

            return false;
        };

        await PullAsync("app:1", credentials: Guarded.Credentials("tester", "secret"));

        Assert.Equal("", Assert.Single(elsewhere.Requests).Authorization);
        Assert.Contains(Registry.Requests, request => request.Authorization.Length > 0);
    }

    [StorageFact]
    public async Task Place_that_a_redirect_leads_to_cannot_ask_for_the_credentials()
    {
        await using FakeRegistry elsewhere = await FakeRegistry.StartAsync();
        elsewhere.Intercept = async context =>
        {
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"http://{elsewhere.Host}/token\",service=\"x\", Basic realm=\"x\"";
            await FakeRegistry.RefuseAsync(context, 401, "UNAUTHORIZED", "tell me");
            return true;
        };
        Registry.Image("app", "1", One);
        Func<HttpContext, Task<bool>> guard = Guarded.ByPassword("tester", "secret");
        Registry.Intercept = async context =>
        {
            if (await guard(context))
            {
                return true;
            }

            if (!IsBlob(context))
            {
                return false;
            }

            context.Response.Redirect($"http://{elsewhere.Host}{context.Request.Path}");
            return true;
        };

        await FailsAsync("app:1", credentials: Guarded.Credentials("tester", "secret"));

        Assert.All(elsewhere.Requests, request => Assert.Equal(("", false), (request.Authorization, request.Path == "/token")));
        Assert.NotEmpty(elsewhere.Requests);
        await NothingIsLeftAsync();
    }

    [StorageFact]
    public async Task Redirects_in_circles_end()
    {
        Registry.Image("app", "1", One);
        Registry.Intercept = context =>
        {
            context.Response.Redirect(context.Request.Path);
            return Task.FromResult(true);
        };

        Assert.Equal("stopped after 10 redirects", (await FailsAsync("app:1")).Message);
        Assert.True(Registry.Requests.Count < 20);
    }

    [StorageFact]
    public async Task Client_that_leaves_a_slow_download_leaves_nothing()
    {
        Registry.Image("app", "1", One, Two);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Registry.Intercept = context => DripAsync(context, begun);
        using CancellationTokenSource client = new();

        Task pull = PullAsync("app:1", cancelled: client.Token);
        await begun.Task;
        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        await NothingIsLeftAsync();
        Registry.Intercept = _ => Task.FromResult(false);
        await PullAsync("app:1");
    }

    [StorageFact]
    public async Task Client_that_leaves_does_not_end_anothers_download()
    {
        Registry.Image("app", "1", One, Two);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously), goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Registry.Intercept = async context =>
        {
            if (IsBlob(context))
            {
                begun.TrySetResult();
                await goOn.Task;
            }

            return false;
        };
        using CancellationTokenSource client = new();
        Task first = PullAsync("app:1", cancelled: client.Token);
        await begun.Task;
        Task<RecordedTransfer> second = PullAsync("app:1");
        await Eventually.HoldsAsync("the second one waits too", () => Registry.Count("GET", "/manifests/1") == 2);

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        goOn.SetResult();

        await second;
        Assert.Equal(FakeRegistry.Digest(Noise(600_000, 1)), FileOf($"{Registry.Host}/app:1", "a/one"));
    }

    [StorageFact]
    public async Task Hostile_layer_names_the_entry_and_leaves_nothing()
    {
        byte[] hostile = new TarBuilder().File("../../escape", "x").Build();
        Registry.Image("app", "1", One, hostile);
        EngineException error = await FailsAsync("app:1");
        Assert.Equal(ErrorKind.InvalidParameter, error.Kind);
        Assert.Contains("../../escape", error.Message, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    private static bool IsBlob(HttpContext context) => context.Request.Path.Value!.EndsWith(Digest, StringComparison.Ordinal);

    /// <summary>Promises all from the offset asked for, sends some of it and cuts the connection.</summary>
    private static async Task SendPartAsync(HttpContext context, byte[] content, int length)
    {
        int start = 0;
        if (context.Request.Headers.Range.ToString() is { Length: > 0 } range)
        {
            start = int.Parse(range["bytes=".Length..].TrimEnd('-'));
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {start}-{content.Length - 1}/{content.Length}";
        }

        context.Response.ContentLength = content.Length - start;
        await context.Response.StartAsync();
        await context.Response.Body.WriteAsync(content.AsMemory(start, Math.Min(length, content.Length - start)));
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static async Task<bool> DripAsync(HttpContext context, TaskCompletionSource begun)
    {
        if (!IsBlob(context))
        {
            return false;
        }

        context.Response.ContentLength = s_blob.Length;
        await context.Response.Body.WriteAsync(s_blob.AsMemory(0, 100_000), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        begun.SetResult();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        return true;
    }
}
