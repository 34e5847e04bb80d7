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
        host.AddList("Binds", options.Volumes.Select(VolumeFlag.ToBind).OfType<string>());
        host.AddNodes("Mounts", options.Mounts.Select(MountFlag.Parse));
        host.AddList("VolumesFrom", options.VolumesFrom);
        host.AddText("VolumeDriver", options.VolumeDriver);
        host.AddMap("StorageOpt", options.StorageOptions.Select(option => option.Contains('=') ? option : throw new ClientException("invalid storage option")));
        JsonObject tmpfs = [];
        foreach (string mount in options.Tmpfs)
        {
            int colon = mount.IndexOf(':');
            tmpfs[colon < 0 ? mount : mount[..colon]] = colon < 0 ? "" : mount[(colon + 1)..];
        }

        if (tmpfs.Count > 0)
        {
            host["Tmpfs"] = tmpfs;
        }

        if (options.ReadOnly)
        {
            host["ReadonlyRootfs"] = true;
        }

        if (options.ShmSize is { } size)
        {
            host["ShmSize"] = size;
        }
    }

    private static void AddNamespaces(JsonObject host, ContainerOptions options)
    {
        host.AddText("IpcMode", options.Ipc);
        host.AddText("PidMode", Mode(options.Pid, "--pid: invalid PID mode", allowContainer: true, "host"));
        host.AddText("UTSMode", Mode(options.Uts, "--uts: invalid UTS mode", allowContainer: false, "host"));
        host.AddText("UsernsMode", Mode(options.UserNamespace, "--userns: invalid USER mode", allowContainer: false, "host"));
        host.AddText("CgroupnsMode", Mode(options.CgroupNamespace, "--cgroupns: invalid CGROUP mode", allowContainer: false, "host", "private"));
        host.AddText("Isolation", options.Isolation);
        host.AddMap("Sysctls", options.Sysctls);
    }

    private static string? Mode(string? mode, string complaint, bool allowContainer, params ReadOnlySpan<string> known)
    {
        bool isKnown = string.IsNullOrEmpty(mode) || known.Contains(mode)
            || (allowContainer && mode.StartsWith("container:", StringComparison.Ordinal) && mode.Length > "container:".Length);
        return isKnown ? mode : throw new ClientException(complaint);
    }

    private static void AddPrivileges(JsonObject host, ContainerOptions options)
    {
        if (options.Privileged)
        {
            host["Privileged"] = true;
        }

        host.AddList("CapAdd", options.CapAdd);
        host.AddList("CapDrop", options.CapDrop);
        host.AddList("GroupAdd", options.GroupAdd);
        SecurityOptions security = SecurityOptions.Parse(options.SecurityOptions);
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

        if (options.PublishAll)
        {
            host["PublishAllPorts"] = true;
        }

        host.AddList("Dns", options.Dns);
        host.AddList("DnsOptions", options.DnsOptions);
        host.AddList("DnsSearch", options.DnsSearch);
        host.AddList("ExtraHosts", options.AddHosts);

        // Links of a network of the user's own belong to its endpoint.
        if (first.Links.Count == 0)
        {
            host.AddList("Links", options.Links);
        }
    }

    private static void AddLife(JsonObject host, ContainerOptions options)
    {
        host["RestartPolicy"] = RestartFlag.Parse(options.Restart ?? "no");
        if (options.Remove)
        {
            host["AutoRemove"] = (string?)host["RestartPolicy"]!["Name"] is "" or "no" ? true : throw new ClientException("conflicting options: cannot specify both --restart and --rm");
        }

        if (options.Init is { } init)
        {
            host["Init"] = init;
        }

        host.AddText("Runtime", options.Runtime);
        host.AddMap("Annotations", options.Annotations);
        host.AddText("ContainerIDFile", options.CidFile);
        string[] logOptions = [.. options.LogOptions];
        if (options.LogDriver == "none" && logOptions.Length > 0)
        {
            throw new ClientException("invalid logging opts for driver none");
        }

        if (options.LogDriver is not null || logOptions.Length > 0)
        {
            host["LogConfig"] = new JsonObject { ["Type"] = options.LogDriver ?? "", ["Config"] = JsonLists.Map(logOptions) };
        }
    }
}
