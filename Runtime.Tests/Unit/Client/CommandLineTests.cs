using System.Text.Json.Nodes;
using Xunit;

namespace Rtd.Tests.Unit.Client;

/// <summary>How argv is read, against what docker's client 28.2 does with the same words.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("unknown flag: --foo", "run", "--foo")]
    [InlineData("unknown shorthand flag: 'Z' in -Z", "run", "-Z", "busybox")]
    [InlineData("unknown shorthand flag: 'Z' in -Zt", "run", "-iZt", "busybox")]
    [InlineData("flag needs an argument: --name", "run", "--name")]
    [InlineData("flag needs an argument: 'e' in -e", "run", "-e")]
    [InlineData("bad flag syntax: --=x", "run", "--=x")]
    [InlineData("invalid argument \"abc\" for \"-m, --memory\" flag: invalid size: 'abc'", "run", "-m", "abc", "busybox")]
    [InlineData("invalid argument \"1k1\" for \"--shm-size\" flag: strconv.ParseFloat: parsing \"1k1\": invalid syntax", "run", "--shm-size", "1k1", "busybox")]
    [InlineData("invalid argument \"abc\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax", "stop", "-t", "abc", "x")]
    [InlineData("invalid argument \"99999999999999999999\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"99999999999999999999\": value out of range", "stop", "-t", "99999999999999999999", "x")]
    [InlineData("invalid argument \"70000\" for \"--blkio-weight\" flag: strconv.ParseUint: parsing \"70000\": value out of range", "run", "--blkio-weight", "70000", "x")]
    [InlineData("invalid argument \"maybe\" for \"-d, --detach\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax", "run", "--detach=maybe", "busybox")]
    [InlineData("invalid argument \"abc\" for \"--cpus\" flag: failed to parse abc as a rational number", "run", "--cpus=abc", "busybox")]
    [InlineData("invalid argument \"abc\" for \"--health-interval\" flag: time: invalid duration \"abc\"", "run", "--health-interval=abc", "busybox")]
    [InlineData("invalid argument \"5\" for \"--health-interval\" flag: time: missing unit in duration \"5\"", "run", "--health-interval=5", "busybox")]
    [InlineData("invalid argument \"foo\" for \"-a, --attach\" flag: valid streams are STDIN, STDOUT and STDERR", "run", "-a", "foo", "busybox")]
    [InlineData("invalid argument \"foo\" for \"--ulimit\" flag: invalid ulimit argument: foo", "run", "--ulimit", "foo", "busybox")]
    [InlineData("invalid argument \"a=b\" for \"--ulimit\" flag: invalid ulimit type: a", "run", "--ulimit", "a=b", "busybox")]
    [InlineData("invalid argument \"type=bind\" for \"--mount\" flag: target is required", "run", "--mount", "type=bind", "busybox")]
    [InlineData("invalid argument \"name=foo,bar=z\" for \"--network\" flag: invalid field key bar", "run", "--network", "name=foo,bar=z", "busybox")]
    [InlineData("invalid argument \"\" for \"-e, --env\" flag: invalid environment variable: ", "run", "-e", "", "busybox")]
    [InlineData("invalid argument \"=a\" for \"-e, --env\" flag: invalid environment variable: =a", "run", "-e", "=a", "busybox")]
    [InlineData("invalid argument \"=\" for \"-l, --label\" flag: invalid label '=': empty name", "run", "--label", "=", "busybox")]
    [InlineData("invalid argument \"a\" for \"--add-host\" flag: bad format for add-host: \"a\"", "run", "--add-host", "a", "busybox")]
    [InlineData("invalid argument \"a\" for \"--dns\" flag: IP address is not correctly formatted: a", "run", "--dns", "a", "busybox")]
    [InlineData("invalid argument \"a:b:c\" for \"--link\" flag: bad format for links: a:b:c", "run", "--link", "a:b:c", "busybox")]
    [InlineData("invalid argument \"foo\" for \"--device-cgroup-rule\" flag: invalid device cgroup format 'foo'", "run", "--device-cgroup-rule", "foo", "busybox")]
    [InlineData("invalid argument \"foo\" for \"-f, --filter\" flag: bad format of filter (expected name=value)", "ps", "--filter", "foo")]
    public void Bad_options_are_told_in_dockers_words_with_code_125(string message, params string[] args)
    {
        ClientRun run = ClientRun.Of(args);

        Assert.Equal(125, run.ExitCode);
        Assert.Equal(message, run.Error.Split("\n\n")[0]);
        Assert.Contains($"\n\nRun 'rtctl {args[0]} --help' for more information\n", run.Error);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("rtctl: 'rtctl run' requires at least 1 argument", "See 'rtctl run --help' for more information", "run")]
    [InlineData("rtctl: 'rtctl exec' requires at least 2 arguments", "See 'rtctl exec --help' for more information", "exec", "x")]
    [InlineData("rtctl: 'rtctl rename' requires 2 arguments", "Run 'rtctl rename --help' for more information", "rename", "a")]
    [InlineData("rtctl: 'rtctl ps' accepts no arguments", "Run 'rtctl ps --help' for more information", "ps", "x")]
    [InlineData("rtctl: 'rtctl images' requires at most 1 argument", "Run 'rtctl images --help' for more information", "images", "x", "y")]
    [InlineData("rtctl: 'rtctl port' requires at least 1 and at most 2 arguments", "Run 'rtctl port --help' for more information", "port")]
    public void Wrong_numbers_of_arguments_are_told_with_code_1(string message, string hint, params string[] args)
    {
        ClientRun run = ClientRun.Of(args);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(message + "\n\nUsage:  rtctl " + args[0], run.Error);
        Assert.EndsWith(hint + "\n", run.Error);
    }

    [Fact]
    public void Unknown_commands_are_told()
    {
        Assert.Equal(new ClientRun(1, "", "rtctl: unknown command: rtctl nosuch\n\nRun 'rtctl --help' for more information\n"), ClientRun.Of("nosuch"));
        Assert.Equal(
            new ClientRun(1, "", "rtctl: unknown command: rtctl container nosuch\n\nUsage:  rtctl container\n\nRun 'rtctl container --help' for more information\n"),
            ClientRun.Of("container", "nosuch"));
    }

    [Theory]
    [InlineData("foo://x", "Failed to initialize: unable to resolve docker endpoint: invalid bind address format: foo://x")]
    [InlineData("unix:///nonexistent/socket", "Cannot connect to the rtd daemon at unix:///nonexistent/socket. Is the rtd daemon running?")]
    [InlineData("tcp://127.0.0.1:1", "Cannot connect to the rtd daemon at tcp://127.0.0.1:1. Is the rtd daemon running?")]
    public void A_daemon_that_is_not_there_is_told(string host, string message)
    {
        Assert.Equal(new ClientRun(1, "", message + "\n"), ClientRun.Of("-H", host, "ps"));
    }

    [Fact]
    public void Global_options_that_make_no_sense_are_refused_by_name()
    {
        Assert.Contains("could not read CA certificate \"/no/ca.pem\"", ClientRun.Of("-H", "tcp://127.0.0.1:1", "--tlsverify", "--tlscacert", "/no/ca.pem", "ps").Error);
        Assert.Contains("named contexts are not supported", ClientRun.Of("-c", "other", "ps").Error);
        Assert.Contains("Unable to parse logging level: foo", ClientRun.Of("--log-level=foo", "ps").Error);
        Assert.Contains("Specify only one -H", ClientRun.Of("-H", "unix:///a", "-H", "unix:///b", "ps").Error);
    }

    [Fact]
    public void Every_verb_has_help_with_its_options_and_aliases()
    {
        foreach (Rtd.Client.CommandLine.Command command in Rtd.Client.CommandLine.CommandTable.All)
        {
            ClientRun run = ClientRun.Of(["help", .. command.Names[0].Split(' ')]);

            Assert.Equal(0, run.ExitCode);
            Assert.StartsWith($"Usage:  rtctl {command.Names[0]}", run.Output);
            Assert.All(command.Names, name => Assert.Contains("rtctl " + name, run.Output));
            Assert.All(command.Flags().All.Where(flag => !flag.IsHidden), flag => Assert.Contains("--" + flag.Name, run.Output));
        }
    }

    [Fact]
    public void Options_of_one_verb_do_not_clash()
    {
        foreach (Rtd.Client.CommandLine.Command command in Rtd.Client.CommandLine.CommandTable.All)
        {
            List<Rtd.Client.CommandLine.Flag> flags = [.. command.Flags().All];

            Assert.Equal(flags.Count, flags.Select(flag => flag.Name).Distinct().Count());
            Assert.Equal(flags.Count(flag => flag.Shorthand != '\0'), flags.Where(flag => flag.Shorthand != '\0').Select(flag => flag.Shorthand).Distinct().Count());
        }
    }

    [Fact]
    public void Words_after_the_image_are_the_containers()
    {
        JsonObject body = Create("--name", "n", "busybox", "echo", "-it", "--rm", "--", "-x");

        Assert.Equal("""["echo","-it","--rm","--","-x"]""", body["Cmd"]!.ToJsonString());
        Assert.Equal("busybox", (string?)body["Image"]);
    }

    [Fact]
    public void A_double_dash_ends_the_options()
    {
        JsonObject body = Create("-t", "--", "busybox", "--", "a");

        Assert.Equal("""["--","a"]""", body["Cmd"]!.ToJsonString());
        Assert.True((bool)body["Tty"]!);
    }

    [Fact]
    public void Shorthands_bundle_and_take_attached_values()
    {
        JsonObject body = Create("-itw/tmp", "-eA=1", "-e=B=2", "-m=64m", "-p80:90", "-hname", "busybox");

        Assert.True((bool)body["Tty"]! && (bool)body["OpenStdin"]!);
        Assert.Equal("/tmp", (string?)body["WorkingDir"]);
        Assert.Equal("""["A=1","B=2"]""", body["Env"]!.ToJsonString());
        Assert.Equal(64L << 20, (long)body["HostConfig"]!["Memory"]!);
        Assert.Equal("""{"90/tcp":[{"HostIp":"","HostPort":"80"}]}""", body["HostConfig"]!["PortBindings"]!.ToJsonString());
        Assert.Equal("name", (string?)body["Hostname"]);
    }

    [Theory]
    [InlineData("-B=1")]
    [InlineData("a=--flag")]
    [InlineData("a=two\nlines")]
    [InlineData("a= leading")]
    [InlineData("a=\"quoted\"")]
    [InlineData("--")]
    public void Values_reach_the_container_whatever_they_look_like(string value)
    {
        string entry = value.Contains('=') ? value : value + "=x";
        JsonObject body = Create("-e", entry, "--label", "first=1", "-e", "Z=1", "--user", value, "busybox");

        Assert.Equal(entry, (string?)body["Env"]![0]);
        Assert.Equal("Z=1", (string?)body["Env"]![1]);
        Assert.Equal(value, (string?)body["User"]);
    }

    [Fact]
    public void Booleans_take_values_and_the_last_of_a_repeated_option_counts()
    {
        JsonObject body = Create("-t", "--tty=false", "--init=false", "--name", "a", "-w", "/x", "-w", "/y", "busybox");

        Assert.False((bool)body["Tty"]!);
        Assert.False((bool)body["HostConfig"]!["Init"]!);
        Assert.Equal("/y", (string?)body["WorkingDir"]);
    }

    [Fact]
    public void Old_names_of_options_still_work()
    {
        JsonObject body = Create("--net", "host", "--net-alias", "x", "--dns-opt", "ndots:1", "busybox");

        Assert.Equal("host", (string?)body["HostConfig"]!["NetworkMode"]);
        Assert.Equal("""["ndots:1"]""", body["HostConfig"]!["DnsOptions"]!.ToJsonString());
    }

    [Fact]
    public void Numbers_below_zero_are_values()
    {
        JsonObject host = (JsonObject)Create("--memory-swap", "-1", "--pids-limit", "-1", "--oom-score-adj=-500", "busybox")["HostConfig"]!;

        Assert.Equal(-1, (long)host["MemorySwap"]!);
        Assert.Equal(-1, (long)host["PidsLimit"]!);
        Assert.Equal(-500, (long)host["OomScoreAdj"]!);
    }

    private static JsonObject Create(params string[] args) => CreateRequest.From(args);
}
