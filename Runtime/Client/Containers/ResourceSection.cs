using System.Text.Json.Nodes;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>Limits and devices, which the API keeps flat within HostConfig.</summary>
internal static class ResourceSection
{
    public static void AddTo(JsonObject host, ContainerOptions options)
    {
        AddMemory(host, options);
        AddCpu(host, options);
        AddBlockIo(host, options);
        host.AddNumber("PidsLimit", options.Limits.PidsLimit);
        host.AddNodes("Ulimits", options.Limits.Ulimits.Select(UlimitFlag.Parse));
        host.AddText("CgroupParent", options.Limits.CgroupParent);
        AddDevices(host, options);
    }

    private static void AddMemory(JsonObject host, ContainerOptions options)
    {
        host.AddNumber("Memory", options.Limits.Memory);
        host.AddNumber("MemoryReservation", options.Limits.MemoryReservation);
        host.AddNumber("MemorySwap", options.Limits.MemorySwap);
        host.AddNumber("KernelMemory", options.Limits.KernelMemory);
        if (options.Limits.MemorySwappiness is { } swappiness)
        {
            host["MemorySwappiness"] = swappiness is >= -1 and <= 100 ? swappiness : throw new ClientException($"invalid value: {swappiness}. Valid memory swappiness range is 0-100");
        }

        if (options.Limits.OomKillDisable is { } disable)
        {
            host["OomKillDisable"] = disable;
        }

        host.AddNumber("OomScoreAdj", options.Limits.OomScoreAdj);
    }

    private static void AddCpu(JsonObject host, ContainerOptions options)
    {
        host.AddNumber("NanoCpus", options.Limits.NanoCpus);
        host.AddNumber("CpuShares", options.Limits.CpuShares);
        host.AddNumber("CpuPeriod", options.Limits.CpuPeriod);
        host.AddNumber("CpuQuota", options.Limits.CpuQuota);
        host.AddNumber("CpuRealtimePeriod", options.Limits.CpuRealtimePeriod);
        host.AddNumber("CpuRealtimeRuntime", options.Limits.CpuRealtimeRuntime);
        host.AddText("CpusetCpus", options.Limits.CpusetCpus);
        host.AddText("CpusetMems", options.Limits.CpusetMems);
    }

    private static void AddBlockIo(JsonObject host, ContainerOptions options)
    {
        host.AddNumber("BlkioWeight", options.Devices.BlkioWeight);
        host.AddNodes("BlkioWeightDevice", options.Devices.BlkioWeightDevices.Select(ThrottleFlag.ParseWeight));
        host.AddNodes("BlkioDeviceReadBps", options.Devices.DeviceReadBps.Select(text => ThrottleFlag.Parse(text, inBytes: true)));
        host.AddNodes("BlkioDeviceWriteBps", options.Devices.DeviceWriteBps.Select(text => ThrottleFlag.Parse(text, inBytes: true)));
        host.AddNodes("BlkioDeviceReadIOps", options.Devices.DeviceReadIops.Select(text => ThrottleFlag.Parse(text, inBytes: false)));
        host.AddNodes("BlkioDeviceWriteIOps", options.Devices.DeviceWriteIops.Select(text => ThrottleFlag.Parse(text, inBytes: false)));
    }

    private static void AddDevices(JsonObject host, ContainerOptions options)
    {
        string[] devices = [.. options.Devices.Devices];
        host.AddNodes("Devices", devices.Where(device => !DeviceFlag.IsCdi(device)).Select(DeviceFlag.Parse));
        host.AddList("DeviceCgroupRules", options.Devices.DeviceCgroupRules);
        List<JsonObject> requests = [];
        string[] cdi = [.. devices.Where(DeviceFlag.IsCdi)];
        if (cdi.Length > 0)
        {
            requests.Add(new JsonObject { ["Driver"] = "cdi", ["DeviceIDs"] = JsonLists.Of(cdi) });
        }

        if (options.Devices.Gpus is { } gpus)
        {
            requests.Add(GpuRequest(gpus));
        }

        host.AddNodes("DeviceRequests", requests);
    }

    private static JsonObject GpuRequest(string text)
    {
        long count = text == "all" ? -1 : CommandLine.GoParse.Int(text);
        return new JsonObject { ["Count"] = count, ["Capabilities"] = new JsonArray(JsonLists.Of(["gpu"])) };
    }
}
