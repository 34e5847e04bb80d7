namespace Rtd.Tests.Unit.Client;

/// <summary>What a shell is offered at a place in a command line.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("ru|", "run")]
    [InlineData("conta|", "container")]
    [InlineData("volume |", "create inspect list ls prune remove rm")]
    [InlineData("rm --f|", "--force")]
    [InlineData("container logs --t|", "--tail --timestamps")]
    [InlineData("--con|", "--config --context")]
    [InlineData("stop w|", "web worker")]
    [InlineData("-H x:/y stop we|", "web")]
    [InlineData("stop web wo|", "worker")]
    [InlineData("exec |", "web worker")]
    [InlineData("exec web |", "")]
    [InlineData("run -d busy|", "busybox:1 busybox:latest")]
    [InlineData("run busybox --r|", "")]
    [InlineData("run --network |", "back bridge")]
    [InlineData("run --name |", "")]
    [InlineData("network connect b|", "back bridge")]
    [InlineData("network connect back w|", "web worker")]
    [InlineData("volume rm |", "data")]
    [InlineData("tag |", "busybox:1 busybox:latest")]
    [InlineData("cp w|", "web: worker:")]
    [InlineData("builder |", "build prune")]
    [InlineData("build --sec|", "--secret --security-opt")]
    [InlineData("build --network |", "back bridge")]
    [InlineData("completion |", "bash zsh fish")]
    [InlineData("nonsense |", "")]
    public void Candidates(string line, string expected)
    {
        using ScriptedDaemon daemon = new(request => ScriptedDaemon.Json(request.Path.Split('/')[2].Split('?')[0] switch
        {
            "containers" => """[{"Names":["/worker"]},{"Names":["/web"]}]""",
            "images" => """[{"RepoTags":["busybox:latest","busybox:1"]},{"RepoTags":null}]""",
            "networks" => """[{"Name":"bridge"},{"Name":"back"}]""",
            _ => """{"Volumes":[{"Name":"data"}]}""",
        }));
        string[] words = line.TrimEnd('|').Split(' ');

        ClientRun run = ClientRun.Against(daemon, ["__complete", "--", .. words]);

        Assert.Equal(new ClientRun(0, expected.Length == 0 ? "" : expected.Replace(' ', '\n') + "\n", ""), run);
    }

    [Fact]
    public void Silent_daemon_offers_nothing() =>
        Assert.Equal(new ClientRun(0, "", ""), ClientRun.Of("-H", "unix:///nonexistent", "__complete", "--", "stop", ""));

    [Theory]
    [InlineData("bash", "complete -o default -F _rtctl rtctl")]
    [InlineData("zsh", "#compdef rtctl")]
    public void Scripts(string shell, string part) => Assert.Contains(part, ClientRun.Of("completion", shell).Output, StringComparison.Ordinal);

    [Fact]
    public void Other_shells_are_refused() => Assert.Equal(new ClientRun(1, "", "no completion for tcsh: bash, zsh and fish are supported\n"), ClientRun.Of("completion", "tcsh"));
}
