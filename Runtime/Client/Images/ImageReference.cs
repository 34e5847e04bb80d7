using Rtd.Client.Registries;

namespace Rtd.Client.Images;

/// <summary>An image's name as the user writes it: [registry/]repository[:tag][@digest].</summary>
internal sealed record ImageReference(string Domain, string Path, string? Tag, string? Digest)
{
    private const string DefaultDomain = "docker.io";
    private const string OfficialPrefix = "library/";

    /// <summary>The repository without what goes without saying: "busybox", not "docker.io/library/busybox".</summary>
    public string FamiliarName =>
        Domain != DefaultDomain ? $"{Domain}/{Path}" : Path.StartsWith(OfficialPrefix, StringComparison.Ordinal) ? Path[OfficialPrefix.Length..] : Path;

    /// <summary>The familiar name with tag and digest; "latest" when it has neither.</summary>
    public string Familiar => FamiliarName + (Tag is not null ? ":" + Tag : Digest is null ? ":latest" : "") + (Digest is not null ? "@" + Digest : "");

    /// <summary>The key of the registry's credentials.</summary>
    public string Registry => Domain == DefaultDomain ? RegistryAddress.DefaultIndex : Domain;

    /// <summary>The repository in full: "docker.io/library/busybox".</summary>
    public string FullName => $"{Domain}/{Path}";

    /// <summary>The full name with what was given beside it.</summary>
    public string Full => FullName + (Tag is not null ? ":" + Tag : "") + (Digest is not null ? "@" + Digest : "");

    /// <summary>Itself, with the tag "latest" when it has neither tag nor digest.</summary>
    public ImageReference Tagged => Tag is null && Digest is null ? this with { Tag = "latest" } : this;

    /// <exception cref="ClientException">The text is no reference.</exception>
    public static ImageReference Parse(string text)
    {
        string rest = text;
        string? digest = null;
        int at = rest.IndexOf('@');
        if (at >= 0)
        {
            (rest, digest) = (rest[..at], rest[(at + 1)..]);
        }

        string? tag = null;
        int colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            (rest, tag) = (rest[..colon], rest[(colon + 1)..]);
        }

        (string domain, string path) = SplitDomain(rest);
        if (path.ToLowerInvariant() != path)
        {
            throw new ClientException($"invalid reference format: repository name ({path}) must be lowercase");
        }

        bool isValid = IsPath(path) && (tag is null || IsTag(tag)) && (digest is null || IsDigest(digest)) && !IsHexId(text);
        return isValid ? new ImageReference(domain, path, tag, digest) : throw new ClientException("invalid reference format");
    }

    /// <summary>Whether the part before the first slash is a registry's host rather than a part of a repository's name.</summary>
    public static bool IsDomain(string first) => first.AsSpan().ContainsAny('.', ':') || first == "localhost" || first.ToLowerInvariant() != first;

    private static (string Domain, string Path) SplitDomain(string name)
    {
        int slash = name.IndexOf('/');
        string first = slash < 0 ? "" : name[..slash];
        bool isDomain = IsDomain(first);
        string domain = isDomain ? first : DefaultDomain;
        string path = isDomain ? name[(slash + 1)..] : name;
        domain = domain == "index.docker.io" ? DefaultDomain : domain;
        return (domain, domain == DefaultDomain && !path.Contains('/') ? OfficialPrefix + path : path);
    }

    private static bool IsPath(string path) => path.Split('/').All(IsComponent);

    /// <summary>Lower-case letters and digits, joined by one dot, one or two underscores, or dashes.</summary>
    private static bool IsComponent(string component)
    {
        bool isOpen = true;
        for (int i = 0; i < component.Length; i++)
        {
            char letter = component[i];
            if (char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter))
            {
                isOpen = false;
                continue;
            }

            if (isOpen || !TrySeparator(component, ref i))
            {
                return false;
            }

            isOpen = true;
        }

        return !isOpen;
    }

    private static bool TrySeparator(string component, ref int index)
    {
        char letter = component[index];
        int start = index;
        while (index + 1 < component.Length && component[index + 1] == letter)
        {
            index++;
        }

        int count = index - start + 1;
        return letter == '-' || (letter == '.' && count == 1) || (letter == '_' && count <= 2);
    }

    private static bool IsTag(string tag) =>
        tag.Length is > 0 and <= 128 && tag[0] is not ('.' or '-') && tag.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-');

    private static bool IsDigest(string digest)
    {
        int colon = digest.IndexOf(':');
        return colon > 0 && digest.Length - colon - 1 >= 32 && digest.AsSpan(colon + 1).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0;
    }

    /// <summary>64 hexadecimal digits are an id, never a name.</summary>
    private static bool IsHexId(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
