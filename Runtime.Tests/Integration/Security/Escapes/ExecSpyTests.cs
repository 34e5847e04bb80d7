using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>A container watches every exec come in.</summary>
public sealed class ExecSpyTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const int AtOnce = 8;

    /// <summary>
    /// CVE-2016-9962: between its birth in the container's pid namespace and the user's command an exec can be seen, but neither traced nor are its fds
    /// readable; CVE-2024-21626: none of them is a directory of the host. Who may trace is frozen meanwhile.
    /// </summary>
    [RootTheory]
    [InlineData(true)]
    [InlineData(false, "--cap-add=SYS_PTRACE")]
    [InlineData(false, "--privileged")]
    public async Task Exec_on_its_way_in_gives_nothing_away(bool denied, params string[] options)
    {
        string canary = Path.Combine(Host.Root, "canary");
        await File.WriteAllTextAsync(canary, "of the host");
        string program = await StaticProgram.EscapesAsync();
        string id = (await DockerAsync(["run", "-d", .. options, "-v", $"{program}:/escapes:ro", "busybox", "sh", "-c", $"/escapes spy {canary} & /escapes spy {canary} & wait; exit 0"])).Exits(0).Line;

        await Parallel.ForEachAsync(Enumerable.Range(0, Amount.Execs), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) => await ExecAsync(id, "true"));

        IReadOnlyList<string> findings = await FindingsAsync(id);
        if (denied)
        {
            Assert.Contains(findings, line => !line.EndsWith("was denied 0 times", StringComparison.Ordinal));
        }
    }

    /// <summary>The same on the way into another container, whose pid namespace is that of the spies.</summary>
    [RootFact]
    public async Task Start_in_the_spies_pid_namespace_gives_nothing_away()
    {
        string canary = Path.Combine(Host.Root, "canary");
        await File.WriteAllTextAsync(canary, "of the host");
        string program = await StaticProgram.EscapesAsync();
        string id = (await DockerAsync(["run", "-d", "--cap-add=SYS_PTRACE", "-v", $"{program}:/escapes:ro", "busybox", "sh", "-c", $"/escapes spy {canary} & /escapes spy {canary} & wait; exit 0"])).Exits(0).Line;
        string peer = await StartAsync("sleep 1000", "--pid", $"container:{id}");

        await Parallel.ForEachAsync(Enumerable.Range(0, Amount.Execs / 10), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            (await DockerAsync("run", "--rm", "--network=none", "--pid", $"container:{id}", "busybox", "true")).Exits(0);
            await ExecAsync(number % 2 == 0 ? id : peer, "true");
        });

        await FindingsAsync(id);
        (await DockerAsync("rm", "-f", peer)).Exits(0);
    }

    /// <summary>CVE-2025-64329, CVE-2026-53495: a child that stays and keeps the output open keeps neither the exec nor anything of the daemon's.</summary>
    [RootFact]
    public async Task Exec_whose_child_stays_is_over_when_it_is()
    {
        string id = await StartAsync("sleep 1000", "--pids-limit", "-1");

        await Parallel.ForEachAsync(Enumerable.Range(0, Amount.Execs), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) =>
            Assert.Equal(3, await ExecAsync(id, "sh", "-c", "sleep 1000 & exit 3")));

        (await DockerAsync("rm", "-f", id)).Exits(0);
    }

    /// <summary>Ends the spies, and returns what they said; it is no more than that they have looked.</summary>
    private async Task<IReadOnlyList<string>> FindingsAsync(string id)
    {
        (await DockerAsync("exec", id, "mkdir", "/tmp/stop")).Exits(0);
        Assert.Equal("0", (await DockerAsync("wait", id)).Exits(0).Line);
        IReadOnlyList<string> findings = (await DockerAsync("logs", id)).Exits(0).Lines;
        Assert.All(findings, line => Assert.StartsWith("did see ", line, StringComparison.Ordinal));
        Assert.Equal(2, findings.Count);

        // Otherwise the spies were too slow, and the test showed nothing.
        Assert.DoesNotContain(findings, line => line.StartsWith("did see 0 ", StringComparison.Ordinal));
        return findings;
    }

    /// <summary>Runs an exec to its end by the API, detached, and returns its exit code.</summary>
    private async Task<int> ExecAsync(string container, params string[] command)
    {
        using HttpResponseMessage created = await Api.PostJsonAsync($"/containers/{container}/exec", new { Cmd = command, AttachStdout = true, AttachStderr = true });
        string exec = (string)JObject.Parse(await created.Content.ReadAsStringAsync())["Id"]!;
        using HttpResponseMessage started = await Api.PostJsonAsync($"/exec/{exec}/start", new { Detach = true });
        Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync());
        JToken state = JValue.CreateNull();
        await Eventually.HoldsAsync($"exec {exec} is over", async () => !(bool)(state = await Api.GetJsonAsync($"/exec/{exec}/json"))["Running"]!, () => state.ToString());
        return (int)state["ExitCode"]!;
    }
}
