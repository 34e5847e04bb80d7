using System.Text.Json.Nodes;
using Xunit;

namespace Rtd.Tests.Unit.Client;

internal static class CreateRequest
{
    /// <summary>The body that create sends for these words.</summary>
    public static JsonObject From(params string[] args)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"Id":"abc","Warnings":[]}""", 201));
        ClientRun run = ClientRun.Against(daemon, ["create", .. args]);

        Assert.Equal(new ClientRun(0, "abc\n", ""), run);
        return (JsonObject)JsonNode.Parse(daemon.Requests.Single().BodyText)!;
    }

    /// <summary>What create says when it refuses these words before asking the daemon.</summary>
    public static string Refusal(params string[] args)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"Id":"abc","Warnings":[]}""", 201));
        ClientRun run = ClientRun.Against(daemon, ["create", .. args]);

        Assert.Equal(125, run.ExitCode);
        Assert.Empty(daemon.Requests);
        Assert.EndsWith("\n\nRun 'rtctl create --help' for more information\n", run.Error);
        Assert.StartsWith("rtctl: ", run.Error);
        return run.Error["rtctl: ".Length..].Split("\n\n")[0];
    }
}
