using Rtd.Daemon.Execution;
using Rtd.Protocol.Spec;
using Xunit;

namespace Rtd.Tests.Integration.Execution;

/// <summary>The exec driver and the published rtinit against the real kernel.</summary>
public sealed class NativeExecutionTests(ExecutionHost host) : IClassFixture<ExecutionHost>
{
    [Fact]
    public async Task Run_gives_output_and_exit_code()
    {
        (ExitStatus status, CollectedOutput output) = await RunAsync(ExecutionHost.Process("sh", "-c", "echo out; echo err >&2; exit 42"));
        Assert.Equal(("out\n", "err\n", 42), (output.Stdout, output.Stderr, status.Code));
        Assert.True(output.Completed);
    }

    [Fact]
    public async Task Command_is_pid_1_with_three_fds_and_no_inheritable_capability()
    {
        (_, CollectedOutput output) = await RunAsync(ExecutionHost.Process("sh", "-c", "echo $$; hostname; ls /proc/1/fd; exec grep -E '^Cap|^SigBlk|^SigIgn' /proc/self/status"));
        Assert.Equal(
            "1\nbox\n0\n1\n2\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nCapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\n",
            output.Stdout);
    }

    [Theory]
    [InlineData("", "uid=0(root) gid=0(root) groups=0(root)\n")]
    [InlineData("alice", "uid=1000(alice) gid=1000(alice) groups=10(wheel),1000(alice)\n")]
    [InlineData("1000", "uid=1000(alice) gid=1000(alice) groups=10(wheel),1000(alice)\n")]
    [InlineData("1234", "uid=1234 gid=0(root) groups=0(root)\n")]
    [InlineData("4242:10", "uid=4242 gid=10(wheel) groups=10(wheel)\n")]
    [InlineData("1000:", "uid=1000(alice) gid=1000(alice) groups=10(wheel),1000(alice)\n")]
    [InlineData(":10", "uid=0(root) gid=10(wheel) groups=10(wheel)\n")]
    public async Task User_is_resolved(string user, string expected)
    {
        (_, CollectedOutput output) = await RunAsync(ExecutionHost.Process("id") with { User = user });
        Assert.Equal(expected, output.Stdout);
    }

    [Theory]
    [InlineData("2147483648")]
    [InlineData("4294967296")]
    [InlineData("99999999999")]
    [InlineData("-1")]
    [InlineData("nobody-here")]
    public async Task Bad_user_is_an_error(string user)
    {
        StartException failure = await Assert.ThrowsAsync<StartException>(() => RunAsync(ExecutionHost.Process("id") with { User = user }));
        Assert.Equal("User", failure.Step);
    }

    [Theory]
    [InlineData("nonexistent", 127, "failed to create task for container: exec: \"nonexistent\": executable file not found in $PATH")]
    [InlineData("/bin/nonexistent", 127, "failed to create task for container: exec: \"/bin/nonexistent\": stat /bin/nonexistent: no such file or directory")]
    [InlineData("/etc", 126, "failed to create task for container: exec: \"/etc\": is a directory: permission denied")]
    [InlineData("/etc/passwd", 126, "failed to create task for container: exec: \"/etc/passwd\": permission denied")]
    public async Task Missing_command_is_one_clear_line(string command, int exitCode, string message)
    {
        StartException failure = await Assert.ThrowsAsync<StartException>(() => RunAsync(ExecutionHost.Process(command)));
        Assert.Equal((exitCode, message), (failure.ExitCode, failure.Message));
    }

    [Fact]
    public async Task Stdin_reaches_the_process_and_ends()
    {
        CollectedOutput output = new();
        IContainerProcess process = await host.Driver.RunAsync(host.Launch(ExecutionHost.Process("cat"), output, openStdin: true), CancellationToken.None);
        byte[] data = new byte[1 << 20];
        Array.Fill(data, (byte)'x');
        await process.WriteStdinAsync(data, CancellationToken.None);
        process.CloseStdin();
        ExitStatus status = await process.Exited;
        Assert.Equal((0, data.Length), (status.Code, output.Stdout.Length));
    }

    [Fact]
    public async Task Terminal_is_the_controlling_one_and_has_its_size()
    {
        ProcessSpec spec = ExecutionHost.Process("sh", "-c", "tty; stty size; test -c /dev/console && echo console") with { Terminal = true, ConsoleHeight = 33, ConsoleWidth = 77 };
        (ExitStatus status, CollectedOutput output) = await RunAsync(spec);
        Assert.Equal(("/dev/pts/0\r\n33 77\r\nconsole\r\n", 0), (output.Stdout, status.Code));
    }

    [Fact]
    public async Task Exec_joins_the_container()
    {
        IContainerProcess container = await host.Driver.RunAsync(host.Launch(ExecutionHost.Process("sleep", "1000"), new CollectedOutput()), CancellationToken.None);
        CollectedOutput output = new();
        ExecLaunch exec = new()
        {
            Container = container,
            Namespaces = ExecutionHost.AllNamespaces,
            Cgroup = new NoCgroup(),
            Process = ExecutionHost.Process("sh", "-c", "hostname; cat /proc/1/comm; ls /proc/self/fd | wc -l; exit 7"),
            OpenStdin = false,
            Output = output,
        };
        ExitStatus status = await (await host.Driver.ExecAsync(exec, CancellationToken.None)).Exited;
        Assert.Equal(("box\nsleep\n4\n", 7), (output.Stdout, status.Code));
        Assert.True(container.Kill(9));
        Assert.Equal(137, (await container.Exited).Code);
        Assert.False(container.Kill(9));
    }

    [Fact]
    public async Task Init_reaps_forwards_signals_and_keeps_the_exit_code()
    {
        CollectedOutput output = new();
        ProcessSpec spec = ExecutionHost.Process("sh", "-c", "trap 'exit 5' TERM; echo $$; (sleep 0 &) ; while :; do sleep 1; done") with { Init = true };
        IContainerProcess process = await host.Driver.RunAsync(host.Launch(spec, output), CancellationToken.None);
        while (output.Stdout.Length == 0)
        {
            await Task.Delay(10);
        }

        process.Kill(15);
        Assert.Equal(5, (await process.Exited).Code);
        Assert.NotEqual("1\n", output.Stdout);
    }

    [Fact]
    public async Task Failing_network_leaves_no_process()
    {
        int pid = 0;
        ContainerLaunch launch = host.Launch(ExecutionHost.Process("true"), new CollectedOutput()) with
        {
            ConnectNetwork = (clone, _) =>
            {
                pid = clone;
                throw new InvalidOperationException("no network");
            },
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Driver.RunAsync(launch, CancellationToken.None));
        Assert.NotEqual(0, pid);
        Assert.False(Directory.Exists($"/proc/{pid}"));
    }

    private async Task<(ExitStatus Status, CollectedOutput Output)> RunAsync(ProcessSpec process)
    {
        CollectedOutput output = new();
        IContainerProcess running = await host.Driver.RunAsync(host.Launch(process, output), CancellationToken.None);
        return (await running.Exited, output);
    }
}
