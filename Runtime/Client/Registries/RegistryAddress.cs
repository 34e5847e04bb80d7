using Rtd.Client.Images;

namespace Rtd.Client.Registries;

internal static class RegistryAddress
{
    /// <summary>The key of docker.io's credentials.</summary>
    public const string DefaultIndex = "https://index.docker.io/v1/";

    /// <summary>The host, with its port, of an address that may be a URL.</summary>
    public static string Host(string address)
    {
        int scheme = address.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? address : address[(scheme + 3)..];
        int slash = rest.IndexOf('/');
        return slash < 0 ? rest : rest[..slash];
    }

    /// <summary>The key of a registry as login and logout are given it; none is docker.io.</summary>
    public static string Key(string? server) =>
        string.IsNullOrEmpty(server) || server is "docker.io" or DefaultIndex ? DefaultIndex : Host(server);

    /// <summary>The key of the registry that a search asks: what stands before the first slash, if that is a host's name.</summary>
    public static string OfSearchTerm(string term)
    {
        int slash = term.IndexOf('/');
        string first = slash < 0 ? "" : term[..slash];
        return ImageReference.IsDomain(first) && first is not ("docker.io" or "index.docker.io") ? first : DefaultIndex;
    }
}
