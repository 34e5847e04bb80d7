using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>Nothing in a container changes the program that makes containers.</summary>
public sealed class ShimTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>CVE-2019-5736: a container makes the shim run as its own command, takes hold of it by /proc/PID/exe, and writes; CVE-2022-0847 and CVE-2026-31431 by way of the page cache.</summary>
    [RootFact]
    public async Task Shim_that_a_container_has_caught_cannot_be_changed()
    {
        string program = await StaticProgram.EscapesAsync();
        string sum = await Shim.SumAsync(Daemon);
        Assert.Equal(await Shim.OriginalSumAsync(), sum);

        // The shim is linked against the C library, which an image for this attack would bring along.
        string[] library = ["-v", "/usr/lib:/usr/lib:ro", "-v", "/usr/lib:/lib:ro", "-v", "/lib64/:/lib64:ro"];
        string id = (await DockerAsync(["run", "-d", .. library, "-v", $"{program}:/escapes:ro", "busybox", "/escapes", "overwrite"])).Exits(0).Line;

        // The command is looked up as the user, who may well execute rtinit: then it is a process of the container, and can be caught.
        await Eventually.HoldsAsync("the shim is caught", async () =>
        {
            await DockerAsync("exec", id, "/proc/self/exe");
            await DockerAsync("exec", id, "true");
            return (await DockerAsync("logs", id)).Stdout.Contains("did catch", StringComparison.Ordinal);
        });
        (await DockerAsync("exec", id, "mkdir", "/tmp/stop")).Exits(0);
        (await DockerAsync("wait", id)).Exits(0);

        Assert.All((await DockerAsync("logs", id)).Exits(0).Lines, line => Assert.StartsWith("did ", line, StringComparison.Ordinal));
        Assert.Equal(sum, await Shim.SumAsync(Daemon));
        Assert.Equal("fine\n", (await ShellAsync("echo fine")).Exits(0).Stdout);
    }

    /// <summary>CVE-2019-5736 by the image: its command is a script whose interpreter is whatever executes it.</summary>
    [RootTheory]
    [InlineData("#!/proc/self/exe\n")]
    [InlineData("#!/proc/self/exe init\n")]
    [InlineData("#!/proc/self/exe exec\n")]
    public async Task Entry_point_that_is_the_shim_ends_at_once(string script)
    {
        string sum = await Shim.SumAsync(Daemon);
        byte[] image = ImageArchive.DockerSave(
            "selfish:latest",
            ImageArchive.Tar([.. ImageArchive.Busybox(), ImageArchive.File("evil", System.Text.Encoding.UTF8.GetBytes(script), (UnixFileMode)0x1ED)]));
        (await LoadAsync(image)).Exits(0);

        foreach (string command in new[] { "/evil", "/proc/self/exe", "/proc/1/exe" })
        {
            CommandResult result = await DockerAsync("run", "--rm", "--entrypoint", command, "selfish");
            Assert.NotEqual(0, result.ExitCode);
            Assert.Equal("", result.Stdout);
        }

        Assert.Equal(sum, await Shim.SumAsync(Daemon));
        await Api.PingAsync();
    }

    /// <summary>CVE-2026-31431 needs a socket of the kernel's crypto interface; CVE-2025-21756 and its kin one of the hypervisor's.</summary>
    [RootTheory]
    [InlineData("38", "5")]
    [InlineData("40", "1")]
    public async Task Sockets_of_dangerous_families_cannot_be_made(string family, string type)
    {
        string program = await StaticProgram.EscapesAsync();

        Assert.Equal("Operation not permitted\n", (await DockerAsync("run", "--rm", "-v", $"{program}:/escapes:ro", "busybox", "/escapes", "socket", family, type)).Exits(0).Stdout);
    }
}
