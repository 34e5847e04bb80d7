using System.Globalization;
using System.Text.Json;
using Rtd.Client.CommandLine;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Builds;

/// <summary>Removes what builds keep to be quick the next time.</summary>
internal static class BuilderPrune
{
    public static int Run(ClientContext context, BuilderPruneOptions options, List<string> arguments)
    {
        string which = options.All ? "all build cache" : "all dangling build cache";
        if (!options.Force && !Prune.Confirm(context, $"WARNING! This will remove {which}."))
        {
            return 0;
        }

        context.Out.WriteLine("Total reclaimed space: " + HumanSize.Decimal(Remove(context, options.Filters, options.All, options.KeepStorage)));
        return 0;
    }

    /// <returns>Bytes.</returns>
    public static long Remove(ClientContext context, IEnumerable<string> filters, bool all, long? keep)
    {
        string path = new QueryString("/build/prune").Add("all", all).Add("keep-storage", keep?.ToString(CultureInfo.InvariantCulture)).Add("filters", Filters.Encode(filters)).ToString();
        using JsonDocument report = context.Engine.PostJson(path);
        string[] removed = [.. report.RootElement.Member("CachesDeleted").Texts()];
        if (removed.Length > 0)
        {
            context.Out.WriteLine("Deleted build cache objects:\n" + string.Join('\n', removed) + "\n");
        }

        return report.RootElement.Number("SpaceReclaimed");
    }
}
