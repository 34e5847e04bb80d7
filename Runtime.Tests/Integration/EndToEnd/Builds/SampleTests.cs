using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Builds;

/// <summary>
/// Realistic Dockerfiles, built by <c>rtctl build</c>: the files of the result, their modes, owners and content, and its configuration are those
/// written down. RTD_TEST_DAEMON=dockerd with RTD_TEST_CLIENT=docker shows which of these are Docker's; RTD_TEST_ACCEPT=1 writes them down anew.
/// </summary>
public sealed class SampleTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    public static TheoryData<string> Names => new(Sample.Names);

    private string Archive => Path.Combine(Host.Root, "exported.tar");

    [RootTheory]
    [MemberData(nameof(Names))]
    public async Task The_result_is_as_written_down(string name)
    {
        Sample sample = new(name);
        string context = Path.Combine(Host.Root, "sample");
        await sample.PrepareAsync(context);
        try
        {
            foreach (string image in sample.Programs)
            {
                await ProgramImage.WriteAsync(image, Archive);
                (await DockerAsync("import", Archive, image)).Exits(0);
            }

            if (sample.HasBaseFile)
            {
                (await BuildAsync("-t", "sample-base", "-f", Path.Combine(context, "Dockerfile.base"), context)).Exits(0);
                File.Delete(Path.Combine(context, "Dockerfile.base"));
            }

            string[] options = [.. sample.Options.Select(option => option.Replace("src=", $"src={context}/", StringComparison.Ordinal))];
            (await BuildAsync([.. options, "-t", "sample", context])).Exits(0);

            List<string> lines = ImageListing.Changes(await FilesAsync(sample.Base), await FilesAsync("sample"));
            JArray inspected = JArray.Parse((await DockerAsync("image", "inspect", "sample")).Exits(0).Stdout);
            Compare([.. lines, .. ImageListing.Configuration((JObject)inspected[0])], sample.ExpectedPath);
        }
        finally
        {
            Directory.Delete(context, recursive: true);
        }
    }

    private Task<CommandResult> BuildAsync(params string[] arguments) => RtctlAsync(["build", .. arguments]);

    private async Task<SortedDictionary<string, string>> FilesAsync(string image)
    {
        if (image == "scratch")
        {
            return [];
        }

        (await DockerAsync("create", "--name", "listed", image, "/")).Exits(0);
        (await DockerAsync("export", "-o", Archive, "listed")).Exits(0);
        (await DockerAsync("rm", "-v", "listed")).Exits(0);
        await using FileStream archive = File.OpenRead(Archive);
        return ImageListing.Files(archive);
    }

    private static void Compare(List<string> actual, string path)
    {
        if (Environment.GetEnvironmentVariable("RTD_TEST_ACCEPT") == "1")
        {
            File.WriteAllLines(path, actual);
        }

        ImageListing.AssertSame(File.ReadAllLines(path), actual);
    }
}
