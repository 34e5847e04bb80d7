using System.Globalization;
using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Registries;

/// <summary>A repository that a search found.</summary>
internal sealed class SearchRow(JsonElement found, bool truncate, bool forPeople)
{
    private const int DescriptionWidth = 45;

    public static FieldTable<SearchRow> Table { get; } = new(
        "*formatter.searchContext",
        new("Name", "NAME", row => row.Name),
        new("Description", "DESCRIPTION", row => row.Description),
        new("StarCount", "STARS", row => row.StarCount),
        new("IsOfficial", "OFFICIAL", row => row.IsOfficial));

    private string Name => found.Text("name");

    private string StarCount => found.Number("star_count").ToString(CultureInfo.InvariantCulture);

    private string Description
    {
        get
        {
            string line = found.Text("description").Replace('\n', ' ').Replace('\r', ' ');
            return truncate ? Ellipsis.Cut(line, DescriptionWidth) : line;
        }
    }

    /// <summary>"[OK]" in tables and templates, a truth value in JSON.</summary>
    private string IsOfficial => (found.Flag("is_official"), forPeople) switch
    {
        (true, true) => "[OK]",
        (false, true) => "",
        (true, false) => "true",
        (false, false) => "false",
    };
}
