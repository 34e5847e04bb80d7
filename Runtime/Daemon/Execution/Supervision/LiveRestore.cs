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

        try
        {
            _supervisor ??= on ? await SupervisorLink.OpenAsync(execRoot, shim, start: true) : null;
        }
        catch (Exception failure) when (failure is EngineException or SyscallException or IOException)
        {
            s_log.Error(failure, "live-restore cannot be switched on");
            return;
        }

        _on = on;
        s_log.Info("live-restore is {0} for containers that are started from now on", on ? "on" : "off");
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

    /// <summary>Its last processes are being ended.</summary>
    private async Task LetGoAsync(SupervisorLink supervisor)
    {
        await supervisor.EmptiedAsync();
        if (!_on)
        {
            _supervisor = null;
            supervisor.SayGoodbye();
            supervisor.Leave();
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
