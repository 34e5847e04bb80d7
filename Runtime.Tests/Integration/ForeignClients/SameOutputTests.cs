using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.ForeignClients;

/// <summary>Everyday commands of the official docker command, and rtctl beside it: what they print is the same to the letter.</summary>
public sealed class SameOutputTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private static readonly string[] s_commands =
    [
        "ps -a --no-trunc",
        "ps --filter name=everyday --format {{.Names}}|{{.Image}}|{{.Ports}}|{{.State}}",
        "ps -q --filter label=kind=everyday",
        "images",
        "images --format {{.Repository}}:{{.Tag}}",
        "image ls -q --no-trunc",
        "history busybox --format {{.Size}}",
        "inspect everyday",
        "inspect --format {{json .Config}} everyday",
        "inspect --size --format {{.Name}} everyday",
        "container inspect everyday",
        "image inspect busybox",
        "network inspect bridge --format {{.Driver}}",
        "volume inspect everyday-data",
        "logs everyday",
        "logs --tail 1 everyday",
        "top everyday -ef --nonsense",
        "port everyday",
        "port everyday 80",
        "diff everyday",
        "network ls --no-trunc",
        "network ls --filter driver=bridge --format {{.Name}}",
        "volume ls",
        "volume ls -q",
        "system df --format {{.Type}} {{.TotalCount}}",
        "info --format {{.Driver}} {{.OSType}} {{.Containers}}",
        "version --format {{.Server.APIVersion}}",
        "events --since 1h --until 0s --filter container=everyday --format {{.Type}} {{.Action}}",
        "stats --no-stream --format {{.Container}}|{{.Name}} everyday",
        "cp everyday:/made -",
        "cp everyday:/nothing -",
        "cp a b",
        "cp everyday:/x everyday:/y",
        "exec everyday echo hello",
        "exec everyday sh -c exit\u00a04",
        "wait gone",
        "inspect gone",
        "rm gone",
        "stop gone",
        "rmi gone",
        "rmi busybox",
        "network rm bridge",
        "volume rm everyday-data",
        "volume rm gone",
        "rename everyday everyday",
        "update --memory 1 everyday",
        "start everyday",
        "unpause everyday",
    ];

    [RootFact]
    public async Task Everyday_commands_print_the_same()
    {
        await StartAsync("echo one; echo two; touch /made; exec sleep 1000", "--name", "everyday", "-l", "kind=everyday", "-p", "8095:80", "-v", "everyday-data:/data", "--memory", "64m");
        await Eventually.HoldsAsync("it has made its file", async () => (await DockerAsync("diff", "everyday")).Stdout.Contains("/made", StringComparison.Ordinal));
        // --until is sent in whole seconds: what happened in the second that has begun is no part of the answer yet.
        await Eventually.HoldsAsync("its start is in a second that is over", async () => (await DockerAsync("events", "--since", "1h", "--until", "0s", "--filter", "container=everyday")).Stdout.Contains("container start", StringComparison.Ordinal));
        List<string> differences = [];
        foreach (string command in s_commands)
        {
            string[] words = [.. command.Split(' ').Select(word => word.Replace('\u00a0', ' '))];
            string? difference = await DifferenceAsync(Joined(words));
            // Ages are in whole seconds: two clients may look at both sides of one.
            difference = difference is null ? null : await DifferenceAsync(Joined(words));
            if (difference is not null)
            {
                differences.Add($"{command}\n{difference}");
            }
        }

        (await DockerAsync("rm", "-fv", "everyday")).Exits(0);
        (await DockerAsync("volume", "rm", "everyday-data")).Exits(0);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private async Task<string?> DifferenceAsync(string[] words)
    {
        CommandResult docker = await Clients.RunAsync(Cli.Docker, words);
        CommandResult own = await Clients.RunAsync(Cli.Rtctl, words);
        return docker.Stdout == own.Stdout && docker.ExitCode == own.ExitCode && Message(docker) == Message(own)
            ? null
            : $"  docker: {docker.ExitCode} {docker.Stdout}{docker.Stderr}  rtctl: {own.ExitCode} {own.Stdout}{own.Stderr}";
    }

    /// <summary>A template with blanks in it is one word again: the rest of a line that begins after --format with braces.</summary>
    private static string[] Joined(string[] words)
    {
        int format = Array.IndexOf(words, "--format");
        int last = Array.FindLastIndex(words, word => word.EndsWith("}}", StringComparison.Ordinal));
        return format < 0 || last < format + 2 ? words : [.. words[..(format + 1)], string.Join(' ', words[(format + 1)..(last + 1)]), .. words[(last + 1)..]];
    }

    /// <summary>The programs' own names and pointers to their help aside.</summary>
    private static string Message(CommandResult result) => result.Stderr.Split("\n\n")[0].Replace("docker", "rtctl", StringComparison.Ordinal).Trim();
}
