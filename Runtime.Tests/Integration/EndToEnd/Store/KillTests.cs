using System.Diagnostics;
using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Store;

/// <summary>kill -9 at random moments of what changes the store: at the next start it is consistent, and the work can be done again.</summary>
public sealed class KillTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private static readonly int s_kills = Amount.Kills(usual: 20);

    private static readonly byte[][] s_layers = [.. Enumerable.Range(0, 3).Select(layer => ImageArchive.Tar(Files(layer)))];
    private static readonly byte[] s_archive = ImageArchive.DockerSave("loaded:1", s_layers);
    private static readonly byte[] s_context = ImageArchive.Tar(
        [
            ImageArchive.File("Dockerfile", "FROM busybox AS one\nCOPY layer-5 /work/\nRUN mkdir /made; for i in $(seq 200); do echo $i > /made/$i; done\nFROM busybox\nENV A=b\nCOPY --from=one /made /made\nRUN --mount=type=cache,target=/cache date >> /cache/log; rm /bin/env"),
            .. Files(5),
        ]);

    private static readonly byte[] s_rootfs = ImageArchive.Tar(Files(9));

    private readonly ITestOutputHelper _output = output;

    [RootFact]
    public async Task Store_is_consistent_after_a_kill_at_any_moment()
    {
        int seed = Environment.TickCount;
        _output.WriteLine($"seed {seed}, {s_kills} kills");
        Random random = new(seed);
        (await DockerAsync("run", "--name", "work", "busybox", "sh", "-c", "mkdir /work; for i in $(seq 300); do echo $i > /work/$i; done; head -c 3000000 /dev/urandom > /work/large; rm /bin/env")).Exits(0);
        (string Name, Func<Task> Prepare, Func<Task<HttpResponseMessage>> Do)[] works =
        [
            ("load", () => RemoveAsync("loaded:1"), () => PostAsync("/images/load?quiet=1", s_archive)),
            ("commit", () => RemoveAsync("committed:1"), () => Api.PostAsync("/commit?container=work&repo=committed&tag=1")),
            ("rmi", async () => (await PostAsync("/images/load?quiet=1", s_archive)).Dispose(), () => Api.DeleteAsync("/images/loaded:1?force=1")),
            ("build", RemoveBuiltAsync, () => PostAsync("/build?t=built:1", s_context)),
            ("import", () => RemoveAsync("imported:1"), () => PostAsync("/images/create?fromSrc=-&repo=imported&tag=1", s_rootfs)),
        ];
        Dictionary<string, TimeSpan> durations = [];
        foreach ((string name, Func<Task> prepare, Func<Task<HttpResponseMessage>> work) in works)
        {
            await prepare();
            Stopwatch watch = Stopwatch.StartNew();
            await SucceedsAsync(name, work);
            durations[name] = watch.Elapsed;
        }

        for (int kill = 0; kill < s_kills; kill++)
        {
            (string name, Func<Task> prepare, Func<Task<HttpResponseMessage>> work) = works[kill % works.Length];
            await prepare();
            Task<HttpResponseMessage> cut = work();
            await Task.WhenAny(cut, Task.Delay(durations[name] * (random.NextDouble() * 1.1)));
            await Daemon.KillAsync();
            bool finished = await Task.WhenAny(cut) == cut && cut.IsCompletedSuccessfully;
            await Daemon.StartAsync();

            await CheckAsync($"after kill {kill + 1}, of {name} (answered: {finished})");
            await SucceedsAsync(name, work, name == "rmi" ? 404 : 0);
            await CheckAsync($"after {name} was repeated");
        }

        (await DockerAsync("rm", "-f", "work")).Exits(0);
        await Fixture.RebaseAsync();
    }

    private async Task CheckAsync(string when)
    {
        IReadOnlyList<string> problems = [];
        long walked = 0;
        await Eventually.HoldsAsync(
            when,
            async () =>
            {
                // Leftovers are removed beside the start.
                StoreChecker checker = new(Daemon.DataRoot);
                problems = await checker.FindProblemsAsync(content: true);
                walked = checker.LayersSize;
                return problems.Count == 0;
            },
            () => string.Join('\n', problems));
        Assert.Equal(["/work"], (await Api.GetJsonAsync("/containers/json?all=1")).Select(container => (string)container["Names"]![0]!));
        JToken usage = await Api.GetJsonAsync("/system/df?type=image");
        Assert.Equal(walked, (long)usage["LayersSize"]!);
    }

    private async Task RemoveBuiltAsync()
    {
        await RemoveAsync("built:1");
        using HttpResponseMessage pruned = await Api.PostAsync("/build/prune?all=1");
        pruned.EnsureSuccessStatusCode();
    }

    private async Task RemoveAsync(string image)
    {
        using HttpResponseMessage response = await Api.DeleteAsync($"/images/{image}?force=1");
        Assert.True((int)response.StatusCode is 200 or 404);
    }

    private static async Task SucceedsAsync(string name, Func<Task<HttpResponseMessage>> work, int also = 0)
    {
        using HttpResponseMessage response = await work();
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode || (int)response.StatusCode == also, $"{name}: {(int)response.StatusCode} {body}");
        Assert.DoesNotContain("errorDetail", body, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] archive)
    {
        using ByteArrayContent content = new(archive);
        return await Api.PostAsync(path, content);
    }

    private static IEnumerable<System.Formats.Tar.TarEntry> Files(int layer)
    {
        Random content = new(layer);
        for (int number = 0; number < 150; number++)
        {
            byte[] data = new byte[number % 10 == 0 ? 300_000 : 2_000];
            content.NextBytes(data);
            yield return ImageArchive.File($"layer-{layer}/directory-{number % 7}/file-{number}", data);
        }

        yield return ImageArchive.File($"same-in-all", Encoding.UTF8.GetBytes($"{layer}"));
    }
}
