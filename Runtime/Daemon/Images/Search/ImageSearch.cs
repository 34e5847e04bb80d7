using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Daemon.Images.Search;

/// <summary>Looks for repositories by a word in their name: with the registry's own search, or in its catalogue where it has none.</summary>
internal sealed class ImageSearch(RegistryConnector connector)
{
    private const string IndexHost = "index.docker.io", CatalogScope = "registry:catalog:*";

    private const int MaxAnswer = 8 << 20, MaxCatalog = 100_000;

    /// <param name="term">A word, with a registry before it or without: <c>host:5000/app</c>.</param>
    /// <param name="limit">At most 100.</param>
    /// <param name="matches">Which results are wanted.</param>
    /// <exception cref="EngineException">System: the registry cannot be asked, or refuses.</exception>
    public async Task<IReadOnlyList<SearchResult>> RunAsync(
        string term, int limit, Func<SearchResult, bool> matches, RegistryCredentials credentials, CancellationToken cancelled)
    {
        (string domain, string word) = Split(term);
        try
        {
            return await connector.RunAsync(
                domain == RegistryEndpoints.DefaultDomain ? IndexHost : domain,
                credentials,
                forPush: true,
                async session => (await AskAsync(session, domain, word, limit, cancelled)).Where(matches).Take(limit).ToArray(),
                cancelled);
        }
        catch (RegistryException refused)
        {
            throw new EngineException(refused.Status == 401 ? ErrorKind.Unauthorized : ErrorKind.System, refused.Message, refused);
        }
        catch (RegistryUnreachableException failure)
        {
            throw EngineException.System(failure.Message, failure);
        }
    }

    /// <summary>The same rule as for references: a domain has a dot, a colon, or is localhost.</summary>
    internal static (string Domain, string Word) Split(string term)
    {
        if (term.Contains("://", StringComparison.Ordinal))
        {
            throw EngineException.InvalidParameter("invalid repository name: repository name (" + term + ") should not have a scheme");
        }

        int slash = term.IndexOf('/');
        string first = slash < 0 ? "" : term[..slash];
        bool isDomain = first.AsSpan().ContainsAny(".:") || first == "localhost";
        string domain = RegistryLogin.Domain(isDomain ? first : "");
        string word = isDomain ? term[(slash + 1)..] : term;
        return (domain, domain == RegistryEndpoints.DefaultDomain && word.StartsWith("library/", StringComparison.Ordinal) ? word["library/".Length..] : word);
    }

    private static async Task<IEnumerable<SearchResult>> AskAsync(RegistrySession session, string domain, string word, int limit, CancellationToken cancelled)
    {
        RegistryRequest request = new(HttpMethod.Get, new Uri($"v1/search?q={Uri.EscapeDataString(word)}&n={limit}", UriKind.Relative), "");
        using HttpResponseMessage response = await session.SendAsync(request, cancelled);
        if (!response.IsSuccessStatusCode && domain != RegistryEndpoints.DefaultDomain)
        {
            return await AskCatalogAsync(session, word, cancelled);
        }

        using HttpRequestMessage asked = new(request.Method, new Uri(session.Endpoint.Url, request.Url));
        await RegistryAnswer.CheckAsync(response, asked, cancelled);
        byte[] content = await RegistryAnswer.ReadBytesAsync(response, MaxAnswer, "search result", cancelled);
        return (RegistryAnswer.Parse<SearchAnswer>(content, "search result").Results ?? []).OfType<SearchResult>();
    }

    private static async Task<IEnumerable<SearchResult>> AskCatalogAsync(RegistrySession session, string word, CancellationToken cancelled)
    {
        List<SearchResult> found = [];
        int seen = 0;
        await RemoteRepository.ReadPagesAsync(
            session,
            new RegistryRequest(HttpMethod.Get, new Uri("v2/_catalog", UriKind.Relative), CatalogScope),
            page =>
            {
                string[] names = (page.Repositories ?? []).OfType<string>().ToArray();
                found.AddRange(names.Where(name => name.Contains(word, StringComparison.OrdinalIgnoreCase)).Select(name => new SearchResult { Name = name }));
                seen += names.Length;
                return names.Length > 0 && seen < MaxCatalog;
            },
            cancelled);
        return found;
    }
}
