using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary><c>--mount type=image</c>: another image's files, to read.</summary>
public sealed class ImageMountTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Docker)]
    [InlineData(Cli.Rtctl)]
    public async Task Layers_are_seen_as_one_and_cannot_be_written(Cli cli)
    {
        await LoadToolsAsync();

        string seen = (await Clients.RunAsync(cli, "run", "--rm", "--mount", "type=image,source=tools,target=/t", "busybox", "sh", "-c", "cat /t/share/one /t/share/two; ls /t; touch /t/x 2>&1")).Exits(1).Stdout;

        Assert.StartsWith("new\ntwo\nshare\n", seen, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", seen, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Part_of_an_image_can_be_mounted()
    {
        await LoadToolsAsync();

        Assert.Equal("one\nout\ntwo\n", (await ShellAsync("ls /t", "--mount", "type=image,source=tools,target=/t,image-subpath=share")).Exits(0).Stdout);
        Assert.Equal("two\n", (await ShellAsync("cat /t", "--mount", "type=image,source=tools,target=/t,image-subpath=share/two")).Exits(0).Stdout);
        (await ShellAsync("ls /t", "--mount", "type=image,source=tools,target=/t,image-subpath=none")).Says("cannot access path none of image tools");
        (await ShellAsync("ls /t", "--mount", "type=image,source=tools,target=/t,image-subpath=share/out")).Says("leads out of the image");
        (await ShellAsync("ls /t", "--mount", "type=image,source=none,target=/t")).Exits(125).Says("No such image: none:latest");
    }

    [RootFact]
    public async Task Image_is_in_use_while_a_container_mounts_it()
    {
        await LoadToolsAsync();
        string id = (await DockerAsync("create", "--mount", "type=image,source=tools,target=/t", "busybox", "cat", "/t/share/two")).Exits(0).Line;

        (await DockerAsync("rmi", "tools")).Exits(1).Says("is using");
        await Daemon.KillAsync();
        await Daemon.StartAsync();
        (await DockerAsync("rmi", "-f", "tools")).Exits(0);

        // Its layers stay for the container, over a restart of the daemon too.
        Assert.Equal("two\n", (await DockerAsync("start", "-a", id)).Exits(0).Stdout);
        string target = Path.Combine(Host.Root, "copied");
        (await DockerAsync("cp", $"{id}:/t/share/two", target)).Exits(0);
        File.Delete(target);
        Assert.Equal("image tools false", await InspectAsync(id, "{{range .Mounts}}{{.Type}} {{.Source}} {{.RW}}{{end}}"));
        (await DockerAsync("rm", id)).Exits(0);
        await Fixture.RebaseAsync();
    }

    private async Task LoadToolsAsync() => (await LoadAsync(ImageArchive.DockerSave(
        "tools:latest",
        ImageArchive.Tar(ImageArchive.Directory("share/"), ImageArchive.File("share/one", "old\n")),
        ImageArchive.Tar(ImageArchive.Directory("share/"), ImageArchive.File("share/one", "new\n"), ImageArchive.File("share/two", "two\n"), ImageArchive.Symlink("share/out", "/etc"))))).Exits(0);
}
