using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

internal sealed partial class ResourceRules
{
    private const long Unlimited = -1;

    private void DiscardMemory(ContainerResources resources, List<string> warnings)
    {
        if (resources.Memory > 0 && !features.MemoryLimit)
        {
            warnings.Add("Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.");
            (resources.Memory, resources.MemorySwap) = (0, Unlimited);
        }

        if (resources.Memory > 0 && resources.MemorySwap != Unlimited && !features.SwapLimit)
        {
            warnings.Add("Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.");
            resources.MemorySwap = Unlimited;
        }

        if (resources.MemoryReservation > 0 && !features.MemoryReservation)
        {
            warnings.Add("Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.");
            resources.MemoryReservation = 0;
        }

        if (resources.KernelMemoryTCP > 0 && !features.KernelMemoryTcp)
        {
            warnings.Add("Your kernel does not support kernel memory TCP limit capabilities or the cgroup is not mounted. Limitation discarded.");
            resources.KernelMemoryTCP = 0;
        }

        if (resources.MemorySwappiness is >= 0 && !features.MemorySwappiness)
        {
            warnings.Add("Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.");
            resources.MemorySwappiness = null;
        }

        if (resources.OomKillDisable == true && !features.OomKillDisable)
        {
            warnings.Add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
            resources.OomKillDisable = null;
        }
    }

    private void DiscardCpu(ContainerResources resources, List<string> warnings)
    {
        if (resources.NanoCpus > 0 && !(features.CpuCfsPeriod && features.CpuCfsQuota))
        {
            throw EngineException.InvalidParameter("NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted");
        }

        if (resources.CpuShares > 0 && !features.CpuShares)
        {
            warnings.Add("Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.");
            resources.CpuShares = 0;
        }

        if ((resources.CpuPeriod != 0 || resources.CpuQuota != 0) && !(features.CpuCfsPeriod && features.CpuCfsQuota))
        {
            warnings.Add("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
            (resources.CpuPeriod, resources.CpuQuota) = (0, 0);
        }

        if ((resources.CpuRealtimePeriod > 0 || resources.CpuRealtimeRuntime > 0) && !features.CpuRealtime)
        {
            throw EngineException.InvalidParameter("kernel does not support CPU real-time scheduler");
        }

        if ((resources.CpusetCpus.Length > 0 || resources.CpusetMems.Length > 0) && !features.CpuSet)
        {
            warnings.Add("Your kernel does not support cpuset or the cgroup is not mounted. CPUset discarded.");
            (resources.CpusetCpus, resources.CpusetMems) = ("", "");
        }
    }

    private void DiscardOthers(ContainerResources resources, List<string> warnings)
    {
        if (resources.PidsLimit is > 0 && !features.PidsLimit)
        {
            warnings.Add("Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.");
            resources.PidsLimit = null;
        }

        if (resources.BlkioWeight > 0 && !features.BlkioWeight)
        {
            warnings.Add("Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
            resources.BlkioWeight = 0;
        }

        if (resources.BlkioWeightDevice is { Count: > 0 } && !features.BlkioWeightDevice)
        {
            warnings.Add("Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.");
            resources.BlkioWeightDevice = null;
        }

        bool throttles = resources.BlkioDeviceReadBps is { Count: > 0 } || resources.BlkioDeviceWriteBps is { Count: > 0 }
            || resources.BlkioDeviceReadIOps is { Count: > 0 } || resources.BlkioDeviceWriteIOps is { Count: > 0 };
        if (throttles && !features.BlkioThrottle)
        {
            warnings.Add("Your kernel does not support Block I/O rate limits or the cgroup is not mounted. Block I/O limits discarded.");
            resources.BlkioDeviceReadBps = resources.BlkioDeviceWriteBps = resources.BlkioDeviceReadIOps = resources.BlkioDeviceWriteIOps = null;
        }
    }
}
