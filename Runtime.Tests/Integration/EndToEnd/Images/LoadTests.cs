using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary><c>load</c> of <c>docker save</c> archives and OCI layouts, and how their layers stack.</summary>
public sealed class LoadTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private static readonly byte[] s_base = ImageArchive.Tar(
        [
            .. ImageArchive.Busybox(),
            ImageArchive.Directory("dir/"),
            ImageArchive.File("dir/below", "below\n"),
            ImageArchive.Directory("opaque/"),
            ImageArchive.File("opaque/below", "below\n"),
            ImageArchive.File("removed", "below\n"),
            ImageArchive.File("replaced", "below\n"),
            ImageArchive.Directory("becomes-file/"),
            ImageArchive.File("becomes-directory", "below\n"),
        ]);

    private static readonly byte[] s_upper = ImageArchive.Tar(
        ImageArchive.File(".wh.removed", ""),
        ImageArchive.File("replaced", "above\n"),
        ImageArchive.File("dir/above", "above\n"),
        ImageArchive.Directory("opaque/"),
        ImageArchive.File("opaque/.wh..wh..opq", ""),
        ImageArchive.File("opaque/above", "above\n"),
        ImageArchive.File("becomes-file", "above\n"),
        ImageArchive.Directory("becomes-directory/"));

    public enum Form
    {
        DockerSave,
        OciLayout,
    }

    [RootTheory]
    [InlineData(Cli.Rtctl, Form.DockerSave)]
    [InlineData(Cli.Docker, Form.DockerSave)]
    [InlineData(Cli.Docker, Form.OciLayout)]
    public async Task Layers_stack_with_whiteouts_and_opaque_directories(Cli cli, Form form)
    {
        string file = Path.Combine(Host.Root, "load.tar");
        await File.WriteAllBytesAsync(file, form == Form.DockerSave ? ImageArchive.DockerSave("layered:1", s_base, s_upper) : ImageArchive.OciLayout("layered:1", s_base, s_upper));

        CommandResult load = (await Clients.RunAsync(cli, "load", "-i", file)).Exits(0);

        Assert.Contains("layered:1", load.Stdout, StringComparison.Ordinal);
        CommandResult result = (await DockerAsync("run", "--rm", "layered:1", "sh", "-c", "ls /dir /opaque; ls -d /removed /replaced /becomes-file/ /becomes-directory/; cat /replaced; echo $FROM_IMAGE"));
        Assert.Equal("/dir:\nabove\nbelow\n\n/opaque:\nabove\n/becomes-directory/\n/replaced\nabove\nyes\n", result.Stdout);
        (await DockerAsync("rmi", "layered:1")).Exits(0);
    }

    [RootFact]
    public async Task Load_from_standard_input_by_the_api()
    {
        using ByteArrayContent content = new(ImageArchive.DockerSave("piped:1", s_base));
        using HttpResponseMessage response = await Api.PostAsync("/images/load", content);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("Loaded image: piped:1", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        (await DockerAsync("rmi", "piped:1")).Exits(0);
    }

    [RootFact]
    public async Task Images_share_their_common_layers()
    {
        (await LoadAsync(ImageArchive.DockerSave("first:1", s_base))).Exits(0);
        (await LoadAsync(ImageArchive.DockerSave("second:1", s_base, s_upper))).Exits(0);

        (await DockerAsync("rmi", "first:1")).Exits(0);

        Assert.Equal("above\n", (await DockerAsync("run", "--rm", "second:1", "cat", "/replaced")).Exits(0).Stdout);
        (await DockerAsync("rmi", "second:1")).Exits(0);
    }

    [RootFact]
    public async Task Image_in_use_is_not_removed()
    {
        (await LoadAsync(ImageArchive.DockerSave("used:1", s_base))).Exits(0);
        string id = (await DockerAsync("run", "-d", "used:1", "sleep", "1000")).Exits(0).Line;

        (await DockerAsync("rmi", "used:1")).Exits(1).Says("conflict");

        (await DockerAsync("rm", "-f", id)).Exits(0);
        (await DockerAsync("rmi", "used:1")).Exits(0);
    }

    [RootFact]
    public async Task Many_layers()
    {
        byte[][] layers = [s_base, .. Enumerable.Range(1, 120).Select(number => ImageArchive.Tar(ImageArchive.File($"layer-{number}", "x")))];
        (await LoadAsync(ImageArchive.DockerSave("tall:1", layers))).Exits(0);

        Assert.Equal("120\n", (await DockerAsync("run", "--rm", "tall:1", "sh", "-c", "set -- /layer-*; echo $#")).Exits(0).Stdout);
        (await DockerAsync("rmi", "tall:1")).Exits(0);
    }

    [RootFact]
    public async Task Too_many_layers_are_refused()
    {
        byte[][] layers = [.. Enumerable.Range(1, 130).Select(number => ImageArchive.Tar(ImageArchive.File($"layer-{number}", "x")))];

        using ByteArrayContent content = new(ImageArchive.DockerSave("too-tall:1", layers));
        using HttpResponseMessage response = await Api.PostAsync("/images/load", content);

        Assert.Contains("max depth exceeded", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
