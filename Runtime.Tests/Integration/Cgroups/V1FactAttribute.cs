using Rtd.Daemon.Cgroups;
using Xunit;

namespace Rtd.Tests.Integration.Cgroups;

/// <summary>A test that needs root and a host with v1 controllers.</summary>
internal sealed class V1FactAttribute : FactAttribute
{
    public V1FactAttribute()
    {
        Skip = !Environment.IsPrivilegedProcess ? "needs root"
            : CgroupDrivers.Detect().Version != 1 ? "the host has no cgroup v1 controllers"
            : null;
    }
}
