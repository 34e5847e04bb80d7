using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.ForeignClients;

/// <summary>Libraries of others, unchanged, at their ordinary work: the scripts are in <c>Scripts</c>.</summary>
public sealed class SdkTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string NodeModules = "obj/node/node_modules";

    /// <summary>Debian's python, since it is Debian's library.</summary>
    [ProgramFact("python3", "/usr/lib/python3/dist-packages/docker")]
    public Task Python_docker() => RunAsync(["/usr/bin/python3"], "sdk.py");

    [ProgramFact("node", NodeModules + "/dockerode")]
    public Task Dockerode() => RunAsync(["node"], "dockerode.js");

    [ProgramFact("node", NodeModules + "/testcontainers")]
    public Task Testcontainers() => RunAsync(["node"], "testcontainers.js");

    private async Task RunAsync(string[] interpreter, string script)
    {
        Dictionary<string, string> environment = new(Clients.Environment)
        {
            ["NODE_PATH"] = Path.Combine(Tree.Top, NodeModules),
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            // Its reaper is an image of the hub's; the tests have no way out.
            ["TESTCONTAINERS_RYUK_DISABLED"] = "true",
        };
        string path = Path.Combine(Tree.Top, "Runtime.Tests", "Integration", "ForeignClients", "Scripts", script);

        CommandResult result = await Command.RunAsync(Host.Inside([.. interpreter, path]), environment: environment, patience: TimeSpan.FromSeconds(180));

        Assert.Equal("done", result.Exits(0).Lines[^1]);
    }
}
