using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Containers.Statistics;

/// <summary>Shows what containers use: once, or as a table that is drawn anew twice a second.</summary>
internal static class ContainerStatistics
{
    private const string DefaultTable = "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}";

    /// <summary>Terminal: to the top left corner; to the end of the line; to the end of the screen.</summary>
    private const string Home = "\u001b[H", ClearLine = "\u001b[K", ClearBelow = "\u001b[J", ClearAll = "\u001b[2J";

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    public static int Run(ClientContext context, StatisticsOptions options, List<string> arguments)
    {
        string format = options.Format is null or "" or "table" ? DefaultTable : options.Format;
        bool isNamed = arguments.Count > 0;
        if (options.NoStream)
        {
            return Once(context, format, options, isNamed ? arguments : Running(context, options.All));
        }

        using StatisticsWatch watch = new(context.Engine);
        if (isNamed)
        {
            CheckAll(context, arguments);
            arguments.ForEach(watch.Follow);
        }

        return Draw(context, format, options, watch, isNamed);
    }

    /// <summary>A sample of each, asked for side by side: one takes a second, since it needs two readings.</summary>
    private static int Once(ClientContext context, string format, StatisticsOptions options, List<string> containers)
    {
        StatisticsRow?[] rows = new StatisticsRow?[containers.Count];
        EngineException?[] failures = new EngineException?[containers.Count];
        _ = context.Engine.Version;
        Parallel.For(0, containers.Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, index =>
        {
            try
            {
                using JsonDocument sample = context.Engine.GetJson($"/containers/{QueryString.Segment(containers[index])}/stats?stream=0");
                rows[index] = new StatisticsRow(containers[index], sample.RootElement) { WantsWholeId = options.NoTruncate };
            }
            catch (EngineException failure)
            {
                failures[index] = failure;
            }
        });
        ListPrinter.Print(context.Out, format, DefaultTable, StatisticsRow.Table, rows.OfType<StatisticsRow>());
        foreach (EngineException failure in failures.OfType<EngineException>())
        {
            context.Complain(failure.Message);
        }

        return Array.Exists(failures, failure => failure is not null) ? 1 : 0;
    }

    /// <summary>Until the watched containers are gone, or the user ends it.</summary>
    private static int Draw(ClientContext context, string format, StatisticsOptions options, StatisticsWatch watch, bool isNamed)
    {
        bool clears = context.Out.IsTerminal && format.StartsWith("table", StringComparison.Ordinal);
        if (clears)
        {
            context.Out.Write(ClearAll);
        }

        while (true)
        {
            if (!isNamed)
            {
                watch.FollowOnly(Running(context, options.All));
            }

            IReadOnlyList<StatisticsRow> rows = watch.Rows(options.NoTruncate);
            CapturedTable table = new();
            ListPrinter.Print(table, format, DefaultTable, StatisticsRow.Table, rows);
            context.Out.Write(clears ? Home + table.Text.Replace("\n", ClearLine + "\n", StringComparison.Ordinal) + ClearBelow : table.Text);
            context.Out.Flush();
            if (isNamed && watch.HasEnded)
            {
                return watch.Tell(context);
            }

            Thread.Sleep(s_interval);
        }
    }

    private static void CheckAll(ClientContext context, List<string> containers)
    {
        foreach (string container in containers)
        {
            using JsonDocument found = context.Engine.GetJson($"/containers/{QueryString.Segment(container)}/json");
        }
    }

    private static List<string> Running(ClientContext context, bool all)
    {
        using JsonDocument list = context.Engine.GetJson(new QueryString("/containers/json").Add("all", all).ToString());
        return [.. list.RootElement.Items().Select(container => container.Text("Id"))];
    }
}
