using Rtd.Tests.Integration.Hosting;
using Rtd.Tests.Integration.Logging;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary>Logs that go to collectors: to a real rsyslog, and to sockets that speak journald's and fluentd's protocols.</summary>
public sealed class LogDriverTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RsyslogTheory]
    [InlineData("udp://127.0.0.1:5514", "rfc3164", false)]
    [InlineData("udp://127.0.0.1:5514", "rfc5424", false)]
    [InlineData("tcp://127.0.0.1:5514", "rfc3164", false)]
    [InlineData("tcp://127.0.0.1:5514", "rfc5424micro", true)]
    [InlineData("udp://127.0.0.1:5514", null, false)]
    [InlineData("unixgram://ROOT/log.sock", null, true)]
    public async Task Syslog_takes_every_line_with_tag_and_severity(string address, string? format, bool nonBlocking)
    {
        await using Rsyslog rsyslog = await Rsyslog.StartAsync(Host);
        string[] options =
        [
            "--log-driver", "syslog", "--log-opt", $"syslog-address={address.Replace("ROOT", Host.Root, StringComparison.Ordinal)}", "--log-opt", "syslog-facility=local3",
            "--log-opt", "tag={{.Name}}/{{.ImageName}}", .. format is null ? Array.Empty<string>() : ["--log-opt", "syslog-format=" + format],
            .. nonBlocking ? (string[])["--log-opt", "mode=non-blocking", "--log-opt", "max-buffer-size=4m"] : [],
        ];

        CommandResult run = (await DockerAsync(["run", "--name", "web", .. options, "busybox", "sh", "-c", "for i in $(seq 200); do echo line $i; done; echo oops >&2"])).Exits(0);

        await Eventually.HoldsAsync("all lines have arrived", () => rsyslog.Messages.Length >= 201);
        string[] expected = [.. Enumerable.Range(1, 200).Select(i => $"158 web/busybox line {i}")];
        Assert.Equal(expected, rsyslog.Messages.Where(line => line.Contains(" line ", StringComparison.Ordinal)));
        Assert.Contains("155 web/busybox oops", rsyslog.Messages);
        Assert.Equal(run.Stdout, (await DockerAsync("logs", "web")).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData("tcp://127.0.0.1:1", "dial tcp 127.0.0.1:1: connection refused")]
    [InlineData("unixgram:///no/such", "dial unixgram /no/such: no such file or directory")]
    public async Task Collector_that_is_not_there_keeps_the_container_from_starting(string address, string reason)
    {
        CommandResult result = await DockerAsync("run", "--name", "cc", "--log-driver", "syslog", "--log-opt", $"syslog-address={address}", "busybox", "true");

        Assert.NotEqual(0, result.ExitCode);
        result.Says($"failed to initialize logging driver: {reason}");
        Assert.Equal("created", await InspectAsync("cc", "{{.State.Status}}"));
    }

    [RootFact]
    public async Task Journald_gets_fields_parts_and_large_entries()
    {
        string directory = Path.Combine(Host.Root, "journal");
        Directory.CreateDirectory(directory);
        using JournalCollector journal = new(Path.Combine(directory, "socket"));
        (await Host.RunAsync("sh", "-c", $"mkdir -p /run/systemd/journal && mount --bind {directory} /run/systemd/journal")).Exits(0);
        string large = new('L', 120_000);
        string id = await StartAsync(
            "echo hello; echo oops >&2; head -c 40000 /dev/zero | tr '\\0' x; echo",
            "--log-driver", "journald", "--name", "jj", "--label", "com.example.tier=front", "--label", "a=" + large, "--label", "b=" + large, "--env", "STAGE=test",
            "--log-opt", "labels=com.example.tier,a,b", "--log-opt", "env=STAGE", "--log-opt", "tag=app");
        (await DockerAsync("wait", id)).Exits(0);

        await Eventually.HoldsAsync("all entries have arrived", () => journal.Entries.Count == 5);
        Dictionary<string, string> hello = journal.Entries.Single(entry => entry["MESSAGE"] == "hello");
        Assert.Equal(("6", id[..12], id, "jj", "app", "app", "busybox", "front", "test"), (
            hello["PRIORITY"], hello["CONTAINER_ID"], hello["CONTAINER_ID_FULL"], hello["CONTAINER_NAME"], hello["CONTAINER_TAG"], hello["SYSLOG_IDENTIFIER"], hello["IMAGE_NAME"],
            hello["COM_EXAMPLE_TIER"], hello["STAGE"]));
        Assert.Equal(large, hello["A"]);
        Assert.Equal(5, journal.Sealed);
        Assert.Equal("3", journal.Entries.Single(entry => entry["MESSAGE"] == "oops")["PRIORITY"]);
        Dictionary<string, string>[] parts = [.. journal.Entries.Where(entry => entry.ContainsKey("CONTAINER_PARTIAL_ID"))];
        Assert.Equal(new string('x', 40_000), string.Concat(parts.Select(part => part["MESSAGE"])));
        Assert.Equal(["1", "2", "3"], parts.Select(part => part["CONTAINER_PARTIAL_ORDINAL"]));
        Assert.Equal(["false", "false", "true"], parts.Select(part => part["CONTAINER_PARTIAL_LAST"]));
        Assert.Contains("hello\n", (await DockerAsync("logs", id)).Exits(0).Stdout, StringComparison.Ordinal);
        (await Host.RunAsync("umount", "/run/systemd/journal")).Exits(0);
    }

    [RootTheory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Fluentd_gets_records(bool precise, bool acknowledged)
    {
        await using FluentCollector collector = new(Path.Combine(Host.Root, "fluent.sock"));
        string id = await StartAsync(
            "for i in $(seq 500); do echo line $i; done", "--name", "fl", "--log-driver", "fluentd", "--log-opt", $"fluentd-address=unix://{Host.Root}/fluent.sock", "--log-opt", "tag=docker.{{.Name}}",
            "--log-opt", $"fluentd-sub-second-precision={precise}", "--log-opt", $"fluentd-request-ack={acknowledged}", "--label", "tier=front", "--log-opt", "labels=tier");
        (await DockerAsync("wait", id)).Exits(0);

        await Eventually.HoldsAsync("all records have arrived", () => collector.Messages.Count == 500);
        (string tag, double time, Dictionary<string, object> record) = collector.Messages.First();
        Assert.Equal(("docker.fl", id, "/fl", "stdout", "line 1", "front"), (tag, record["container_id"], record["container_name"], record["source"], record["log"], record["tier"]));
        Assert.Equal(precise, time != Math.Floor(time));
        Assert.Equal(Enumerable.Range(1, 500).Select(i => $"line {i}"), collector.Messages.Select(message => (string)message.Record["log"]));
    }

    [RootFact]
    public async Task Collector_that_comes_back_gets_what_was_written_meanwhile()
    {
        string socket = Path.Combine(Host.Root, "back.sock");
        string id = await StartAsync(
            "echo before; while [ ! -e /go ]; do sleep 0.05; done; echo after", "--name", "fl", "--log-driver", "fluentd", "--log-opt", $"fluentd-address=unix://{socket}",
            "--log-opt", "fluentd-async=true", "--log-opt", "fluentd-retry-wait=50ms", "--log-opt", "fluentd-async-reconnect-interval=100ms");
        await Eventually.HoldsAsync("the line is in the copy", async () => (await DockerAsync("logs", id)).Stdout == "before\n");

        await using FluentCollector collector = new(socket);
        await Eventually.HoldsAsync("the first line has arrived", () => collector.Messages.Count == 1);
        (await DockerAsync("exec", id, "touch", "/go")).Exits(0);

        await Eventually.HoldsAsync("the second line has arrived", () => collector.Messages.Count == 2);
        Assert.Equal(["before", "after"], collector.Messages.Select(message => (string)message.Record["log"]));
    }

    [RootFact]
    public async Task Collector_that_hangs_makes_a_blocking_container_wait_and_a_non_blocking_one_not()
    {
        await using FluentCollector collector = new(Path.Combine(Host.Root, "hang.sock"), reads: false);
        string[] options = ["--log-driver", "fluentd", "--log-opt", $"fluentd-address=unix://{Host.Root}/hang.sock", "--log-opt", "cache-disabled=true"];
        const string flood = "i=0; while [ $i -lt 300 ]; do head -c 15000 /dev/zero | tr '\\0' x; echo; i=$((i+1)); done; echo done > /done; sleep 1000";

        string free = await StartAsync(flood, [.. options, "--log-opt", "mode=non-blocking", "--log-opt", "max-buffer-size=100k"]);
        await Eventually.HoldsAsync("the flood is over", async () => (await DockerAsync("exec", free, "test", "-e", "/done")).ExitCode == 0);
        string held = await StartAsync(flood, options);
        (await DockerAsync("exec", held, "test", "-e", "/done")).Exits(1);
        (await DockerAsync("logs", held)).Exits(1).Says("configured logging driver does not support reading");

        Assert.Contains("lost: the buffer is full", Daemon.Log, StringComparison.Ordinal);
        (await DockerAsync("rm", "-f", held, free)).Exits(0);
    }

    [RootFact]
    public async Task Local_keeps_rotated_files_compressed_and_reads_them_all()
    {
        string id = await StartAsync("i=0; while [ $i -lt 4000 ]; do echo this is line number $i; i=$((i+1)); done", "--log-driver", "local", "--log-opt", "max-size=100k", "--log-opt", "max-file=10");
        (await DockerAsync("wait", id)).Exits(0);

        IReadOnlyList<string> lines = (await DockerAsync("logs", id)).Exits(0).Lines;
        Assert.Equal(Enumerable.Range(0, 4000).Select(i => $"this is line number {i}"), lines);
        Assert.Equal(lines.TakeLast(3000), (await DockerAsync("logs", "--tail", "3000", id)).Exits(0).Lines);
        string[] files = [.. Directory.GetFiles(Path.Combine(Daemon.DataRoot, "containers", id), "local.log*").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.Contains("local.log.1.gz", files);
        Assert.DoesNotContain("local.log.1", files);
        Assert.Equal("", await InspectAsync(id, "{{.LogPath}}"));
    }
}
