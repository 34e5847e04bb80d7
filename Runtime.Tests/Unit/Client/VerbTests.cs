using Xunit;

namespace Rtd.Tests.Unit.Client;

/// <summary>Whole verbs against a scripted daemon: what is asked, what is shown.</summary>
public sealed class VerbTests
{
    private const string Container = """
        [{"Id":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","Names":["/web"],"Image":"busybox","ImageID":"sha256:ff","Command":"sleep 100000000000000000000",
          "Created":1,"Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}],"Labels":{"b":"2","a":"1"},"State":"running","Status":"Up 5 minutes","Mounts":[],
          "NetworkSettings":{"Networks":{"bridge":{}}},"SizeRw":5}]
        """;

    [Fact]
    public void Ps_shows_a_table()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json(Container));
        string years = Rtd.Client.Formatting.HumanDuration.Of(DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(1));

        ClientRun run = ClientRun.Against(daemon, "ps");

        string created = (years + " ago").PadRight(15);
        Assert.Equal(
            $"CONTAINER ID   IMAGE     COMMAND                  {"CREATED".PadRight(created.Length)}STATUS         PORTS                  NAMES\n"
            + $"0123456789ab   busybox   \"sleep 1000000000000…\"   {created}Up 5 minutes   0.0.0.0:8080->80/tcp   web\n",
            run.Output);
        Assert.Equal("/v1.51/containers/json", daemon.Requests.Single().Path);
    }

    [Theory]
    [InlineData("0123456789ab\n", "/v1.51/containers/json?all=1", "-aq")]
    [InlineData("web|1|a=1,b=2|bridge\n", "/v1.51/containers/json", "--format", "{{.Names}}|{{.Label \"a\"}}|{{.Labels}}|{{.Networks}}")]
    [InlineData("5B\n", "/v1.51/containers/json?size=1", "--format", "{{.Size}}")]
    [InlineData("NAMES     y z\nweb       \n", "/v1.51/containers/json?all=1&limit=2", "-n", "2", "--format", "table {{.Names}}\\t{{.Label \"x.y-z\"}}")]
    [InlineData("web\n", "/v1.51/containers/json?filters=%7B%22label%22%3A%7B%22a%3D1%22%3Atrue%2C%22b%22%3Atrue%7D%7D", "--filter", "label=a=1", "-f", "label=b", "--format", "{{.Names}}")]
    public void Ps_asks_for_what_it_shows(string output, string path, params string[] options)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json(Container));

        Assert.Equal(new ClientRun(0, output, ""), ClientRun.Against(daemon, ["ps", .. options]));
        Assert.Equal(path, daemon.Requests.Single().Path);
    }

    [Fact]
    public void Ps_refuses_fields_that_there_are_not_before_asking()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("[]"));

        Assert.Equal(
            new ClientRun(1, "", "failed to execute template: template: :1:2: executing \"\" at <.Foo>: can't evaluate field Foo in type *formatter.ContainerContext\n"),
            ClientRun.Against(daemon, "ps", "--format", "{{.Foo}}"));
        Assert.Empty(daemon.Requests);
    }

    [Fact]
    public void Rm_goes_on_after_a_failure()
    {
        using ScriptedDaemon daemon = new(request => request.Path.Contains("gone", StringComparison.Ordinal)
            ? ScriptedDaemon.Json("""{"message":"No such container: gone"}""", 404)
            : ScriptedDaemon.Raw("HTTP/1.1 204 No Content\r\n\r\n"));

        Assert.Equal(new ClientRun(1, "a\nb\n", "Error response from daemon: No such container: gone\n"), ClientRun.Against(daemon, "rm", "-v", "a", "gone", "b"));
        Assert.Equal(new ClientRun(0, "a\n", "Error response from daemon: No such container: gone\n"), ClientRun.Against(daemon, "rm", "-f", "gone", "a"));
        Assert.Equal("/v1.51/containers/a?v=1", daemon.Requests[0].Path);
        Assert.Equal("/v1.51/containers/gone?force=1", daemon.Requests[3].Path);
    }

    [Fact]
    public void Start_failures_end_with_their_names()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"message":"No such container: x"}""", 404));

        Assert.Equal(
            new ClientRun(1, "", "Error response from daemon: No such container: x\nError: failed to start containers: x\n"),
            ClientRun.Against(daemon, "start", "x"));
    }

    [Fact]
    public void Inspect_looks_for_each_kind_in_turn()
    {
        using ScriptedDaemon daemon = new(request => request.Path switch
        {
            "/v1.51/networks/n" => ScriptedDaemon.Json("""{"Name":"n","Labels":{},"List":[],"Deep":{"a":[1,"x"]}}"""),
            _ => ScriptedDaemon.Json("""{"message":"No such thing"}""", 404),
        });

        ClientRun run = ClientRun.Against(daemon, "inspect", "n", "nosuch");

        Assert.Equal(
            "[\n    {\n        \"Name\": \"n\",\n        \"Labels\": {},\n        \"List\": [],\n        \"Deep\": {\n            \"a\": [\n                1,\n                \"x\"\n            ]\n        }\n    }\n]\n",
            run.Output);
        Assert.Equal((1, "Error: No such object: nosuch\n"), (run.ExitCode, run.Error));
        Assert.Equal(["containers", "images", "networks"], daemon.Requests.Take(3).Select(request => request.Path.Split('/')[2]));
    }

    [Fact]
    public void An_image_that_is_missing_is_pulled_and_the_failure_is_125()
    {
        using ScriptedDaemon daemon = new(request => request.Path.Contains("/images/create", StringComparison.Ordinal)
            ? ScriptedDaemon.Json("{\"status\":\"Pulling\",\"id\":\"latest\"}\r\n{\"errorDetail\":{\"message\":\"no route to registry\"},\"error\":\"no route to registry\"}\r\n")
            : ScriptedDaemon.Json("""{"message":"No such image: nope:latest"}""", 404));

        ClientRun run = ClientRun.Against(daemon, "run", "--rm", "nope");

        Assert.Equal(125, run.ExitCode);
        Assert.Equal("Unable to find image 'nope:latest' locally\nlatest: Pulling\nrtctl: no route to registry\n\nRun 'rtctl run --help' for more information\n", run.Error);
        Assert.Equal("/v1.51/images/create?fromImage=docker.io%2Flibrary%2Fnope&tag=latest", daemon.Requests[1].Path);
        Assert.Contains("X-Registry-Auth: ", daemon.Requests[1].Head);
    }

    [Fact]
    public void Pull_never_leaves_a_missing_image_missing()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"message":"No such image: nope:latest"}""", 404));

        ClientRun run = ClientRun.Against(daemon, "create", "--pull=never", "nope");

        Assert.Equal("rtctl: Error response from daemon: No such image: nope:latest\n\nRun 'rtctl create --help' for more information\n", run.Error);
        Assert.Single(daemon.Requests);
    }

    [Theory]
    [InlineData(127, "exec: \\\"nosuch\\\": executable file not found in $PATH")]
    [InlineData(127, "exec: \\\"/nosuch\\\": stat /nosuch: no such file or directory")]
    [InlineData(126, "exec: \\\"/tmp\\\": permission denied")]
    [InlineData(126, "exec: \\\"/tmp\\\": is a directory")]
    [InlineData(125, "Minimum memory limit allowed is 6MB")]
    public void Start_errors_give_the_shells_codes(int exitCode, string message)
    {
        using ScriptedDaemon daemon = new(request => request.Path.EndsWith("/start", StringComparison.Ordinal)
            ? ScriptedDaemon.Json($$"""{"message":"{{message}}"}""", 400)
            : ScriptedDaemon.Json("""{"Id":"abc"}""", 201));

        ClientRun run = ClientRun.Against(daemon, "run", "-d", "busybox", "x");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.EndsWith("\n\nRun 'rtctl run --help' for more information\n", run.Error);
    }

    [Fact]
    public void Load_sends_the_file_and_shows_the_daemons_lines()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "archive");
            using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("{\"status\":\"Loading layer\",\"progressDetail\":{\"current\":5,\"total\":10},\"id\":\"abc\"}\n{\"stream\":\"Loaded image: busybox:latest\\n\"}\n"));

            Assert.Equal(new ClientRun(0, "Loaded image: busybox:latest\n", ""), ClientRun.Against(daemon, "load", "-i", file));
            Assert.Equal(("/v1.51/images/load?quiet=1", "archive"), (daemon.Requests.Single().Path, daemon.Requests.Single().BodyText));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Progress_on_a_terminal_is_drawn_in_place()
    {
        CapturingSink terminal = new(isTerminal: true, columns: 120);
        using MemoryStream messages = new(System.Text.Encoding.UTF8.GetBytes(
            "{\"status\":\"Loading layer\",\"progressDetail\":{\"current\":500000,\"total\":1000000},\"id\":\"abc\"}\n{\"status\":\"Done\",\"progressDetail\":{},\"id\":\"abc\"}\n{\"stream\":\"Loaded\\n\"}"));
        new Rtd.Client.Images.ProgressPrinter(terminal).Print(messages);

        Assert.Equal(
            "\n\u001b[1A\rabc: Loading layer [=========================>                         ]     500kB/1MB\u001b[K\r\u001b[1B"
            + "\u001b[1A\rabc: Done\u001b[K\r\u001b[1BLoaded\n",
            terminal.Text);
    }

    [Fact]
    public void A_broken_config_file_is_told_and_passed_over()
    {
        string directory = Directory.CreateTempSubdirectory("rtctl-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "config.json"), "{ not json");
            using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("[]"));
            ClientRun run = ClientRun.Of("--config", directory, "-H", daemon.Address, "ps", "-q");

            Assert.Equal((0, ""), (run.ExitCode, run.Output));
            Assert.StartsWith("WARNING: Error loading config file: " + directory, run.Error);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void The_config_file_gives_formats_headers_and_credentials()
    {
        string directory = Directory.CreateTempSubdirectory("rtctl-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "config.json"), """{"psFormat":"{{.Names}}!","HttpHeaders":{"X-Team":"a"},"auths":{"r.example":{"auth":"dTpw"}}}""");
            using ScriptedDaemon daemon = new(request => ScriptedDaemon.Json(request.Method == "GET" ? Container : ""));

            Assert.Equal("web!\n", ClientRun.Of("--config", directory, "-H", daemon.Address, "ps").Output);
            Assert.Equal("0123456789ab\n", ClientRun.Of("--config", directory, "-H", daemon.Address, "ps", "-q").Output);
            Assert.Equal("r.example/x:1\n", ClientRun.Of("--config", directory, "-H", daemon.Address, "pull", "-q", "r.example/x:1").Output);
            Assert.Contains("X-Team: a", daemon.Requests[0].Head);
            string auth = daemon.Requests[2].Head.Split("X-Registry-Auth: ")[1].Split("\r\n")[0];
            Assert.Equal("""{"username":"u","password":"p","serveraddress":"r.example"}""", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(auth.Replace('-', '+').Replace('_', '/'))));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void Login_keeps_what_the_file_had_and_logout_forgets()
    {
        string directory = Directory.CreateTempSubdirectory("rtctl-test-").FullName;
        string file = Path.Combine(directory, "config.json");
        try
        {
            File.WriteAllText(file, """{"psFormat":"x"}""");
            using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"Status":"Login Succeeded"}"""));

            ClientRun run = ClientRun.Of("--config", directory, "-H", daemon.Address, "login", "-u", "u", "-p", "p", "r.example");
            Assert.Equal((0, "Login Succeeded\n"), (run.ExitCode, run.Output));
            Assert.Equal("""{"username":"u","password":"p","serveraddress":"r.example"}""", daemon.Requests.Single().BodyText);
            Assert.Contains("\"auth\": \"dTpw\"", File.ReadAllText(file));
            Assert.Contains("\"psFormat\": \"x\"", File.ReadAllText(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

            ClientRun.Of("--config", directory, "logout", "r.example");
            Assert.DoesNotContain("dTpw", File.ReadAllText(file));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Create_fails_with_125_whatever_the_daemon_says()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"message":"bind source: no such file or directory"}""", 400));

        Assert.Equal(125, ClientRun.Against(daemon, "create", "busybox").ExitCode);
        Assert.Equal(127, ClientRun.Against(daemon, "run", "busybox").ExitCode);
    }
}
