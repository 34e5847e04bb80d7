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
        host.AddNumber("PidsLimit", options.PidsLimit);
        host.AddNodes("Ulimits", options.Ulimits.Select(UlimitFlag.Parse));
        host.AddText("CgroupParent", options.CgroupParent);
        AddDevices(host, options);
    }

    private static void AddMemory(JsonObject host, ContainerOptions options)
    {
        host.AddNumber("Memory", options.Memory);
        host.AddNumber("MemoryReservation", options.MemoryReservation);
        host.AddNumber("MemorySwap", options.MemorySwap);
        host.AddNumber("KernelMemory", options.KernelMemory);
        if (options.MemorySwappiness is { } swappiness)
        {
            host["MemorySwappiness"] = swappiness is >= -1 and <= 100 ? swappiness : throw new ClientException($"invalid value: {swappiness}. Valid memory swappiness range is 0-100");
        }

        if (options.OomKillDisable is { } disable)
        {
            host["OomKillDisable"] = disable;
        }

        host.AddNumber("OomScoreAdj", options.OomScoreAdj);
    }

    private static void AddCpu(JsonObject host, ContainerOptions options)
    {
        host.AddNumber("NanoCpus", options.NanoCpus);
        host.AddNumber("CpuShares", options.CpuShares);
        host.AddNumber("CpuPeriod", options.CpuPeriod);
        host.AddNumber("CpuQuota", options.CpuQuota);
        host.AddNumber("CpuRealtimePeriod", options.CpuRealtimePeriod);
        host.AddNumber("CpuRealtimeRuntime", options.CpuRealtimeRuntime);
        host.AddText("CpusetCpus", options.CpusetCpus);
        host.AddText("CpusetMems", options.CpusetMems);
    }

    private static void AddBlockIo(JsonObject host, ContainerOptions options)
    {
        host.AddNumber("BlkioWeight", options.BlkioWeight);
        host.AddNodes("BlkioWeightDevice", options.BlkioWeightDevices.Select(ThrottleFlag.ParseWeight));
        host.AddNodes("BlkioDeviceReadBps", options.DeviceReadBps.Select(text => ThrottleFlag.Parse(text, inBytes: true)));
        host.AddNodes("BlkioDeviceWriteBps", options.DeviceWriteBps.Select(text => ThrottleFlag.Parse(text, inBytes: true)));
        host.AddNodes("BlkioDeviceReadIOps", options.DeviceReadIops.Select(text => ThrottleFlag.Parse(text, inBytes: false)));
        host.AddNodes("BlkioDeviceWriteIOps", options.DeviceWriteIops.Select(text => ThrottleFlag.Parse(text, inBytes: false)));
    }

    private static void AddDevices(JsonObject host, ContainerOptions options)
    {
        string[] devices = [.. options.Devices];
        host.AddNodes("Devices", devices.Where(device => !DeviceFlag.IsCdi(device)).Select(DeviceFlag.Parse));
        host.AddList("DeviceCgroupRules", options.DeviceCgroupRules);
        List<JsonObject> requests = [];
        string[] cdi = [.. devices.Where(DeviceFlag.IsCdi)];
        if (cdi.Length > 0)
        {
            requests.Add(new JsonObject { ["Driver"] = "cdi", ["DeviceIDs"] = JsonLists.Of(cdi) });
        }

        if (options.Gpus is { } gpus)
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
