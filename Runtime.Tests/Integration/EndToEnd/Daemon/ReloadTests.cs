using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.ForeignClients;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>What a running daemon is told by signals, and what it tells: SIGHUP, SIGUSR1, its log, its metrics.</summary>
public sealed class ReloadTests(ITestOutputHelper output) : OwnDaemonTest(output)
{
    [RootFact]
    public async Task Sighup_changes_what_can_be_changed_and_says_so_in_an_event()
    {
        await WriteConfigAsync("""{"labels": ["a=1"], "mtu": 1400}""");
        await Daemon.StartAsync();
        await Clients.ImportBusyboxAsync();

        await WriteConfigAsync("""
            {"labels": ["a=2", "b=3"], "mtu": 1300, "debug": true, "insecure-registries": ["reg.example:5000"], "shutdown-timeout": 7, "max-concurrent-uploads": 9,
             "log-driver": "local", "log-opts": {"max-size": "5m"}}
            """);
        await SignalAsync(Libc.SIGHUP, "count from the next start on: mtu");

        JToken info = JToken.Parse((await Clients.RunAsync(Cli.Docker, "info", "--format", "{{json .}}")).Exits(0).Line);
        Assert.Equal(["a=2", "b=3"], info["Labels"]!.Values<string>());
        Assert.True((bool)info["Debug"]!);
        Assert.Equal("local", (string?)info["LoggingDriver"]);
        Assert.NotNull(info["RegistryConfig"]!["IndexConfigs"]!["reg.example:5000"]);
        JToken happened = JToken.Parse((await Clients.RunAsync(Cli.Docker, "events", "--since", "1", "--until", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1}", "--filter", "event=reload", "--format", "{{json .}}")).Exits(0).Line);
        Assert.Equal("daemon", (string?)happened["Type"]);
        JToken attributes = happened["Actor"]!["Attributes"]!;
        Assert.Equal("[\"a=2\",\"b=3\"]", (string?)attributes["labels"]);
        Assert.Equal(("true", "7", "9", "[\"reg.example:5000\"]"), ((string?)attributes["debug"], (string?)attributes["shutdown-timeout"], (string?)attributes["max-concurrent-uploads"], (string?)attributes["insecure-registries"]));
        string id = (await Clients.RunAsync(Cli.Docker, "run", "-d", "busybox", "echo", "kept")).Exits(0).Line;
        (await Clients.RunAsync(Cli.Docker, "wait", id)).Exits(0);
        Assert.Equal("local map[max-size:5m]", (await Clients.RunAsync(Cli.Docker, "inspect", "-f", "{{.HostConfig.LogConfig.Type}} {{.HostConfig.LogConfig.Config}}", id)).Exits(0).Line);
        Assert.Equal("kept\n", (await Clients.RunAsync(Cli.Docker, "logs", id)).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData("""{"labels": ["a=2"], "no-such-key": 1}""", "don't match any configuration option: no-such-key")]
    [InlineData("""{"labels": ["a=2"], "log-driver": "nonsense"}""", "no log driver named 'nonsense' is registered")]
    [InlineData("""{"labels": ["a=2"], "authorization-plugins": ["nonsense"]}""", "validating authorization plugin: plugin \"nonsense\" not found")]
    [InlineData("""{"labels": """, "invalid JSON")]
    public async Task File_that_is_wrong_changes_nothing(string config, string message)
    {
        await WriteConfigAsync("""{"labels": ["a=1"]}""");
        await Daemon.StartAsync();

        await WriteConfigAsync(config);
        await SignalAsync(Libc.SIGHUP, "configuration not reloaded");

        Assert.Contains(message, Daemon.Log, StringComparison.Ordinal);
        Assert.Equal("[\"a=1\"]", (await Clients.RunAsync(Cli.Docker, "info", "--format", "{{json .Labels}}")).Exits(0).Line);
    }

    [ProgramFact("runc")]
    public async Task Sighup_takes_new_runtimes_and_another_default()
    {
        await Daemon.StartAsync();
        await Clients.ImportBusyboxAsync();
        (await Clients.RunAsync(Cli.Docker, "create", "--name", "before", "busybox", "true")).Exits(0);

        await WriteConfigAsync("""{"runtimes": {"other": {"path": "runc"}}, "default-runtime": "other", "live-restore": true}""");
        await SignalAsync(Libc.SIGHUP, "configuration reloaded");

        (await Clients.RunAsync(Cli.Docker, "run", "--name", "after", "busybox", "true")).Exits(0);
        (await Clients.RunAsync(Cli.Docker, "start", "-a", "before")).Exits(0);
        Assert.Equal(["other", "rtd"], (await Clients.RunAsync(Cli.Docker, "inspect", "-f", "{{.HostConfig.Runtime}}", "after", "before")).Exits(0).Lines);
        Assert.Equal("other", (await Clients.RunAsync(Cli.Docker, "info", "-f", "{{.DefaultRuntime}}")).Exits(0).Line);
        JToken attributes = JToken.Parse((await Clients.RunAsync(Cli.Docker, "events", "--since", "1", "--until", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1}", "--filter", "event=reload", "--format", "{{json .Actor.Attributes}}")).Exits(0).Line);
        Assert.Equal(("true", "other"), ((string?)attributes["live-restore"], (string?)attributes["default-runtime"]));
        Assert.StartsWith("other:/", (string?)attributes["runtimes"], StringComparison.Ordinal);
        (await Clients.RunAsync(Cli.Docker, "rm", "before", "after")).Exits(0);
    }

    [RootTheory]
    [InlineData("""{"log-driver": "nonsense"}""", "logger: no log driver named 'nonsense' is registered")]
    [InlineData("""{"seccomp-profile": "/no/such/file"}""", "opening seccomp profile (/no/such/file) failed")]
    [InlineData("""{"tls": true, "tlscert": "/no/cert", "tlskey": "/no/key"}""", "could not load X509 key pair")]
    [InlineData("""{"log-opts": {"foo": "bar"}}""", "unknown log opt 'foo' for json-file log driver")]
    [InlineData("""{"userns-remap": "no-such-user"}""", "error during uid lookup for \"no-such-user\": no such user")]
    [InlineData("""{"group": "no-such-group"}""", "group no-such-group not found")]
    public async Task Validate_finds_what_a_start_would(string config, string message)
    {
        await WriteConfigAsync(config);

        (await Daemon.RefuseAsync("--validate")).Exits(1).Says("unable to configure the rtd daemon with file").Says(message);
        (await Daemon.RefuseAsync()).Exits(1).Says(message);
    }

    [RootFact]
    public async Task Validate_of_a_good_file_starts_nothing()
    {
        await WriteConfigAsync("""{"debug": true}""");

        Assert.Equal("configuration OK\n", (await Daemon.RefuseAsync("--validate")).Exits(0).Stdout);
        Assert.False(Directory.Exists(Daemon.DataRoot));
    }

    [RootFact]
    public async Task Usr1_writes_what_the_daemon_is_doing()
    {
        await Daemon.StartAsync();
        await Clients.ImportBusyboxAsync();
        string id = (await Clients.RunAsync(Cli.Docker, "run", "-d", "--name", "busy", "busybox", "sleep", "1000")).Exits(0).Line;
        using EngineApi api = new(Daemon.Socket);
        Task<HttpResponseMessage> waiting = api.PostAsync($"/containers/{id}/wait");
        string text = "";
        await Eventually.HoldsAsync("the dump shows the request", async () =>
        {
            await SignalAsync(Libc.SIGUSR1, "state of the daemon written to");
            text = await File.ReadAllTextAsync(Dumps().Last());
            return text.Contains($"POST /containers/{id}/wait: for ", StringComparison.Ordinal);
        });

        Assert.Matches($"{id[..12]} busy Running pid [0-9]+: queue free", text);
        Assert.Contains("thread pool: ", text, StringComparison.Ordinal);

        // Whichever state the first thread was in at that moment.
        Assert.Matches($@"(?m)^  {Daemon.Pid} \S+ [A-Z] ", text);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Dumps().Last()));
        (await Clients.RunAsync(Cli.Docker, "rm", "-f", "busy")).Exits(0);
        (await waiting).Dispose();
    }

    [RootFact]
    public async Task Debug_endpoints_are_there_while_debug_is_on()
    {
        await WriteConfigAsync("{}");
        await Daemon.StartAsync();
        using EngineApi api = new(Daemon.Socket);
        using (HttpResponseMessage off = await api.GetAsync("/debug/state"))
        {
            Assert.Equal("page not found", await EngineApi.ErrorAsync(off, 404));
        }

        await WriteConfigAsync("""{"debug": true}""");
        await SignalAsync(Libc.SIGHUP, "configuration reloaded");

        using HttpResponseMessage state = await api.GetAsync("/debug/state");
        Assert.Contains("GET /debug/state: for ", await state.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True((long)(await api.GetJsonAsync("/debug/vars"))["memory"]!["heap_bytes"]! > 0);
        using HttpResponseMessage profile = await api.GetAsync("/debug/pprof/heap");
        Assert.Contains("not available in rtd", await EngineApi.ErrorAsync(profile, 501), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Log_in_json_has_one_object_a_line_and_no_secrets()
    {
        await Daemon.StartAsync("--log-format", "json", "--debug");
        await Clients.ImportBusyboxAsync();
        using EngineApi api = new(Daemon.Socket);
        using HttpRequestMessage pull = new(HttpMethod.Post, "/images/create?fromImage=127.0.0.1:1/x&tag=y");
        pull.Headers.Add("X-Registry-Auth", Convert.ToBase64String("""{"username":"u","password":"s3cret-of-registry"}"""u8));
        using HttpResponseMessage pulled = await api.SendAsync(pull);
        await pulled.Content.ReadAsStringAsync();
        using HttpResponseMessage built = await api.PostAsync("/build?buildargs=%7B%22TOKEN%22%3A%22s3cret-of-build%22%7D&remote=https%3A%2F%2Fu%3As3cret-of-url%40git.example%2Fx");
        (await Clients.RunAsync(Cli.Docker, "run", "--rm", "-e", "TOKEN=s3cret-of-env", "busybox", "true")).Exits(0);

        foreach (string line in Daemon.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            JObject entry = JObject.Parse(line);
            Assert.All((string[])["time", "level", "logger", "msg"], key => Assert.NotNull(entry[key]));
        }

        Assert.Contains("\"id\":", Daemon.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", Daemon.Log, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Metrics_are_served_in_the_format_of_prometheus()
    {
        await Daemon.StartAsync("--metrics-addr", "127.0.0.1:9323");
        await Clients.ImportBusyboxAsync();
        (await Clients.RunAsync(Cli.Docker, "run", "--rm", "busybox", "true")).Exits(0);
        (await Clients.RunAsync(Cli.Docker, "run", "-d", "--name", "sick", "--health-cmd", "false", "--health-interval", "100ms", "busybox", "sleep", "1000")).Exits(0);

        string text = "";
        await Eventually.HoldsAsync("a failed health check is counted", async () =>
        {
            text = (await Host.RunAsync("busybox", "wget", "-qO-", "http://127.0.0.1:9323/metrics")).Exits(0).Stdout;
            return Value(text, "engine_daemon_health_checks_failed_total") > 0;
        });

        Assert.True(Value(text, "engine_daemon_health_checks_total") > 0);
        Assert.Equal(2, Value(text, "engine_daemon_container_actions_seconds_count{action=\"create\"}"));
        Assert.Equal(2, Value(text, "engine_daemon_container_actions_seconds_bucket{action=\"start\",le=\"+Inf\"}"));
        Assert.Equal(1, Value(text, "engine_daemon_container_states_containers{state=\"running\"}"));
        Assert.Equal(Environment.ProcessorCount, Value(text, "engine_daemon_engine_cpus_cpus"));
        Assert.True(Value(text, "engine_daemon_events_total") > 5);
        Assert.True(Value(text, "process_resident_memory_bytes") > 1 << 20);
        Assert.Contains("engine_daemon_engine_info{architecture=\"", text, StringComparison.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Matches(@"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+=""[^""]*""(,[a-z_]+=""[^""]*"")*\})? (\+Inf|[0-9.E+-]+))$", line);
        }

        (await Clients.RunAsync(Cli.Docker, "rm", "-f", "sick")).Exits(0);
    }

    /// <summary>A build that fails does so in a stream that began with 200.</summary>
    [RootFact]
    public async Task Builds_that_fail_are_counted_wherever_they_fail()
    {
        await Daemon.StartAsync("--metrics-addr", "127.0.0.1:9324");
        await Clients.ImportBusyboxAsync();
        string context = Directory.CreateDirectory(Path.Combine(Host.Root, "context")).FullName;
        foreach (string dockerfile in (string[])["FROM busybox\nLABEL a=b", "FROM busybox\nCOPY missing /", "FROM busybox\nRUN false", "NONSENSE"])
        {
            await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), dockerfile);
            await Clients.RunAsync(Cli.Docker, "build", "--force-rm", context);
        }

        string text = (await Host.RunAsync("busybox", "wget", "-qO-", "http://127.0.0.1:9324/metrics")).Exits(0).Stdout;

        Assert.Equal(4, Value(text, "builder_builds_triggered_total"));
        Assert.Equal(3, Value(text, "builder_builds_failed_total"));
    }

    private static double Value(string text, string series) =>
        double.Parse(text.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal))[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private string[] Dumps() => [.. Directory.GetFiles(Daemon.ExecRoot, "state-*.txt").Order(StringComparer.Ordinal)];

    private Task WriteConfigAsync(string text) => File.WriteAllTextAsync(Daemon.ConfigFile, text);

    private async Task SignalAsync(int signal, string answer)
    {
        int before = Daemon.Log.Length;
        _ = Libc.kill(Daemon.Pid, signal);
        await Eventually.HoldsAsync(answer, () => Daemon.Log[before..].Contains(answer, StringComparison.Ordinal));
    }
}
