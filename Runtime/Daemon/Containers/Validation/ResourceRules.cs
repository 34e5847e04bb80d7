using System.Globalization;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Checks limits, in Docker's words.</summary>
internal sealed partial class ResourceRules(int cpuCount, CgroupFeatures features)
{
    private const long MinimumMemory = 6 * 1024 * 1024;

    /// <summary>Checks limits, and takes out those that this host cannot set, with a warning, as Docker does.</summary>
    /// <returns>Warnings for the client.</returns>
    public IReadOnlyList<string> Complete(ContainerResources resources)
    {
        CheckMemory(resources);
        CheckCpu(resources);
        CheckBlockIo(resources);
        CheckUlimits(resources);
        CheckDevices(resources);
        resources.MemorySwap = resources is { Memory: > 0, MemorySwap: 0 } ? 2 * resources.Memory : resources.MemorySwap;
        List<string> warnings = [];
        DiscardMemory(resources, warnings);
        DiscardCpu(resources, warnings);
        DiscardOthers(resources, warnings);
        if (resources.OomKillDisable == true && resources.Memory == 0)
        {
            warnings.Add("OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.");
        }

        return warnings;
    }

    private static void CheckMemory(ContainerResources resources)
    {
        (long memory, long swap, long reservation) = (resources.Memory, resources.MemorySwap, resources.MemoryReservation);
        Refuse(memory is not 0 and < MinimumMemory, "Minimum memory limit allowed is 6MB");
        Refuse(memory > 0 && swap > 0 && swap < memory, "Minimum memoryswap limit should be larger than memory limit, see usage");
        Refuse(memory == 0 && swap > 0, "You should always set the Memory limit when using Memoryswap limit, see usage");
        Refuse(swap < -1, "Minimum memoryswap limit should be larger than memory limit, see usage");
        Refuse(reservation is not 0 and < MinimumMemory, "Minimum memory reservation allowed is 6MB");
        Refuse(memory > 0 && reservation > memory, "Minimum memory limit can not be less than memory reservation limit, see usage");
        if (resources.MemorySwappiness is { } swappiness)
        {
            Refuse(swappiness is < -1 or > 100, $"Invalid value: {Text(swappiness)}, valid memory swappiness range is 0-100");
        }
    }

    private void CheckCpu(ContainerResources resources)
    {
        long nano = resources.NanoCpus;
        Refuse(nano > 0 && resources.CpuPeriod > 0, "Conflicting options: Nano CPUs and CPU Period cannot both be set");
        Refuse(nano > 0 && resources.CpuQuota > 0, "Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        Refuse(
            nano < 0 || nano > cpuCount * 1_000_000_000L || nano is > 0 and < 10_000_000,
            $"range of CPUs is from 0.01 to {Text(cpuCount)}.00, as there are only {Text(cpuCount)} CPUs available");
        Refuse(resources.CpuShares < 0, $"invalid CPU shares ({Text(resources.CpuShares)}): value must be a positive integer");
        Refuse(
            resources.CpuPeriod is not 0 and (< 1000 or > 1_000_000),
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        Refuse(resources.CpuQuota is > 0 and < 1000 or < -1, "CPU cfs quota can not be less than 1ms (i.e. 1000)");
        Refuse(
            resources.CpuRealtimePeriod < 0 || resources.CpuRealtimeRuntime < 0
                || (resources.CpuRealtimePeriod != 0 && resources.CpuRealtimeRuntime > resources.CpuRealtimePeriod),
            "cpu real-time runtime cannot be higher than cpu real-time period");
        CpuList.Validate(resources.CpusetCpus, "cpus", features.Cpus);
        CpuList.Validate(resources.CpusetMems, "mems", features.Mems);
    }

    private static void CheckBlockIo(ContainerResources resources)
    {
        Refuse(resources.BlkioWeight is not 0 and (< 10 or > 1000), "Range of blkio weight is from 10 to 1000");
        foreach (WeightDevice device in resources.BlkioWeightDevice ?? [])
        {
            Refuse(device.Weight is not 0 and (< 10 or > 1000), "Range of blkio weight is from 10 to 1000");
        }
    }

    private static void CheckUlimits(ContainerResources resources)
    {
        foreach (Ulimit limit in resources.Ulimits ?? [])
        {
            RlimitNames.Parse(limit.Name);
            Refuse(
                (ulong)limit.Soft > (ulong)limit.Hard,
                $"ulimit soft limit must be less than or equal to hard limit: {Text(limit.Soft)} > {Text(limit.Hard)}");
        }
    }

    private static void CheckDevices(ContainerResources resources)
    {
        foreach (DeviceMapping device in resources.Devices ?? [])
        {
            string inside = device.PathInContainer.Length > 0 ? device.PathInContainer : device.PathOnHost;
            Refuse(!device.PathOnHost.StartsWith('/') || !inside.StartsWith('/') || inside.Contains('\0'), $"invalid device mapping: \"{device.PathOnHost}\"");
            Refuse(
                device.CgroupPermissions.Length > 0 && !DeviceRuleParser.IsAccess(device.CgroupPermissions),
                $"invalid device mode: {device.CgroupPermissions}");
        }

        foreach (string rule in resources.DeviceCgroupRules ?? [])
        {
            DeviceRuleParser.Parse(rule);
        }

        if (resources.DeviceRequests is [{ } request, ..])
        {
            string capabilities = string.Join(' ', (request.Capabilities ?? []).Select(set => $"[{string.Join(' ', set)}]"));
            throw EngineException.InvalidParameter($"could not select device driver \"{request.Driver}\" with capabilities: [{capabilities}]");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw EngineException.InvalidParameter(message);
        }
    }
}
