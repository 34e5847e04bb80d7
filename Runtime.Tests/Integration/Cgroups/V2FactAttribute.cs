using Rtd.Daemon.Cgroups;
using Xunit;

namespace Rtd.Tests.Integration.Cgroups;

/// <summary>A test that needs root and a mounted cgroup2, be it the empty one of a hybrid host.</summary>
internal sealed class V2FactAttribute : FactAttribute
{
    public V2FactAttribute()
    {
        Skip = !Environment.IsPrivilegedProcess ? "needs root" : Mount is null ? "cgroup2 is not mounted" : null;
    }

    public static CgroupMount? Mount { get; } = CgroupMounts.Parse(File.ReadAllText("/proc/self/mountinfo")).FirstOrDefault(mount => mount.Version == 2);
}
