namespace Rtd.Daemon.Execution;

/// <summary>A process for as long as the machine is up: a pid alone may be reused.</summary>
/// <param name="Pid">Host pid.</param>
/// <param name="StartTicks">Field 22 of /proc/PID/stat, clock ticks since boot.</param>
internal readonly record struct ProcessIdentity(int Pid, ulong StartTicks);
