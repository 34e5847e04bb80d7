using System.Text.Json.Nodes;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>The host's side of a container: mounts, limits, namespaces, ports, privileges.</summary>
internal static class HostConfigSection
{
    public static JsonObject Build(ContainerOptions options, List<PortFlag> ports, List<NetworkFlag> networks)
    {
        JsonObject host = new() { ["NetworkMode"] = networks[0].Target };
        AddMounts(host, options);
        AddNamespaces(host, options);
        AddPrivileges(host, options);
        AddNetwork(host, options, ports, networks[0]);
        AddLife(host, options);
        ResourceSection.AddTo(host, options);
        return host;
    }

    private static void AddMounts(JsonObject host, ContainerOptions options)
    {
        host.AddList("Binds", options.Basic.Volumes.Select(VolumeFlag.ToBind).OfType<string>());
        host.AddNodes("Mounts", options.Basic.Mounts.Select(MountFlag.Parse));
        host.AddList("VolumesFrom", options.Storage.VolumesFrom);
        host.AddText("VolumeDriver", options.Storage.VolumeDriver);
        host.AddMap("StorageOpt", options.Storage.DriverOptions.Select(option => option.Contains('=') ? option : throw new ClientException("invalid storage option")));
        JsonObject tmpfs = [];
        foreach (string mount in options.Storage.Tmpfs)
        {
            int colon = mount.IndexOf(':');
            tmpfs[colon < 0 ? mount : mount[..colon]] = colon < 0 ? "" : mount[(colon + 1)..];
        }

        if (tmpfs.Count > 0)
        {
            host["Tmpfs"] = tmpfs;
        }

        if (options.Basic.ReadOnly)
        {
            host["ReadonlyRootfs"] = true;
        }

        if (options.Limits.ShmSize is { } size)
        {
            host["ShmSize"] = size;
        }
    }

    private static void AddNamespaces(JsonObject host, ContainerOptions options)
    {
        host.AddText("IpcMode", options.Isolation.Ipc);
        host.AddText("PidMode", Mode(options.Isolation.Pid, "--pid: invalid PID mode", allowContainer: true, "host"));
        host.AddText("UTSMode", Mode(options.Isolation.Uts, "--uts: invalid UTS mode", allowContainer: false, "host"));
        host.AddText("UsernsMode", Mode(options.Isolation.UserNamespace, "--userns: invalid USER mode", allowContainer: false, "host"));
        host.AddText("CgroupnsMode", Mode(options.Isolation.CgroupNamespace, "--cgroupns: invalid CGROUP mode", allowContainer: false, "host", "private"));
        host.AddText("Isolation", options.Isolation.Isolation);
        host.AddMap("Sysctls", options.Isolation.Sysctls);
    }

    private static string? Mode(string? mode, string complaint, bool allowContainer, params ReadOnlySpan<string> known)
    {
        bool isKnown = string.IsNullOrEmpty(mode) || known.Contains(mode)
            || (allowContainer && mode.StartsWith("container:", StringComparison.Ordinal) && mode.Length > "container:".Length);
        return isKnown ? mode : throw new ClientException(complaint);
    }

    private static void AddPrivileges(JsonObject host, ContainerOptions options)
    {
        if (options.Basic.Privileged)
        {
            host["Privileged"] = true;
        }

        host.AddList("CapAdd", options.Isolation.CapAdd);
        host.AddList("CapDrop", options.Isolation.CapDrop);
        host.AddList("GroupAdd", options.Isolation.GroupAdd);
        SecurityOptions security = SecurityOptions.Parse(options.Isolation.SecurityOptions);
        host.AddList("SecurityOpt", security.Options);
        if (security.AreSystemPathsUnconfined)
        {
            host["MaskedPaths"] = new JsonArray();
            host["ReadonlyPaths"] = new JsonArray();
        }
    }

    private static void AddNetwork(JsonObject host, ContainerOptions options, List<PortFlag> ports, NetworkFlag first)
    {
        if (ports.Count > 0)
        {
            host["PortBindings"] = PortFlag.Bindings(ports);
        }

        if (options.Basic.PublishAll)
        {
            host["PublishAllPorts"] = true;
        }

        host.AddList("Dns", options.Endpoint.Dns);
        host.AddList("DnsOptions", options.Endpoint.DnsOptions);
        host.AddList("DnsSearch", options.Endpoint.DnsSearch);
        host.AddList("ExtraHosts", options.Endpoint.AddHosts);

        // Links of a network of the user's own belong to its endpoint.
        if (first.Links.Count == 0)
        {
            host.AddList("Links", options.Endpoint.Links);
        }
    }

    private static void AddLife(JsonObject host, ContainerOptions options)
    {
        host["RestartPolicy"] = RestartFlag.Parse(options.Basic.Restart ?? "no");
        if (options.Basic.Remove)
        {
            host["AutoRemove"] = (string?)host["RestartPolicy"]!["Name"] is "" or "no" ? true : throw new ClientException("conflicting options: cannot specify both --restart and --rm");
        }

        if (options.Basic.Init is { } init)
        {
            host["Init"] = init;
        }

        host.AddText("Runtime", options.Isolation.Runtime);
        host.AddMap("Annotations", options.Isolation.Annotations);
        host.AddText("ContainerIDFile", options.Basic.CidFile);
        string[] logOptions = [.. options.Life.LogOptions];
        if (options.Life.LogDriver == "none" && logOptions.Length > 0)
        {
            throw new ClientException("invalid logging opts for driver none");
        }

        if (options.Life.LogDriver is not null || logOptions.Length > 0)
        {
            host["LogConfig"] = new JsonObject { ["Type"] = options.Life.LogDriver ?? "", ["Config"] = JsonLists.Map(logOptions) };
        }
    }
}
