using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Containers;

/// <summary><c>run</c> by both clients: output, input and exit codes.</summary>
public sealed class RunTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Says_hello(Cli cli)
    {
        CommandResult result = (await Clients.RunAsync(cli, "run", "--rm", "busybox", "echo", "hello")).Exits(0);

        Assert.Equal("hello\n", result.Stdout);
        Assert.Equal("", result.Stderr);
    }
}
