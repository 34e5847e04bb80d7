using System.Globalization;
using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Images;

/// <summary>A name of an image as images shows it: an image has a line for each.</summary>
internal sealed class ImageRow(JsonElement image, string repository, string tag, string digest, bool truncate, DateTimeOffset now)
{
    private const string None = "<none>";

    public static FieldTable<ImageRow> Table { get; } = new(
        "*formatter.imageContext",
        new("ID", "IMAGE ID", row => row.Id),
        new("Repository", "REPOSITORY", row => row.Repository),
        new("Tag", "TAG", row => row.Tag),
        new("Digest", "DIGEST", row => row.Digest),
        new("CreatedSince", "CREATED", row => row.CreatedSince),
        new("CreatedAt", "CREATED AT", row => GoTime.Local(row.Created)),
        new("Size", "SIZE", row => HumanSize.Decimal(row.Image.Number("Size"), 3)),
        new("Containers", "CONTAINERS", row => Counted(row.Image, "Containers", count => count.ToString(CultureInfo.InvariantCulture))),
        new("VirtualSize", "SIZE", row => HumanSize.Decimal(row.Image.Number("Size"))),
        new("SharedSize", "SHARED SIZE", row => Counted(row.Image, "SharedSize", size => HumanSize.Decimal(size))),
        new("UniqueSize", "UNIQUE SIZE", row => row.Image.Number("SharedSize") < 0 ? "N/A" : HumanSize.Decimal(row.Image.Number("Size") - row.Image.Number("SharedSize"))))
    {
        Label = (row, name) => row.Image.Member("Labels").Text(name),
    };

    private JsonElement Image { get; } = image;

    private string Repository { get; } = repository;

    private string Tag { get; } = tag;

    private string Digest { get; } = digest;

    private string Id => truncate ? Ellipsis.ShortId(Image.Text("Id")) : Image.Text("Id");

    private DateTimeOffset Created => DateTimeOffset.FromUnixTimeSeconds(Image.Number("Created"));

    private string CreatedSince => Image.Number("Created") <= 0 ? "N/A" : Ago.Since(Created, now);

    /// <summary>The lines of one image; without digests an image known by digest alone has one line for each repository.</summary>
    public static IEnumerable<ImageRow> Of(JsonElement image, bool withDigests, bool truncate, DateTimeOffset now)
    {
        List<(string Repository, string Tag)> tags = [.. image.Member("RepoTags").Texts().Where(name => name != "<none>:<none>").Select(SplitTag)];
        List<(string Repository, string Digest)> digests = [.. image.Member("RepoDigests").Texts().Where(name => name != "<none>@<none>").Select(SplitDigest)];
        if (tags.Count == 0 && digests.Count == 0)
        {
            return [new ImageRow(image, None, None, None, truncate, now)];
        }

        return Lines(tags, digests, withDigests).Select(line => new ImageRow(image, line.Repository, line.Tag, line.Digest, truncate, now));
    }

    private static IEnumerable<(string Repository, string Tag, string Digest)> Lines(List<(string Repository, string Tag)> tags, List<(string Repository, string Digest)> digests, bool withDigests)
    {
        foreach (IGrouping<string, (string Repository, string Tag)> group in tags.GroupBy(tag => tag.Repository))
        {
            string[] known = [.. digests.Where(digest => digest.Repository == group.Key).Select(digest => digest.Digest)];
            foreach ((string repository, string tag) in group)
            {
                string[] shown = withDigests && known.Length > 0 ? known : [None];
                foreach (string digest in shown)
                {
                    yield return (repository, tag, digest);
                }
            }
        }

        foreach (IGrouping<string, (string Repository, string Digest)> group in digests.Where(digest => tags.All(tag => tag.Repository != digest.Repository)).GroupBy(digest => digest.Repository))
        {
            foreach ((string repository, string digest) in withDigests ? group : group.Take(1))
            {
                yield return (repository, None, withDigests ? digest : None);
            }
        }
    }

    private static (string Repository, string Tag) SplitTag(string name)
    {
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? (Familiar(name[..colon]), name[(colon + 1)..]) : (Familiar(name), None);
    }

    private static (string Repository, string Digest) SplitDigest(string name)
    {
        int at = name.IndexOf('@');
        return at < 0 ? (Familiar(name), None) : (Familiar(name[..at]), name[(at + 1)..]);
    }

    private static string Familiar(string repository) => repository.StartsWith("docker.io/", StringComparison.Ordinal)
        ? repository["docker.io/".Length..].StartsWith("library/", StringComparison.Ordinal) ? repository["docker.io/library/".Length..] : repository["docker.io/".Length..]
        : repository;

    private static string Counted(JsonElement image, string name, Func<long, string> text) =>
        image.Member(name).ValueKind != JsonValueKind.Number || image.Number(name) < 0 ? "N/A" : text(image.Number(name));
}
