using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Execs;
using Rtd.Daemon.Containers.Health;
using Rtd.Daemon.Containers.Processes;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Metrics;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>A check that could not be run or took too long.</summary>
    private const int CheckFailedExitCode = -1;

    /// <summary>From a check's SIGKILL to its end; one in an uninterruptible wait is then left to the kernel.</summary>
    private static readonly TimeSpan s_checkKillTimeout = TimeSpan.FromSeconds(10);

    /// <summary>In the queue: checks a running container's health from now on, should it have a check. Between checks there is only a timer.</summary>
    private void BeginHealthChecks(Container container, ContainerRun run)
    {
        EndHealthChecks(container);
        if (HealthCheck.Of(container.Record.Config) is { } check)
        {
            // Never disposed of: it holds nothing but its registrations, and who ends the checks may do so after they have ended by themselves.
            container.HealthChecks = new CancellationTokenSource();
            _ = CheckRepeatedlyAsync(container, run, check, container.HealthChecks.Token);
        }
    }

    /// <summary>In the queue: ends the checks; one that is under way is killed and not counted.</summary>
    private static void EndHealthChecks(Container container)
    {
        if (container.HealthChecks is { } checks)
        {
            container.HealthChecks = null;
            container.SetState(container.State with { Health = container.State.Health?.End() });
            _ = checks.CancelAsync(); // what it wakes must not run in this queue
        }
    }

    /// <summary>Nobody awaits this, so it must not throw.</summary>
    private async Task CheckRepeatedlyAsync(Container container, ContainerRun run, HealthCheck check, CancellationToken end)
    {
        try
        {
            while (true)
            {
                HealthStatus status = container.State.Health?.Status ?? HealthStatus.Starting;
                await Task.Delay(check.NextInterval(status, run.Age.Value), end);
                HealthResult result = await CheckAsync(container, run, check, end);
                using AsyncLock.Holder holder = await container.Queue.AcquireAsync(end);
                end.ThrowIfCancellationRequested();
                RecordHealth(container, result, check, run.Age.Beginning);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Paused or ended.
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}: its health checks have ended", container.Id);
        }
    }

    /// <summary>In the queue. Only a change of the status is written down: the next write takes the log of checks along.</summary>
    private void RecordHealth(Container container, HealthResult result, HealthCheck check, DateTimeOffset startedAt)
    {
        EngineMetrics.HealthChecks.Add();
        EngineMetrics.HealthChecksFailed.Add(result.ExitCode == 0 ? 0 : 1);
        HealthState before = container.State.Health ?? new HealthState();
        HealthState after = before.After(result, check, startedAt);
        container.SetState(container.State with { Health = after });
        if (after.Status != before.Status)
        {
            Save(container);
            Publish(container, "health_status: " + after.StatusName);
        }
    }

    /// <summary>Runs the check once, as an exec that inspect and events show like any other.</summary>
    private async Task<HealthResult> CheckAsync(Container container, ContainerRun run, HealthCheck check, CancellationToken end)
    {
        DateTimeOffset start = DateTimeOffset.UtcNow;
        CheckOutput output = new();
        ExecCreateRequest request = new() { Cmd = [.. check.Command], AttachStdout = true, AttachStderr = true };
        ExecInstance exec = new(container, request) { Capture = output };
        try
        {
            Check(request);
            exec.TryBegin();
            _execs.Add(exec);
            Publish(container, "exec_create: " + string.Join(' ', request.Cmd), ("execID", exec.Id));
            await RunExecAsync(exec, new ExecStartRequest(), stdin: false);
        }
        catch (EngineException failure)
        {
            return new HealthResult(start, DateTimeOffset.UtcNow, CheckFailedExitCode, failure.Message);
        }

        IContainerProcess process = await exec.Streams.Process;
        try
        {
            ExitStatus exit = await process.Exited.WaitAsync(check.Timeout, end);
            return new HealthResult(start, exit.At, exit.Code, output.Text);
        }
        catch (TimeoutException)
        {
            await KillCheckAsync(container, run, process);
            string text = output.Text;
            string message = $"Health check exceeded timeout ({GoDuration.Format(check.Timeout)}){(text.Length > 0 ? ": " + text : "")}";
            return new HealthResult(start, DateTimeOffset.UtcNow, CheckFailedExitCode, message);
        }
        catch (OperationCanceledException)
        {
            await KillCheckAsync(container, run, process);
            throw;
        }
    }

    /// <summary>Kills a check with its children, and waits for its end, so that checks that hang do not add up.</summary>
    private static async Task KillCheckAsync(Container container, ContainerRun run, IContainerProcess process)
    {
        try
        {
            ProcessFamily.Kill(run.Cgroup, process.Identity);
            process.Kill(Libc.SIGKILL);
            await process.Exited.WaitAsync(s_checkKillTimeout);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException or SyscallException)
        {
            s_log.Warn(failure, "container {0}: killing its health check {1}", container.Id, process.Identity.Pid);
        }
    }
}
