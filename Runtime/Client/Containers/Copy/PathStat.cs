using System.Text;
using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Containers.Copy;

/// <summary>What the daemon says of a path in a container.</summary>
/// <param name="LinkTarget">Where a link leads; empty for anything else.</param>
internal sealed record PathStat(bool IsDirectory, bool IsLink, string LinkTarget)
{
    /// <summary>Go's os.FileMode bits, which the API carries.</summary>
    private const long ModeDirectory = 1L << 31, ModeSymlink = 1L << 27;

    private const string Header = "X-Docker-Container-Path-Stat";

    /// <summary>Asks about a path; null when it does not exist (or cannot be asked about: the copy itself then says why).</summary>
    public static PathStat? Find(EngineClient engine, CopyPlace place)
    {
        try
        {
            using EngineResponse response = engine.Send("HEAD", ArchivePath(place).ToString());
            return Read(response.Head);
        }
        catch (EngineException)
        {
            return null;
        }
    }

    public static PathStat Read(HttpHead head)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Convert.FromBase64String(head[Header] ?? ""));
            long mode = document.RootElement.Number("mode");
            return new PathStat((mode & ModeDirectory) != 0, (mode & ModeSymlink) != 0, document.RootElement.Text("linkTarget"));
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException)
        {
            throw new EngineConnectionException($"the daemon's {Header} cannot be read");
        }
    }

    public static QueryString ArchivePath(CopyPlace place) =>
        new QueryString($"/containers/{QueryString.Segment(place.Container!)}/archive").Add("path", place.Path.Length == 0 ? "/" : place.Path);

    /// <summary>The place that a link at this one leads to.</summary>
    public CopyPlace Follow(CopyPlace link) => link with { Path = Path.GetFullPath(LinkTarget, Path.GetDirectoryName(Path.GetFullPath(link.Trimmed, "/")) ?? "/") };
}
