using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.CommandLine;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>Verbs that are one request for each container.</summary>
internal static class ContainerVerbs
{
    public static int Stop(ClientContext context, StopOptions options, List<string> arguments) => StopOrRestart(context, "stop", options, arguments);

    public static int Restart(ClientContext context, StopOptions options, List<string> arguments) => StopOrRestart(context, "restart", options, arguments);

    public static int Kill(ClientContext context, KillOptions options, List<string> arguments) => context.ForEach(arguments, name =>
    {
        context.Engine.Post(new QueryString($"/containers/{Segment(name)}/kill").Add("signal", options.Signal).ToString());
        Say(context, name);
    });

    public static int Pause(ClientContext context, NoOptions options, List<string> arguments) => Simple(context, "pause", arguments);

    public static int Unpause(ClientContext context, NoOptions options, List<string> arguments) => Simple(context, "unpause", arguments);

    public static int Wait(ClientContext context, NoOptions options, List<string> arguments) => context.ForEach(arguments, name =>
    {
        using ExitWait wait = new(context.Engine, Segment(name), "not-running");
        Say(context, wait.Result().ToString(CultureInfo.InvariantCulture));
    });

    public static int Remove(ClientContext context, RemoveOptions options, List<string> arguments)
    {
        int exitCode = 0;
        foreach (string given in arguments)
        {
            string name = given.Trim('/');
            try
            {
                if (name.Length == 0)
                {
                    throw new ClientException("Container name cannot be empty");
                }

                context.Engine.Delete(new QueryString($"/containers/{Segment(name)}").Add("v", options.Volumes).Add("link", options.Link).Add("force", options.Force).ToString()).Dispose();
                Say(context, given);
            }
            catch (EngineException failure) when (options.Force && failure.Status == 404)
            {
                context.Complain(failure.Message);
            }
            catch (EngineException failure)
            {
                context.Complain(failure.Message);
                exitCode = 1;
            }
        }

        return exitCode;
    }

    public static int Rename(ClientContext context, NoOptions options, List<string> arguments)
    {
        string from = arguments[0].Trim();
        string to = arguments[1].Trim();
        if (from.Length == 0 || to.Length == 0)
        {
            throw new ClientException("Error: Neither old nor new names may be empty");
        }

        try
        {
            context.Engine.Post(new QueryString($"/containers/{Segment(from)}/rename").Add("name", to).ToString());
            return 0;
        }
        catch (EngineException failure)
        {
            context.Complain(failure.Message);
            throw new ClientException($"Error: failed to rename container named {from}");
        }
    }

    public static int Top(ClientContext context, NoOptions options, List<string> arguments)
    {
        string psArguments = string.Join(' ', arguments.Skip(1));
        using JsonDocument document = context.Engine.GetJson(new QueryString($"/containers/{Segment(arguments[0])}/top").Add("ps_args", psArguments).ToString());
        TableWriter table = new(leastWidth: 20);
        table.AddRow([.. document.RootElement.Member("Titles").Texts()]);
        foreach (JsonElement process in document.RootElement.Member("Processes").Items())
        {
            table.AddRow([.. process.Texts()]);
        }

        table.WriteTo(context.Out);
        return 0;
    }

    public static int Port(ClientContext context, NoOptions options, List<string> arguments)
    {
        using JsonDocument document = context.Engine.GetJson($"/containers/{Segment(arguments[0])}/json");
        JsonElement ports = document.RootElement.Member("NetworkSettings").Member("Ports");
        if (arguments.Count < 2)
        {
            List<string> lines = [.. ports.Members().SelectMany(port => Addresses(port.Value).Select(address => (port.Name, Line: $"{port.Name} -> {address}")))
                .OrderBy(entry => PortNumber(entry.Name)).ThenBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => entry.Line)];
            lines.ForEach(line => context.Out.WriteLine(line));
            return 0;
        }

        string wanted = arguments[1].Contains('/') ? arguments[1].ToLowerInvariant() : arguments[1] + "/tcp";
        List<string> found = [.. Addresses(ports.Member(wanted))];
        if (found.Count == 0)
        {
            throw new ClientException($"no public port '{wanted}' published for {arguments[0]}");
        }

        found.ForEach(line => context.Out.WriteLine(line));
        return 0;
    }

    public static int Update(ClientContext context, UpdateOptions options, List<string> arguments)
    {
        JsonObject body = [];
        body.AddNumber("BlkioWeight", options.BlkioWeight);
        body.AddNumber("CpuPeriod", options.CpuPeriod);
        body.AddNumber("CpuQuota", options.CpuQuota);
        body.AddNumber("CpuRealtimePeriod", options.CpuRealtimePeriod);
        body.AddNumber("CpuRealtimeRuntime", options.CpuRealtimeRuntime);
        body.AddNumber("CpuShares", options.CpuShares);
        body.AddNumber("NanoCpus", options.NanoCpus);
        body.AddText("CpusetCpus", options.CpusetCpus);
        body.AddText("CpusetMems", options.CpusetMems);
        body.AddNumber("KernelMemory", options.KernelMemory);
        body.AddNumber("Memory", options.Memory);
        body.AddNumber("MemoryReservation", options.MemoryReservation);
        body.AddNumber("MemorySwap", options.MemorySwap);
        body.AddNumber("PidsLimit", options.PidsLimit);
        if (options.Restart is not null)
        {
            body["RestartPolicy"] = RestartFlag.Parse(options.Restart);
        }

        if (body.Count == 0)
        {
            throw new ClientException("you must provide one or more flags when using this command");
        }

        return context.ForEach(arguments, name =>
        {
            using JsonDocument answer = context.Engine.PostJson($"/containers/{Segment(name)}/update", body);
            Say(context, name);
            foreach (string warning in answer.RootElement.Member("Warnings").Texts())
            {
                context.Complain(warning);
            }
        });
    }

    private static int StopOrRestart(ClientContext context, string verb, StopOptions options, List<string> arguments) => context.ForEach(arguments, name =>
    {
        QueryString query = new QueryString($"/containers/{Segment(name)}/{verb}").Add("signal", options.Signal).Add("t", options.Timeout?.ToString(CultureInfo.InvariantCulture));
        context.Engine.Post(query.ToString());
        Say(context, name);
    });

    private static int Simple(ClientContext context, string verb, List<string> arguments) => context.ForEach(arguments, name =>
    {
        context.Engine.Post($"/containers/{Segment(name)}/{verb}");
        Say(context, name);
    });

    private static IEnumerable<string> Addresses(JsonElement bindings) =>
        bindings.Items().Select(binding => binding.Text("HostIp") is var ip && ip.Contains(':') ? $"[{ip}]:{binding.Text("HostPort")}" : $"{ip}:{binding.Text("HostPort")}");

    private static int PortNumber(string port) =>
        int.TryParse(port.AsSpan(0, Math.Max(0, port.IndexOf('/'))), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static string Segment(string name) => QueryString.Segment(name);

    /// <summary>A name that was dealt with, at once: the next may take long.</summary>
    private static void Say(ClientContext context, string line)
    {
        context.Out.WriteLine(line);
        context.Out.Flush();
    }
}
