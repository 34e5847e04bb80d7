using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>Turns the API's limits into those of a cgroup.</summary>
internal static class ResourceBuilder
{
    private const long DefaultPeriod = 100_000;
    private const long NanoPerCpu = 1_000_000_000;

    /// <summary>Limits and device rules for a start.</summary>
    public static CgroupResources Build(HostConfig host) => Limits(host) with { DeviceRules = DeviceRules(host) };

    /// <summary>Limits alone, as an update sets them; device rules stay what they are.</summary>
    public static CgroupResources Limits(ContainerResources resources)
    {
        bool byNano = resources.NanoCpus > 0;
        return new CgroupResources
        {
            Memory = Set(resources.Memory),
            MemorySwap = Set(resources.MemorySwap),
            MemoryReservation = Set(resources.MemoryReservation),
            KernelMemoryTcp = resources.KernelMemoryTCP > 0 ? resources.KernelMemoryTCP : null,
            MemorySwappiness = resources.MemorySwappiness is >= 0 and var swappiness ? swappiness : null,
            OomKillDisable = resources.OomKillDisable == true,
            CpuShares = Set(resources.CpuShares),
            CpuPeriod = byNano ? DefaultPeriod : Set(resources.CpuPeriod),
            CpuQuota = byNano ? resources.NanoCpus * DefaultPeriod / NanoPerCpu : Set(resources.CpuQuota),
            CpuRealtimePeriod = Set(resources.CpuRealtimePeriod),
            CpuRealtimeRuntime = Set(resources.CpuRealtimeRuntime),
            CpusetCpus = Set(resources.CpusetCpus),
            CpusetMems = Set(resources.CpusetMems),
            PidsLimit = resources.PidsLimit switch { null => null, <= 0 => -1, var limit => limit },
            BlkioWeight = resources.BlkioWeight == 0 ? null : resources.BlkioWeight,
            BlkioWeights = [.. Weights(resources)],
            BlkioThrottles = [.. Throttles(resources)],
        };
    }

    private static long? Set(long value) => value == 0 ? null : value;

    private static string? Set(string value) => value.Length == 0 ? null : value;

    private static List<DeviceRule>? DeviceRules(HostConfig host)
    {
        if (host.Privileged)
        {
            return null;
        }

        List<DeviceRule> rules = [.. HostDevices.DefaultRules];
        foreach (DeviceMapping mapping in host.Devices ?? [])
        {
            string access = mapping.CgroupPermissions.Length > 0 ? mapping.CgroupPermissions : "rwm";
            rules.AddRange(HostDevices.Resolve(mapping).Select(device => new DeviceRule(true, device.Type, device.Major, device.Minor, access)));
        }

        rules.AddRange((host.DeviceCgroupRules ?? []).Select(DeviceRuleParser.Parse));
        return rules;
    }

    private static IEnumerable<BlkioThrottle> Throttles(ContainerResources resources) =>
        Throttles("read_bps", resources.BlkioDeviceReadBps)
            .Concat(Throttles("write_bps", resources.BlkioDeviceWriteBps))
            .Concat(Throttles("read_iops", resources.BlkioDeviceReadIOps))
            .Concat(Throttles("write_iops", resources.BlkioDeviceWriteIOps));

    private static IEnumerable<BlkioThrottle> Throttles(string kind, List<ThrottleDevice>? devices)
    {
        foreach (ThrottleDevice throttle in devices ?? [])
        {
            DeviceSpec device = BlockDevice(throttle.Path);
            yield return new BlkioThrottle(kind, device.Major, device.Minor, throttle.Rate);
        }
    }

    private static IEnumerable<BlkioWeight> Weights(ContainerResources resources)
    {
        foreach (WeightDevice weight in (resources.BlkioWeightDevice ?? []).Where(weight => weight.Weight != 0))
        {
            DeviceSpec device = BlockDevice(weight.Path);
            yield return new BlkioWeight(device.Major, device.Minor, weight.Weight);
        }
    }

    private static DeviceSpec BlockDevice(string path)
    {
        // As a device to pass on, a directory stands for all below it: "/" had the whole machine looked through.
        DeviceSpec? device = Directory.Exists(path) ? null : HostDevices.Resolve(new DeviceMapping { PathOnHost = path })[0];
        return device is { Type: 'b' } ? device : throw EngineException.InvalidParameter($"{path} is not a block device");
    }
}
