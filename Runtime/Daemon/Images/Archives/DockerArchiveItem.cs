namespace Rtd.Daemon.Images.Archives;

/// <summary>One element of <c>manifest.json</c> (docker save, format 1.2).</summary>
internal sealed class DockerArchiveItem
{
    public string? Config { get; set; }

    public List<string>? RepoTags { get; set; }

    public List<string>? Layers { get; set; }
}
