using System.Text.Json;
using Rtd.Client.Builds;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.CommandLine;

/// <summary>Removes what is not in use, after asking.</summary>
internal static class Prune
{
    public static int Containers(ClientContext context, PruneOptions options, List<string> arguments) =>
        Confirm(context, options, "WARNING! This will remove all stopped containers.") ? Tell(context, PruneContainers(context, options.Filters)) : 0;

    public static int Images(ClientContext context, PruneOptions options, List<string> arguments)
    {
        string warning = options.All ? "WARNING! This will remove all images without at least one container associated to them." : "WARNING! This will remove all dangling images.";
        return Confirm(context, options, warning) ? Tell(context, PruneImages(context, options.Filters, options.All)) : 0;
    }

    public static int Volumes(ClientContext context, PruneOptions options, List<string> arguments)
    {
        if (options.All && !context.Engine.Speaks("1.42"))
        {
            throw new ClientException($"\"--all\" requires API version 1.42, but the daemon's API version is {context.Engine.Version}");
        }

        string which = options.All ? "all local volumes not used by at least one container" : "anonymous local volumes not used by at least one container";
        IEnumerable<string> filters = options.All ? options.Filters.Append("all=true") : options.Filters;
        return Confirm(context, options, $"WARNING! This will remove {which}.") ? Tell(context, PruneVolumes(context, filters)) : 0;
    }

    public static int Networks(ClientContext context, PruneOptions options, List<string> arguments)
    {
        if (Confirm(context, options, "WARNING! This will remove all custom networks not used by at least one container."))
        {
            PruneNetworks(context, options.Filters);
        }

        return 0;
    }

    public static int System(ClientContext context, PruneOptions options, List<string> arguments)
    {
        List<string> parts = ["all stopped containers", "all networks not used by at least one container"];
        if (options.Volumes)
        {
            parts.Add("all anonymous volumes not used by at least one container");
        }

        parts.Add(options.All ? "all images without at least one container associated to them" : "all dangling images");
        parts.Add(options.All ? "all build cache" : "all dangling build cache");
        if (!Confirm(context, options, "WARNING! This will remove:\n" + string.Concat(parts.Select(part => $"  - {part}\n"))))
        {
            return 0;
        }

        long total = PruneContainers(context, options.Filters);
        PruneNetworks(context, options.Filters);
        total += options.Volumes ? PruneVolumes(context, options.Filters) : 0;
        total += PruneImages(context, options.Filters, options.All);

        // Cache has no labels, so none of it matches a filter by label.
        bool isByAge = options.Filters.All(filter => filter.StartsWith("until=", StringComparison.Ordinal));
        total += isByAge ? BuilderPrune.Remove(context, options.Filters, options.All, null) : 0;
        return Tell(context, total);
    }

    private static long PruneContainers(ClientContext context, IEnumerable<string> filters)
    {
        using JsonDocument report = Post(context, "containers", filters);
        PrintList(context, "Deleted Containers:", report.RootElement.Member("ContainersDeleted").Texts());
        return report.RootElement.Number("SpaceReclaimed");
    }

    private static long PruneImages(ClientContext context, IEnumerable<string> filters, bool all)
    {
        using JsonDocument report = Post(context, "images", filters.Append(all ? "dangling=false" : "dangling=true"));
        IEnumerable<string> lines = report.RootElement.Member("ImagesDeleted").Items().Select(entry =>
            entry.Text("Untagged") is { Length: > 0 } untagged ? "untagged: " + untagged : "deleted: " + entry.Text("Deleted"));
        PrintList(context, "Deleted Images:", lines);
        return report.RootElement.Number("SpaceReclaimed");
    }

    private static long PruneVolumes(ClientContext context, IEnumerable<string> filters)
    {
        using JsonDocument report = Post(context, "volumes", filters);
        PrintList(context, "Deleted Volumes:", report.RootElement.Member("VolumesDeleted").Texts());
        return report.RootElement.Number("SpaceReclaimed");
    }

    private static void PruneNetworks(ClientContext context, IEnumerable<string> filters)
    {
        using JsonDocument report = Post(context, "networks", filters);
        PrintList(context, "Deleted Networks:", report.RootElement.Member("NetworksDeleted").Texts());
    }

    private static JsonDocument Post(ClientContext context, string kind, IEnumerable<string> filters) =>
        context.Engine.PostJson(new QueryString($"/{kind}/prune").Add("filters", Filters.Encode(filters)).ToString());

    private static void PrintList(ClientContext context, string title, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length > 0)
        {
            context.Out.WriteLine(title + "\n" + string.Join('\n', all) + "\n");
        }
    }

    private static int Tell(ClientContext context, long reclaimed)
    {
        context.Out.WriteLine("Total reclaimed space: " + HumanSize.Decimal(reclaimed));
        return 0;
    }

    private static bool Confirm(ClientContext context, PruneOptions options, string warning) => options.Force || Confirm(context, warning);

    /// <summary>Asks.</summary>
    public static bool Confirm(ClientContext context, string warning)
    {
        context.Out.Write(warning + "\nAre you sure you want to continue? [y/N] ");
        context.Out.Flush();
        return ReadAnswer().Trim().Equals("y", StringComparison.OrdinalIgnoreCase);
    }

    private static string ReadAnswer()
    {
        using StreamReader reader = new(new DescriptorStream(StandardStreams.Input));
        return reader.ReadLine() ?? "";
    }
}
