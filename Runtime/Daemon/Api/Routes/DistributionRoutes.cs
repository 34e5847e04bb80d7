using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Listing;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Images.Search;

namespace Rtd.Daemon.Api.Routes;

/// <summary>What only asks registries: login, search, and the look at an image before a pull.</summary>
internal sealed class DistributionRoutes(ImageService service) : IRouteModule
{
    private const int DefaultLimit = 25, MaxLimit = 100;

    public void Register(RouteTable routes)
    {
        routes.Map("POST", "/auth", LoginAsync);
        routes.Map("GET", "/distribution/{name:*}/json", DescribeAsync);
        routes.Map("GET", "/images/search", SearchAsync);
    }

    private async Task LoginAsync(ApiContext context)
    {
        RegistryCredentials credentials = (await context.ReadJsonAsync<RegistryCredentials>()).Completed();
        string token = await service.Login.RunAsync(credentials, context.Aborted);
        await context.WriteJsonAsync(200, new LoginResult("Login Succeeded", token));
    }

    private async Task DescribeAsync(ApiContext context)
    {
        ImageReference reference = ImageReference.Parse(context["name"]).WithDefaultTag();
        await context.WriteJsonAsync(200, await service.Describe.RunAsync(reference, ImageRoutes.Credentials(context), context.Aborted));
    }

    private async Task SearchAsync(ApiContext context)
    {
        string term = context.Query("term") is { Length: > 0 } given ? given : throw EngineException.InvalidParameter("term is needed to search for");
        int limit = context.QueryInt("limit") ?? DefaultLimit;
        limit = limit == 0 ? DefaultLimit : limit;
        if (limit is < 1 or > MaxLimit)
        {
            throw EngineException.InvalidParameter($"limit {limit} is outside the range of [1, {MaxLimit}]");
        }

        IReadOnlyList<SearchResult> found = await service.Search.RunAsync(term, limit, Filter(context), ImageRoutes.Credentials(context), context.Aborted);
        await context.WriteJsonAsync(200, found);
    }

    private static Func<SearchResult, bool> Filter(ApiContext context)
    {
        ImageFilters filters = ImageFilters.Parse(context.Query("filters"), "is-automated", "is-official", "stars");
        bool? automated = filters.Bool("is-automated"), official = filters.Bool("is-official");
        int stars = 0;
        foreach (string text in filters["stars"])
        {
            stars = int.TryParse(text, out int count) ? Math.Max(stars, count) : throw EngineException.InvalidParameter($"invalid filter 'stars={text}'");
        }

        return result => (automated is null || automated == result.IsAutomated) && (official is null || official == result.IsOfficial) && result.StarCount >= stars;
    }
}
