using System.Globalization;
using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Registries;

/// <summary>Has the daemon search a registry for repositories.</summary>
internal static class RegistrySearch
{
    private const string DefaultTable = "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}";

    public static int Run(ClientContext context, SearchOptions options, List<string> arguments)
    {
        string term = arguments[0];
        string? limit = options.Limit is { } given and not 0 ? given.ToString(CultureInfo.InvariantCulture) : null;
        string path = new QueryString("/images/search").Add("term", term).Add("limit", limit).Add("filters", Filters.Encode(options.Filters)).ToString();
        using EngineResponse response = context.Engine.Send("GET", path, null, RegistryAuth.Field(context, RegistryAddress.OfSearchTerm(term)));
        using JsonDocument found = response.ReadJson();
        bool forPeople = options.Format != "json" && options.Format?.Contains("json .", StringComparison.Ordinal) != true;
        IEnumerable<SearchRow> rows = found.RootElement.Items().Select(entry => new SearchRow(entry, !options.NoTruncate, forPeople));
        ListPrinter.Print(context.Out, options.Format, DefaultTable, SearchRow.Table, rows);
        return 0;
    }
}
