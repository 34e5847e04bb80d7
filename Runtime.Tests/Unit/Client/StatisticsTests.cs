namespace Rtd.Tests.Unit.Client;

/// <summary>What stats makes of the daemon's samples.</summary>
public sealed class StatisticsTests
{
    private const string Sample = """
        {"id":"0123456789abcdef","name":"/web",
         "cpu_stats":{"cpu_usage":{"total_usage":3000000},"system_cpu_usage":20000000,"online_cpus":2},
         "precpu_stats":{"cpu_usage":{"total_usage":1000000},"system_cpu_usage":12000000,"online_cpus":2},
         "memory_stats":{"usage":20971520,"limit":67108864,"stats":{"total_inactive_file":4194304}},
         "pids_stats":{"current":3},
         "networks":{"eth0":{"rx_bytes":1000,"tx_bytes":20},"eth1":{"rx_bytes":500,"tx_bytes":0}},
         "blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":4096},{"op":"Write","value":1000000},{"op":"Total","value":1004096}]}}
        """;

    [Fact]
    public void Sample_is_computed_as_docker_does()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json(Sample));

        ClientRun run = ClientRun.Against(daemon, "stats", "--no-stream", "--format", "{{.Container}} {{.Name}} {{.ID}} {{.CPUPerc}} {{.MemUsage}} {{.MemPerc}} {{.NetIO}} {{.BlockIO}} {{.PIDs}}", "web");

        Assert.Equal(new ClientRun(0, "web web 0123456789ab 50.00% 16MiB / 64MiB 25.00% 1.5kB / 20B 4.1kB / 1MB 3\n", ""), run);
    }

    [Fact]
    public void Unknown_container_fails_and_others_are_shown()
    {
        using ScriptedDaemon daemon = new(request => request.Path.Contains("nope", StringComparison.Ordinal)
            ? ScriptedDaemon.Json("""{"message":"No such container: nope"}""", 404)
            : ScriptedDaemon.Json(Sample));

        ClientRun run = ClientRun.Against(daemon, "stats", "--no-stream", "--format", "{{.Name}}", "nope", "web");

        Assert.Equal(new ClientRun(1, "web\n", "Error response from daemon: No such container: nope\n"), run);
    }
}
