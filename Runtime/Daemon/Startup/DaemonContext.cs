using Rtd.Daemon.Configuration;
using Rtd.Daemon.Events;
using Rtd.Daemon.Plugins;

namespace Rtd.Daemon.Startup;

/// <summary>What every part of the daemon is built from.</summary>
internal sealed record DaemonContext(RunningConfig Config, SystemChecks Checks, EventBus Events, string EngineId, PluginRegistry Plugins);
