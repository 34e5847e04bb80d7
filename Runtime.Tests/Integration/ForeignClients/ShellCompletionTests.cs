using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.ForeignClients;

/// <summary>The scripts of <c>rtctl completion</c> in the shells they are for.</summary>
public sealed class ShellCompletionTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>Calls the function as readline does.</summary>
    private const string Bash = """
        source <("$1" completion bash)
        COMP_LINE="$1 $2"
        COMP_POINT=${#COMP_LINE}
        _rtctl
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    /// <summary>Calls the function as zsh's line editor does, with what would add a candidate printing it.</summary>
    private const string Zsh = """
        compdef() { :; }
        source <("$1" completion zsh)
        compadd() { print -rl -- "${(@)@[4,-1]}"; }
        words=("$1" "${(@s: :)2}")
        CURRENT=${#words}
        _rtctl
        """;

    [ProgramFact("bash")]
    public async Task In_bash()
    {
        await StartAsync("exec sleep 1000", "--name", "complete-me");
        (await DockerAsync("tag", "busybox", "registry.example:5000/shop:1")).Exits(0);

        Assert.Equal(["start", "stats", "stop"], await CompleteAsync("bash", Bash, "st"));
        Assert.Equal(["complete-me"], await CompleteAsync("bash", Bash, "stop comp"));
        Assert.Equal(["--tail", "--timestamps"], await CompleteAsync("bash", Bash, "logs --t"));
        Assert.Equal(["5000/shop:1"], await CompleteAsync("bash", Bash, "run registry.example:50"));
    }

    [ProgramFact("zsh")]
    public async Task In_zsh()
    {
        await StartAsync("exec sleep 1000", "--name", "complete-me");

        Assert.Equal(["start", "stats", "stop"], await CompleteAsync("zsh", Zsh, "st"));
        Assert.Equal(["complete-me"], await CompleteAsync("zsh", Zsh, "stop comp"));
        Assert.Equal(["complete-me:"], await CompleteAsync("zsh", Zsh, "cp comp"));
    }

    private async Task<IReadOnlyList<string>> CompleteAsync(string shell, string script, string line)
    {
        IReadOnlyList<string> rtctl = Clients.CommandLine(Cli.Rtctl);
        CommandResult result = await Command.RunAsync([.. rtctl.SkipLast(1), shell, "-c", script, shell, rtctl[^1], line], environment: Clients.Environment);
        return result.Exits(0).Lines;
    }
}
