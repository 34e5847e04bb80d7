using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Builds;

/// <summary>
/// A folder of <c>Samples</c>: a context, and beside its files <c>options</c> (words for build, a line each), <c>base</c> (what the image is compared
/// with, when not busybox), <c>Dockerfile.base</c> (built first, as sample-base), <c>prepare.sh</c> (makes what git cannot keep), <c>expected</c>, <c>buildah</c> (what
/// scripts/second-opinion got).
/// </summary>
internal sealed class Sample(string name)
{
    private static readonly string s_all = Path.Combine(Tree.Top, "Runtime.Tests", "Integration", "EndToEnd", "Builds", "Samples");

    public static IEnumerable<string> Names => Directory.GetDirectories(s_all).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public string SecondOpinionPath => Path.Combine(s_all, name, "buildah");

    public string ExpectedPath => Path.Combine(s_all, name, "expected");

    public IReadOnlyList<string> Options => Lines("options");

    /// <summary>An image, or scratch.</summary>
    public string Base => Lines("base") is [var only] ? only : "busybox";

    public bool HasBaseFile => File.Exists(Path.Combine(s_all, name, "Dockerfile.base"));

    /// <summary>The images that its Dockerfiles begin with and that are made of the machine's own programs.</summary>
    public IEnumerable<string> Programs => ProgramImage.Names.Where(image => Lines("Dockerfile").Any(line => line.StartsWith($"FROM {image}", StringComparison.Ordinal)));

    /// <summary>Copies the context to where it may be changed.</summary>
    public async Task PrepareAsync(string context)
    {
        (await Command.RunAsync(["cp", "-R", "--no-preserve=ownership", Path.Combine(s_all, name), context])).Exits(0);
        foreach (string own in (string[])["options", "base", "expected", "buildah"])
        {
            File.Delete(Path.Combine(context, own));
        }

        // What git keeps of modes is the x bit alone.
        (await Command.RunAsync(["chmod", "-R", "u=rwX,go=rX", context])).Exits(0);
        string script = Path.Combine(context, "prepare.sh");
        if (File.Exists(script))
        {
            (await Command.RunAsync(["sh", "-ec", $"cd '{context}' && umask 022 && . ./prepare.sh && rm prepare.sh"])).Exits(0);
        }
    }

    private string[] Lines(string file) => Path.Combine(s_all, name, file) is var path && File.Exists(path) ? File.ReadAllLines(path) : [];
}
