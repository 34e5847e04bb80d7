using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>A theory that needs the pids controller of cgroup v1, under which a cgroup of the daemon's own can be limited without moving others.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PidsTheoryAttribute : TheoryAttribute
{
    public PidsTheoryAttribute() => Skip = Prerequisites.Missing ?? (Directory.Exists("/sys/fs/cgroup/pids") ? null : "the host has no pids controller of cgroup v1");
}
