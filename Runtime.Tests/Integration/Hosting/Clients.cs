namespace Rtd.Tests.Integration.Hosting;

/// <summary>The command line clients, run inside the test host against its daemon.</summary>
internal sealed class Clients(TestDaemon daemon)
{
    public async Task<CommandResult> RunAsync(Cli cli, params string[] arguments) =>
        await Command.RunAsync(CommandLine(cli, arguments), environment: Environment);

    public async Task<CommandResult> RunWithInputAsync(Cli cli, string input, params string[] arguments) =>
        await Command.RunAsync(CommandLine(cli, arguments), input, Environment);

    /// <summary>Runs the client on a terminal of its own.</summary>
    public Terminal OpenTerminal(Cli cli, params string[] arguments) => new(CommandLine(cli, arguments), Environment);

    public IReadOnlyList<string> CommandLine(Cli cli, params string[] arguments) =>
        [.. daemon.Host.Inside(cli == Cli.Rtctl ? Tree.Rtctl : "docker"), .. arguments];

    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOCKER_HOST"] = $"unix://{daemon.Socket}",
        ["RTD_HOST"] = $"unix://{daemon.Socket}",
        ["DOCKER_CONFIG"] = Path.Combine(daemon.Host.Root, "docker"),
        ["DOCKER_CLI_HINTS"] = "false",
        ["DOCKER_BUILDKIT"] = "0",
        ["HOME"] = daemon.Host.Root,
        ["TERM"] = "xterm",
    };

    public async Task ImportBusyboxAsync() =>
        (await RunAsync(Cli.Docker, "import", "-c", "CMD [\"sh\"]", await BusyboxImage.ArchiveAsync(), "busybox")).Exits(0);
}
