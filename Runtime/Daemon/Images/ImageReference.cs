using System.Text.RegularExpressions;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images;

/// <summary>An image's name in full, with a tag or a digest: <c>docker.io/library/busybox:latest</c>.</summary>
/// <param name="Name">Domain and path, <c>docker.io/library/busybox</c>.</param>
/// <param name="Tag">Null when there is none.</param>
/// <param name="Digest"><c>sha256:…</c>, or null.</param>
internal sealed partial record ImageReference(string Name, string? Tag, string? Digest)
{
    private const string DefaultDomain = "docker.io", LegacyDomain = "index.docker.io", OfficialPath = "library/", DefaultTag = "latest";

    private const int MaxName = 255;

    /// <summary>As users write and see it: <c>busybox</c>, <c>user/app</c>, <c>host:5000/app</c>.</summary>
    public string FamiliarName
    {
        get
        {
            string official = $"{DefaultDomain}/{OfficialPath}";
            if (Name.StartsWith(official, StringComparison.Ordinal) && !Name.AsSpan(official.Length).Contains('/'))
            {
                return Name[official.Length..];
            }

            return Name.StartsWith(DefaultDomain + "/", StringComparison.Ordinal) ? Name[(DefaultDomain.Length + 1)..] : Name;
        }
    }

    /// <summary>The familiar name with tag and digest.</summary>
    public string Familiar => FamiliarName + Suffix;

    /// <summary>The registry: <c>docker.io</c>, <c>host:5000</c>.</summary>
    public string RegistryDomain => Name[..Name.IndexOf('/')];

    /// <summary>The repository as its registry knows it: <c>library/busybox</c>.</summary>
    public string RepositoryPath => Name[(Name.IndexOf('/') + 1)..];

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    public override string ToString() => Name + Suffix;

    /// <summary>The reference itself, or with the tag <c>latest</c> when it has neither tag nor digest.</summary>
    public ImageReference WithDefaultTag() => Tag is null && Digest is null ? this with { Tag = DefaultTag } : this;

    /// <summary>Parses what a user may write, and completes domain and <c>library/</c> as Docker does.</summary>
    /// <exception cref="EngineException">Invalid parameter, in Docker's words.</exception>
    public static ImageReference Parse(string text)
    {
        if (HexId().IsMatch(text))
        {
            throw EngineException.InvalidParameter($"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings");
        }

        (string domain, string rest) = SplitDomain(text);
        Match match = Remainder().Match(rest);
        if (!match.Success || !Domain().IsMatch(domain))
        {
            throw Invalid(rest);
        }

        string path = match.Groups["path"].Value;
        string name = $"{domain}/{path}";
        if (path.Length > MaxName)
        {
            throw EngineException.InvalidParameter($"repository name must not be more than {MaxName} characters");
        }

        return new ImageReference(name, Group(match, "tag"), Group(match, "digest"));
    }

    /// <summary>Parses a reference that must not have a digest, and gives it its default tag: the target of a tag or an import.</summary>
    public static ImageReference ParseTarget(string text)
    {
        ImageReference reference = Parse(text);
        return reference.Digest is null
            ? reference.WithDefaultTag()
            : throw EngineException.InvalidParameter("refusing to create a tag with a digest reference");
    }

    /// <summary>A repository and a tag that come in two fields.</summary>
    public static ImageReference ParseTarget(string repository, string? tag) =>
        ParseTarget(string.IsNullOrEmpty(tag) ? repository : $"{Parse(repository).Untagged()}:{tag}");

    /// <summary>True for text that can only be an id: <c>sha256:…</c> or 64 hexadecimal digits.</summary>
    public static bool IsFullId(string text) => HexId().IsMatch(text) || ChainId.IsDigest(text);

    private string Untagged() => Tag is null && Digest is null ? Name : throw EngineException.InvalidParameter("invalid reference format: the repository name has a tag");

    private static (string Domain, string Remainder) SplitDomain(string text)
    {
        int slash = text.IndexOf('/');
        string first = slash < 0 ? "" : text[..slash];
        bool isDomain = slash >= 0 && (first.AsSpan().ContainsAny(".:") || first == "localhost" || first.Any(char.IsAsciiLetterUpper));
        string domain = isDomain ? first : DefaultDomain;
        string rest = isDomain ? text[(slash + 1)..] : text;
        domain = domain == LegacyDomain ? DefaultDomain : domain;
        return domain == DefaultDomain && !rest.Split('@', ':')[0].Contains('/') ? (domain, OfficialPath + rest) : (domain, rest);
    }

    private static EngineException Invalid(string rest)
    {
        string path = rest.Split('@')[0];
        int colon = path.LastIndexOf(':');
        path = colon > path.LastIndexOf('/') ? path[..colon] : path;
        return path != path.ToLowerInvariant() && Remainder().IsMatch(path.ToLowerInvariant())
            ? EngineException.InvalidParameter($"invalid reference format: repository name ({path}) must be lowercase")
            : EngineException.InvalidParameter("invalid reference format");
    }

    private static string? Group(Match match, string name) => match.Groups[name] is { Success: true } group ? group.Value : null;

    [GeneratedRegex(@"\A[a-f0-9]{64}\z")]
    private static partial Regex HexId();

    [GeneratedRegex(@"\A(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?\z|\A\[[a-fA-F0-9:]+\](?::[0-9]+)?\z")]
    private static partial Regex Domain();

    [GeneratedRegex(@"\A(?<path>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[a-f0-9]{64}))?\z")]
    private static partial Regex Remainder();
}
