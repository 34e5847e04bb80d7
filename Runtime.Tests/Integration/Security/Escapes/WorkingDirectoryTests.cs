using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>A working directory is one of the container's.</summary>
public sealed class WorkingDirectoryTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const int FirstFd = 3, LastFd = 30;

    /// <summary>CVE-2024-21626: an fd that leaked from the daemon, entered as the working directory.</summary>
    [RootFact]
    public async Task Fds_of_the_shim_are_no_way_out()
    {
        string canary = Path.Combine(Host.Root, "canary");
        await File.WriteAllTextAsync(canary, "of the host");
        string look = $"p=.; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do [ -e $p{canary} ] && echo escaped; p=$p/..; done; true";
        string running = await StartAsync("sleep 1000");
        for (int fd = FirstFd; fd <= LastFd; fd++)
        {
            string directory = $"/proc/self/fd/{fd}";
            CommandResult run = await RtctlAsync("run", "--rm", "-w", directory, "busybox", "sh", "-c", look);
            CommandResult exec = await RtctlAsync("exec", "-w", directory, running, "sh", "-c", look);

            Assert.DoesNotContain("escaped", run.Stdout + exec.Stdout, StringComparison.Ordinal);
            Assert.NotEqual(0, run.ExitCode);
            run.Says(directory);
            Assert.NotEqual(0, exec.ExitCode);
        }
    }

    /// <summary>GHSA-q6r4-3wmg-fwcq: a working directory that leads through a link is made where the container sees it.</summary>
    [RootFact]
    public async Task Missing_working_directory_is_not_made_on_the_host()
    {
        string outside = Path.Combine(Host.Root, "outside");
        Directory.CreateDirectory(outside);
        byte[] image = ImageArchive.DockerSave(
            "linked:latest",
            ImageArchive.Tar([.. ImageArchive.Busybox(), ImageArchive.Symlink("a", outside)]));
        (await LoadAsync(image)).Exits(0);

        // Where the link leads is a place of the container's own.
        Assert.Equal($"{outside}/b/c\n", (await DockerAsync("run", "--rm", "-w", "/a/b/c", "linked", "sh", "-c", "pwd; echo x >mark")).Exits(0).Stdout);

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Directory.Delete(outside);
    }

    /// <summary>What an image says is held to the same rules as what a client says.</summary>
    [RootFact]
    public async Task Working_directory_of_an_image_is_no_way_out()
    {
        using HttpResponseMessage created = await Api.PostJsonAsync("/containers/create?name=source", new { Image = "busybox", Cmd = new[] { "true" } });
        Assert.Equal(201, (int)created.StatusCode);
        (await DockerAsync("commit", "-c", "WORKDIR /proc/self/fd/8", "source", "astray")).Exits(0);

        using HttpResponseMessage second = await Api.PostJsonAsync("/containers/create", new { Image = "astray", Cmd = new[] { "ls" } });
        string id = (string)JObject.Parse(await second.Content.ReadAsStringAsync())["Id"]!;
        using HttpResponseMessage started = await Api.PostAsync($"/containers/{id}/start");

        Assert.Contains("working directory", await EngineApi.ErrorAsync(started, 400), StringComparison.Ordinal);
    }
}
