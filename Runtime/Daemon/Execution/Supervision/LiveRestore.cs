using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution.Supervision;

/// <summary>Whether containers outlive the daemon. Switched while the daemon runs, it is for processes that are started from then on.</summary>
internal sealed class LiveRestore(string execRoot, SafeFileHandle shim) : IProcessParent, IFdKeeper
{
    private static readonly Logger s_log = LogManager.GetLogger("supervisor");

    private readonly DaemonAsParent _daemon = new();
    private readonly SemaphoreSlim _switching = new(1, 1);
    private SupervisorLink? _supervisor;
    private volatile bool _on;

    public bool IsOn => _on;

    /// <summary>A supervisor may be holding containers of a former daemon.</summary>
    public bool MayResume => SupervisorLink.MayBeThere(execRoot);

    /// <summary>What a former daemon left.</summary>
    public IReadOnlyList<HeldProcess> Processes => _supervisor?.Processes ?? [];

    /// <summary>Connects to the supervisor, which is started when it is needed and not there.</summary>
    public async Task OpenAsync(bool on)
    {
        _supervisor = await SupervisorLink.OpenAsync(execRoot, shim, start: on);
        _on = on;
    }

    /// <summary>For a changed configuration.</summary>
    public async Task SwitchAsync(bool on)
    {
        if (on == _on)
        {
            return;
        }

        await _switching.WaitAsync();
        try
        {
            _supervisor ??= on ? await SupervisorLink.OpenAsync(execRoot, shim, start: true) : null;
            _on = on;
        }
        catch (Exception failure) when (failure is EngineException or SyscallException or IOException)
        {
            s_log.Error(failure, "live-restore cannot be switched on");
            return;
        }
        finally
        {
            _switching.Release();
        }

        s_log.Info(on ? "live-restore is on for containers that are started from now on" : "live-restore is off: a stop of the daemon ends all containers");
        if (!on && _supervisor is { } unneeded)
        {
            _ = LetGoAsync(unneeded);
        }
    }

    public Task<ChildProcess> SpawnAsync(SpawnRequest request, SafeFileHandle? pidNamespace) =>
        _on && _supervisor is { } supervisor ? supervisor.SpawnAsync(request, pidNamespace) : _daemon.SpawnAsync(request, pidNamespace);

    public void Keep(string name, SafeHandle fd, IPEndPoint? target = null)
    {
        if (_on)
        {
            _supervisor?.Keep(name, fd, target);
        }
    }

    public void Drop(string name) => _supervisor?.Drop(name);

    public SafeFileHandle? TakeKept(string name) => _supervisor?.TakeKept(name);

    /// <summary>What a former daemon left is taken up.</summary>
    public void Restored()
    {
        _supervisor?.DropRest();
        if (!_on && _supervisor is { } unneeded)
        {
            _ = LetGoAsync(unneeded);
        }
    }

    /// <summary>When its last process has ended, it is not needed any more; unless live restore was switched on again.</summary>
    private async Task LetGoAsync(SupervisorLink supervisor)
    {
        await supervisor.EmptiedAsync();
        await _switching.WaitAsync();
        try
        {
            if (!_on && _supervisor == supervisor)
            {
                _supervisor = null;
                supervisor.Part();
            }
        }
        finally
        {
            _switching.Release();
        }
    }

    /// <summary>The daemon has been told to end, and is not to be started again.</summary>
    public void SayGoodbye() => _supervisor?.SayGoodbye();

    /// <summary>The start has failed. Who started the daemon sees that, unless it was the supervisor, which tries again.</summary>
    public void StartFailed()
    {
        if (Environment.GetEnvironmentVariable(RestartMark.Variable) is null)
        {
            _supervisor?.SayGoodbye();
        }

        _supervisor?.Leave();
    }

    public void Leave() => _supervisor?.Leave();
}
