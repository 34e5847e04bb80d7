namespace Rtd.Daemon.Configuration;

/// <summary>A default ulimit; -1 is unlimited.</summary>
/// <param name="Name">As in <c>docker run --ulimit</c>: nofile, nproc, core …</param>
internal sealed record UlimitSetting(string Name, long Soft, long Hard);
