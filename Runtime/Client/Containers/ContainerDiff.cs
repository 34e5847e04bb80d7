using System.Text.Json;
using Rtd.Client.CommandLine;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>Shows what a container changed in its file system: a letter and a path on each line.</summary>
internal static class ContainerDiff
{
    private const int Changed = 0, Added = 1, Deleted = 2;

    public static int Run(ClientContext context, NoOptions options, List<string> arguments)
    {
        if (arguments[0].Length == 0)
        {
            throw new ClientException("Container name cannot be empty");
        }

        using JsonDocument changes = context.Engine.GetJson($"/containers/{QueryString.Segment(arguments[0])}/changes");
        foreach (JsonElement change in changes.RootElement.Items())
        {
            context.Out.WriteLine($"{Letter(change.Number("Kind"))} {change.Text("Path")}");
        }

        return 0;
    }

    private static string Letter(long kind) => kind switch
    {
        Changed => "C",
        Added => "A",
        Deleted => "D",
        _ => "",
    };
}
