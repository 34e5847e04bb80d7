using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Builds;

/// <summary>Base of the tests that build images by the docker command's classic builder.</summary>
public abstract class BuildTest(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>A directory for a context.</summary>
    internal string Context => Path.Combine(Host.Root, "context");

    /// <summary>Makes the context anew.</summary>
    /// <param name="files">Paths with their content; directories are made.</param>
    internal void Write(params IEnumerable<(string Path, string Content)> files)
    {
        if (Directory.Exists(Context))
        {
            Directory.Delete(Context, recursive: true);
        }

        Directory.CreateDirectory(Context);
        foreach ((string path, string content) in files)
        {
            string full = Path.Combine(Context, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, content);
        }
    }

    /// <summary>Builds a context with this Dockerfile and the files that are there.</summary>
    internal Task<CommandResult> BuildAsync(string dockerfile, params string[] options)
    {
        Directory.CreateDirectory(Context);
        File.WriteAllText(Path.Combine(Context, "Dockerfile"), dockerfile);
        return DockerAsync(["build", .. options, Context]);
    }

    /// <summary>What a script writes in a container of an image.</summary>
    internal async Task<string> InAsync(string image, string script) => (await DockerAsync("run", "--rm", "--entrypoint", "sh", image, "-c", script)).Exits(0).Stdout;

    /// <summary>A value of an image's inspect answer.</summary>
    internal async Task<string> ImageAsync(string image, string template) => (await DockerAsync("image", "inspect", "--format", template, image)).Exits(0).Line;
}
