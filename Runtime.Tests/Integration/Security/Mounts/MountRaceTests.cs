using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Mounts;

/// <summary>
/// Places of mounts that another container exchanges for links over a shared volume, while containers start: CVE-2021-30465 (a mount lands on the
/// host's file system), CVE-2024-45310 (directories and files are made there), GHSA-q6r4-3wmg-fwcq (the working directory is), CVE-2025-31133
/// (what paths are masked with is a writable file of procfs).
/// </summary>
public sealed class MountRaceTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private readonly ITestOutputHelper _output = output;

    /// <summary>Where the link leads, seen from the volume: up and out, or by an absolute path of the host.</summary>
    private enum Lead
    {
        Root,
        Absolute,
        Relative,
    }

    [RootFact]
    public Task CVE_2021_30465_mount_in_an_exchanged_directory_stays_inside() => RaceAsync(Lead.Absolute, (round, canary) => new
    {
        Image = "busybox",
        Cmd = Seeks(canary),
        HostConfig = new
        {
            Binds = new[] { "race:/v", "payload:/v/swap/inner" },
            Mounts = new[] { new { Type = "tmpfs", Target = "/v/swap/sealed", ReadOnly = true } },
        },
    });

    [RootFact]
    public Task CVE_2021_30465_mount_in_a_directory_exchanged_for_the_root_stays_inside() => RaceAsync(Lead.Root, (round, canary) => new
    {
        Image = "busybox",
        Cmd = Seeks(canary),
        HostConfig = new { Binds = new[] { "race:/v", "payload:/v/swap/inner" } },
    });

    [RootFact]
    public Task CVE_2024_45310_missing_mount_points_are_made_inside_only() => RaceAsync(Lead.Relative, (round, canary) => new
    {
        Image = "busybox",
        Cmd = Seeks(canary),
        HostConfig = new { Binds = new[] { "race:/v", $"payload:/v/swap/new-{round}/deep", $"{Host.Root}/resolv.conf:/v/swap/file-{round}" } },
    });

    [RootFact]
    public Task GHSA_q6r4_3wmg_fwcq_working_directory_is_made_inside_only() => RaceAsync(Lead.Relative, (round, canary) => new
    {
        Image = "busybox",
        Cmd = Seeks(canary),
        WorkingDir = $"/v/swap/work-{round}/deep",
        HostConfig = new { Binds = new[] { "race:/v" } },
    });

    /// <summary>With the exchange in /dev itself: a start fails, or masks with the null device.</summary>
    [RootFact]
    public async Task CVE_2025_31133_paths_are_masked_with_the_null_device_or_not_at_all()
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        string volume = await MakeVolumeAsync("race");
        (await Host.RunAsync("mknod", "-m", "666", Path.Combine(volume, "null"), "c", "1", "3")).Exits(0);
        File.CreateSymbolicLink(Path.Combine(volume, "other"), "/proc/sys/kernel/core_pattern");
        object request = new
        {
            Image = "busybox",
            Cmd = new[] { "sh", "-c", "for f in /proc/kcore /proc/keys /proc/timer_list; do [ ! -e $f ] || [ -z \"$(head -c 16 $f)\" ] || exit 7; done" },
            HostConfig = new { Binds = new[] { "race:/dev" }, NetworkMode = "none" },
        };

        int started = 0;
        using (ExchangeLoop loop = new(Path.Combine(volume, "null"), Path.Combine(volume, "other")))
        {
            for (int round = 0; round < Amount.Races; round++)
            {
                (bool ran, string told) = await RunAsync(request);
                started += ran ? 1 : 0;
                Assert.True(ran || told.Contains("/dev/null", StringComparison.Ordinal), told);
            }
        }

        _output.WriteLine($"{started} of {Amount.Races} started");
        (await DockerAsync("volume", "rm", "race")).Exits(0);
        await canary.IsUntouchedAsync(Api);
    }

    /// <summary>A program that ends with 7 when it sees the host's file.</summary>
    private static string[] Seeks(HostCanary canary) => ["sh", "-c", $"for d in / /v /v/swap /v/link; do [ ! -e $d{canary.Directory}/file ] || exit 7; done"];

    private async Task RaceAsync(Lead lead, Func<int, HostCanary, object> request)
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        string volume = await MakeVolumeAsync("race");
        await MakeVolumeAsync("payload");
        Directory.CreateDirectory(Path.Combine(volume, "swap", "inner"));
        File.CreateSymbolicLink(Path.Combine(volume, "link"), lead switch
        {
            Lead.Root => "/",
            Lead.Absolute => canary.Directory,
            _ => string.Concat(Enumerable.Repeat("../", 24)) + canary.Directory[1..],
        });

        int started = 0;
        ExchangeLoop loop = new(Path.Combine(volume, "swap"), Path.Combine(volume, "link"));
        using (loop)
        {
            for (int round = 0; round < Amount.Races; round++)
            {
                (bool ran, string told) = await RunAsync(request(round, canary));
                started += ran ? 1 : 0;
                Assert.DoesNotContain("temporarily unavailable", told, StringComparison.Ordinal);
            }
        }

        _output.WriteLine($"{started} of {Amount.Races} started, {loop.Exchanges} exchanges");
        Assert.True(started > 0, "no container started");
        Assert.True(loop.Exchanges > Amount.Races, "the race was none");
        (await DockerAsync("volume", "rm", "race", "payload")).Exits(0);
        await canary.IsUntouchedAsync(Api);
    }

    /// <summary>The directory of a new volume on the host.</summary>
    private async Task<string> MakeVolumeAsync(string name)
    {
        (await DockerAsync("volume", "create", name)).Exits(0);
        return Path.Combine(Daemon.DataRoot, "volumes", name, "_data");
    }

    /// <summary>Creates, starts, awaits and removes a container. A start may fail for what it finds in the volume at that moment; then the error is returned.</summary>
    private async Task<(bool Ran, string Told)> RunAsync(object request)
    {
        using HttpResponseMessage created = await Api.PostJsonAsync("/containers/create", request);
        string answer = await created.Content.ReadAsStringAsync();
        Assert.True(created.IsSuccessStatusCode, answer);
        string id = (string)JObject.Parse(answer)["Id"]!;
        using HttpResponseMessage started = await Api.PostAsync($"/containers/{id}/start");
        string told = await started.Content.ReadAsStringAsync();
        if (started.IsSuccessStatusCode)
        {
            using HttpResponseMessage waited = await Api.PostAsync($"/containers/{id}/wait");
            Assert.Equal(0, (int)JObject.Parse(await waited.Content.ReadAsStringAsync())["StatusCode"]!);
        }

        using HttpResponseMessage removed = await Api.DeleteAsync($"/containers/{id}?force=1&v=1");
        Assert.True(removed.IsSuccessStatusCode);
        return (started.IsSuccessStatusCode, told);
    }
}
