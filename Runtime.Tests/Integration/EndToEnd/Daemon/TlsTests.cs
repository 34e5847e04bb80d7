using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>The API over TLS: who gets in, what goes through, and new certificates without a restart.</summary>
public sealed class TlsTests(ITestOutputHelper output) : OwnDaemonTest(output)
{
    private const string Address = "tcp://127.0.0.1:2376";

    private Certificates? _certificates;

    private Certificates Certificates => _certificates!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _certificates = Certificates.Make(Path.Combine(Host.Root, "tls"));
    }

    [RootTheory]
    [InlineData(Cli.Docker)]
    [InlineData(Cli.Rtctl)]
    public async Task Everything_goes_through_also_hijacked_streams(Cli cli)
    {
        await Daemon.StartAsync([.. Certificates.ServerFlags(), "-H", Address]);
        await Clients.ImportBusyboxAsync();

        Assert.Equal("out\n", (await RunAsync(cli, "run", "--rm", "busybox", "echo", "out")).Exits(0).Stdout);
        string line = new('x', 1000);
        string input = string.Concat(Enumerable.Repeat(line + "\n", 2000));
        Assert.Equal(input, (await RunWithInputAsync(cli, input, "run", "--rm", "-i", "busybox", "cat")).Exits(0).Stdout);
        (await RunAsync(cli, "run", "-d", "--name", "cc", "busybox", "sleep", "1000")).Exits(0);
        Assert.Equal("2000\n", (await RunWithInputAsync(cli, input, "exec", "-i", "cc", "sh", "-c", "wc -l")).Exits(0).Stdout);
        CommandResult both = (await RunAsync(cli, "exec", "cc", "sh", "-c", "echo out; echo err >&2; exit 3")).Exits(3);
        Assert.Equal(("out\n", "err\n"), (both.Stdout, both.Stderr));
        (await RunAsync(cli, "rm", "-f", "cc")).Exits(0);
    }

    [RootTheory]
    [InlineData(Cli.Docker)]
    [InlineData(Cli.Rtctl)]
    public async Task Settings_of_the_environment_are_taken(Cli cli)
    {
        await Daemon.StartAsync([.. Certificates.ServerFlags(), "-H", Address]);

        CommandResult result = await Command.RunAsync(Clients.CommandLine(cli, "-H", Address, "version"), environment: new Dictionary<string, string>
        {
            ["DOCKER_TLS_VERIFY"] = "1",
            ["DOCKER_CERT_PATH"] = Certificates.Directory,
            ["HOME"] = Host.Root,
        });

        result.Exits(0);
    }

    [RootTheory]
    [InlineData(Cli.Docker)]
    [InlineData(Cli.Rtctl)]
    public async Task Only_the_certificates_of_the_authority_are_let_in(Cli cli)
    {
        await Daemon.StartAsync([.. Certificates.ServerFlags(), "-H", Address]);
        Certificates others = Certificates.Make(Path.Combine(Host.Root, "others"));
        Clients clients = new(Daemon);

        (await clients.RunAsync(cli, "-H", Address, "--tls", "--tlscacert", Certificates.Authority, "version")).Exits(1).Says("error during connect");
        (await clients.RunAsync(cli, "-H", Address, "--tlsverify", "--tlscacert", Certificates.Authority, "--tlscert", Path.Combine(others.Directory, "cert.pem"),
            "--tlskey", Path.Combine(others.Directory, "key.pem"), "version")).Exits(1).Says("error during connect");
        (await clients.RunAsync(cli, others.ClientFlags(Address).Append("version").ToArray())).Exits(1).Says("tls: failed to verify certificate");
        (await clients.RunAsync(cli, "-H", Address, "version")).Exits(1).Says("Client sent an HTTP request to an HTTPS server.");
        (await RunAsync(cli, "version")).Exits(0);
    }

    [RootFact]
    public async Task Without_verification_any_client_is_let_in()
    {
        await Daemon.StartAsync([.. Certificates.ServerFlags(verify: false), "-H", Address]);

        foreach (Cli cli in (Cli[])[Cli.Docker, Cli.Rtctl])
        {
            (await Clients.RunAsync(cli, "-H", Address, "--tls", "--tlscacert", Certificates.Authority, "version")).Exits(0);
        }
    }

    [RootFact]
    public async Task Sighup_takes_new_certificates_and_refuses_broken_ones()
    {
        await Daemon.StartAsync([.. Certificates.ServerFlags(), "-H", Address]);
        Certificates kept = Certificates.Make(Path.Combine(Host.Root, "kept"));
        foreach (string file in System.IO.Directory.GetFiles(Certificates.Directory))
        {
            File.Copy(file, Path.Combine(kept.Directory, Path.GetFileName(file)), overwrite: true);
        }

        _certificates = Certificates.Make(Certificates.Directory, "another");
        await ReloadAsync("configuration reloaded");
        (await Clients.RunAsync(Cli.Docker, kept.ClientFlags(Address).Append("version").ToArray())).Exits(1).Says("tls");
        (await RunAsync(Cli.Docker, "version")).Exits(0);

        await File.WriteAllTextAsync(Path.Combine(Certificates.Directory, "server.pem"), "no certificate");
        await ReloadAsync("configuration not reloaded: could not load X509 key pair");
        (await RunAsync(Cli.Rtctl, "version")).Exits(0);
    }

    [RootFact]
    public async Task Files_that_are_none_are_refused_at_the_start()
    {
        await File.WriteAllTextAsync(Daemon.ConfigFile, "{}");

        string missing = Path.Combine(Certificates.Directory, "no-such.pem");
        (await Daemon.RefuseAsync("--tls", "--tlscert", missing, "--tlskey", missing)).Exits(1).Says("could not load X509 key pair").Says(missing);
        (await Daemon.RefuseAsync([.. Certificates.ServerFlags()[..5], "--tlscacert", missing])).Exits(1).Says($"could not read CA certificate \"{missing}\"");
    }

    private async Task ReloadAsync(string answer)
    {
        int before = Daemon.Log.Length;
        _ = Libc.kill(Daemon.Pid, Libc.SIGHUP);
        await Eventually.HoldsAsync(answer, () => Daemon.Log[before..].Contains(answer, StringComparison.Ordinal));
    }

    private Task<CommandResult> RunAsync(Cli cli, params string[] arguments) => Clients.RunAsync(cli, [.. Certificates.ClientFlags(Address), .. arguments]);

    private Task<CommandResult> RunWithInputAsync(Cli cli, string input, params string[] arguments) =>
        Clients.RunWithInputAsync(cli, input, [.. Certificates.ClientFlags(Address), .. arguments]);
}
