using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Health;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class HealthTests : IDisposable
{
    private const long Millisecond = 1_000_000, Hour = 3_600_000 * Millisecond;

    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Command_by_kind()
    {
        Assert.Equal(["true", "-x"], HealthCheck.Of(Config(new() { Test = ["CMD", "true", "-x"] }))!.Command);
        Assert.Equal(["/bin/sh", "-c", "a && b"], HealthCheck.Of(Config(new() { Test = ["CMD-SHELL", "a && b"] }))!.Command);
        ContainerConfig own = Config(new() { Test = ["CMD-SHELL", "a"] });
        own.Shell = ["/bin/ash", "-ec"];
        Assert.Equal(["/bin/ash", "-ec", "a"], HealthCheck.Of(own)!.Command);
        Assert.Null(HealthCheck.Of(Config(new() { Test = ["NONE"] })));
        Assert.Null(HealthCheck.Of(Config(new() { Test = [] })));
        Assert.Null(HealthCheck.Of(Config(new() { Test = ["PING", "x"] })));
        Assert.Null(HealthCheck.Of(new ContainerConfig()));
    }

    [Fact]
    public void Defaults_and_intervals()
    {
        HealthCheck plain = HealthCheck.Of(Config(new() { Test = ["CMD", "x"] }))!;
        Assert.Equal((30, 30, 0, 5, 3), (plain.Interval.TotalSeconds, plain.Timeout.TotalSeconds, plain.StartPeriod.TotalSeconds, plain.StartInterval.TotalSeconds, plain.Retries));
        Assert.Equal(plain.Interval, plain.NextInterval(HealthStatus.Starting, TimeSpan.Zero));

        HealthCheck starting = plain with { StartPeriod = TimeSpan.FromSeconds(60) };
        Assert.Equal(starting.StartInterval, starting.NextInterval(HealthStatus.Starting, TimeSpan.FromSeconds(59)));
        Assert.Equal(starting.Interval, starting.NextInterval(HealthStatus.Starting, TimeSpan.FromSeconds(60)));
        Assert.Equal(starting.Interval, starting.NextInterval(HealthStatus.Healthy, TimeSpan.FromSeconds(1)));
        Assert.True(HealthCheck.Of(Config(new() { Test = ["CMD", "x"], Interval = long.MaxValue }))!.Interval < TimeSpan.FromDays(50));
    }

    [Theory]
    [InlineData(1, 0, 0, 0, 0, "Interval in Healthcheck cannot be less than 1ms")]
    [InlineData(-5 * Millisecond, 0, 0, 0, 0, "Interval in Healthcheck cannot be less than 1ms")]
    [InlineData(0, 999_999, 0, 0, 0, "Timeout in Healthcheck cannot be less than 1ms")]
    [InlineData(0, 0, -1, 0, 0, "Retries in Healthcheck cannot be negative")]
    [InlineData(0, 0, 0, 1, 0, "StartPeriod in Healthcheck cannot be less than 1ms")]
    [InlineData(0, 0, 0, 0, 1, "StartInterval in Healthcheck cannot be less than 1ms")]
    public async Task Settings_are_checked(long interval, long timeout, int retries, long startPeriod, long startInterval, string message)
    {
        HealthConfig settings = new() { Interval = interval, Timeout = timeout, Retries = retries, StartPeriod = startPeriod, StartInterval = startInterval };
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.CreateAsync(config: config => config.Healthcheck = settings));
        Assert.Equal((ErrorKind.InvalidParameter, message), (error.Kind, error.Message));
        Assert.Null(HealthCheck.Refusal(new HealthConfig { Interval = Millisecond, Timeout = Millisecond, Retries = 1, StartPeriod = Millisecond, StartInterval = Millisecond }));
    }

    [Fact]
    public async Task Image_fills_what_the_client_leaves_open()
    {
        _host.Images.Config.Healthcheck = new() { Test = ["CMD", "of-image"], Interval = Hour, Retries = 7 };
        ContainerConfig own = _host.Service.Get(await _host.CreateAsync(config: config => config.Healthcheck = new() { Interval = 2 * Hour })).Record.Config;
        Assert.Equal(("of-image", 2 * Hour, 7), (own.Healthcheck!.Test![1], own.Healthcheck.Interval, own.Healthcheck.Retries));

        string none = await _host.StartAsync(config: config => config.Healthcheck = new() { Test = ["NONE"] });
        Assert.Null(_host.State(none).Health);
        string image = await _host.StartAsync();
        Assert.Equal(HealthStatus.Starting, _host.State(image).Health!.Status);
    }

    [Fact]
    public void Failures_count_after_the_start_period_and_success_forgives()
    {
        HealthCheck check = HealthCheck.Of(Config(new() { Test = ["CMD", "x"], Retries = 2, StartPeriod = 10_000 * Millisecond }))!;
        HealthState state = HealthState.Begin(null).After(Result(1, second: 5), check, s_start);
        Assert.Equal((HealthStatus.Starting, 0), (state.Status, state.FailingStreak));
        state = state.After(Result(1, second: 11), check, s_start);
        Assert.Equal((HealthStatus.Starting, 1), (state.Status, state.FailingStreak));
        state = state.After(Result(-1, second: 12), check, s_start);
        Assert.Equal((HealthStatus.Unhealthy, 2), (state.Status, state.FailingStreak));
        state = state.After(Result(0, second: 13), check, s_start);
        Assert.Equal((HealthStatus.Healthy, 0), (state.Status, state.FailingStreak));

        // Once healthy, a failure counts in the start period, too.
        state = HealthState.Begin(state).After(Result(0, second: 1), check, s_start).After(Result(1, second: 2), check, s_start);
        Assert.Equal((HealthStatus.Healthy, 1), (state.Status, state.FailingStreak));
        Assert.Equal([-1, 0, 0, 1], state.Log.TakeLast(4).Select(result => result.ExitCode));
        Assert.Equal(HealthState.LogLength, state.Log.Count);
    }

    [Fact]
    public async Task Output_is_cut_and_streams_are_mixed()
    {
        CheckOutput output = new();
        await output.WriteAsync(OutputStream.Stdout, "out "u8.ToArray());
        await output.WriteAsync(OutputStream.Stderr, "err"u8.ToArray());
        Assert.Equal("out err", output.Text);
        await output.WriteAsync(OutputStream.Stdout, new byte[CheckOutput.Limit]);
        Assert.Equal((CheckOutput.Limit + 3, true), (output.Text.Length, output.Text.EndsWith("...", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Checks_change_the_status_and_tell()
    {
        int code = 1;
        _host.Execution.OnStarted = process => EndExec(process, Volatile.Read(ref code));
        string id = await _host.StartAsync("web", config => config.Healthcheck = new() { Test = ["CMD", "probe"], Interval = Millisecond, Retries = 2 });
        await HappensAsync("health_status: unhealthy");
        Assert.Contains("(unhealthy)", _host.Service.List(false, 0, false, """{"health": ["unhealthy"]}""").Single().Status, StringComparison.Ordinal);

        Volatile.Write(ref code, 0);
        await HappensAsync("health_status: healthy");
        Assert.EndsWith(" (healthy)", _host.Service.List(false, 0, false, """{"health": ["healthy"]}""").Single().Status, StringComparison.Ordinal);
        ContainerHealth shown = _host.Service.Inspect(id, withSize: false).State.Health!;
        Assert.Equal(("healthy", 0), (shown.Status, shown.FailingStreak));
        Assert.InRange(shown.Log.Count, 1, HealthState.LogLength);
        Assert.Equal("checked", shown.Log[^1].Output);
        Assert.Equal(["probe"], _host.Execution.Execs.First().Process.Arguments);
        Assert.Contains("exec_create: probe", _host.Events.ContainerActions);
    }

    [Fact]
    public async Task Command_that_cannot_be_run_is_a_failure_with_its_reason()
    {
        string id = await _host.CreateAsync(config: config => config.Healthcheck = new() { Test = ["CMD", "missing"], Interval = Millisecond, Retries = 1 });
        _host.Execution.OnStarted = _ => _host.Execution.Failure = new StartException("FindCommand", Libc.ENOENT, "exec: \"missing\": executable file not found in $PATH", 127);
        await _host.Service.StartAsync(id);
        await HappensAsync("health_status: unhealthy");
        HealthResult result = _host.State(id).Health!.Log[0];
        Assert.Equal((-1, "OCI runtime exec failed: exec failed: unable to start container process: exec: \"missing\": executable file not found in $PATH"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task Hanging_check_is_killed_and_has_failed()
    {
        string id = await _host.StartAsync(config: config => config.Healthcheck = new() { Test = ["CMD", "hang"], Interval = Millisecond, Timeout = 1500 * 1000, Retries = 1 });
        await HappensAsync("health_status: unhealthy");
        HealthResult result = _host.State(id).Health!.Log[0];
        Assert.Equal((-1, "Health check exceeded timeout (1.5ms)"), (result.ExitCode, result.Output));
        Assert.Contains(_host.Execution.Processes, process => process.Signals.Contains(Libc.SIGKILL));
    }

    [Fact]
    public async Task Pause_and_stop_end_the_checks()
    {
        string id = await _host.StartAsync(config: config => config.Healthcheck = new() { Test = ["CMD", "probe"], Interval = Hour });
        await _host.Service.PauseAsync(id);
        Assert.Equal(HealthStatus.Unhealthy, _host.State(id).Health!.Status);
        Assert.Null(_host.Service.Get(id).HealthChecks);
        await _host.Service.UnpauseAsync(id);
        Assert.NotNull(_host.Service.Get(id).HealthChecks);

        await _host.Service.StopAsync(id, null, 0).WaitAsync(ContainerHost.Patience);
        Assert.Null(_host.Service.Get(id).HealthChecks);
        Assert.Equal(HealthStatus.Unhealthy, _host.State(id).Health!.Status);
        await _host.Service.StartAsync(id);
        Assert.Equal(HealthStatus.Starting, _host.State(id).Health!.Status);
    }

    [Fact]
    public async Task Stop_kills_a_check_under_way_and_does_not_count_it()
    {
        TaskCompletionSource<FakeProcess> checking = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Execution.OnStarted = process =>
        {
            if (!_host.Execution.Execs.IsEmpty)
            {
                checking.TrySetResult(process);
            }
        };
        string id = await _host.StartAsync(config: config => config.Healthcheck = new() { Test = ["CMD", "hang"], Interval = Millisecond, Timeout = Hour });
        FakeProcess probe = await checking.Task.WaitAsync(ContainerHost.Patience);
        await _host.Service.PauseAsync(id);
        await probe.Exited.WaitAsync(ContainerHost.Patience);
        Assert.Equal([Libc.SIGKILL], probe.Signals);
        Assert.Empty(_host.State(id).Health!.Log);
    }

    [Fact]
    public async Task Health_is_kept_on_disk()
    {
        _host.Execution.OnStarted = process => EndExec(process, 0);
        string id = await _host.StartAsync(config: config => config.Healthcheck = new() { Test = ["CMD", "probe"], Interval = Millisecond });
        await HappensAsync("health_status: healthy");
        await _host.Service.StopAsync(id, null, 0).WaitAsync(ContainerHost.Patience);
        await _host.RestartAsync();
        HealthState restored = _host.State(id).Health!;
        Assert.Equal(HealthStatus.Unhealthy, restored.Status);
        Assert.Equal((0, "checked"), (restored.Log[^1].ExitCode, restored.Log[^1].Output));
        Assert.True(restored.Log[^1].End >= restored.Log[^1].Start);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(15_000, "1.5ms")]
    [InlineData(5, "0.5µs")]
    [InlineData(2_500_000, "250ms")]
    [InlineData(300_000_000, "30s")]
    [InlineData(905_000_000, "1m30.5s")]
    [InlineData(36_050_000_000, "1h0m5s")]
    public void Durations_as_Go_prints_them(long ticks, string text) => Assert.Equal(text, GoDuration.Format(TimeSpan.FromTicks(ticks)));

    private static ContainerConfig Config(HealthConfig health) => new() { Healthcheck = health };

    private static HealthResult Result(int code, int second) => new(s_start.AddSeconds(second), s_start.AddSeconds(second), code, "");

    /// <summary>Lets an exec print and end; a container's own process runs on.</summary>
    private void EndExec(FakeProcess process, int code)
    {
        if (_host.Execution.Execs.IsEmpty)
        {
            return;
        }

        _ = Task.Run(async () =>
        {
            await process.PrintAsync("checked");
            process.Exit(code);
        });
    }

    private async Task HappensAsync(string action)
    {
        using CancellationTokenSource patience = new(ContainerHost.Patience);
        while (!_host.Events.ContainerActions.Contains(action))
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
