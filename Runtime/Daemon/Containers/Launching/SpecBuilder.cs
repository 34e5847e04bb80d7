using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>Turns a container's record into the spec for rtinit, with Docker's defaults.</summary>
internal sealed partial class SpecBuilder(SpecInputs inputs, ContainerDefaults defaults)
{
    private readonly ContainerRecord _record = inputs.Record;
    private readonly ContainerConfig _config = inputs.Record.Config;
    private readonly HostConfig _host = inputs.Record.HostConfig;
    private readonly NetworkMode _network = NetworkMode.Parse(inputs.Record.HostConfig.NetworkMode);

    /// <summary>Namespaces that the container's process is cloned into.</summary>
    public static ulong CloneFlags(HostConfig host)
    {
        ulong flags = Libc.CLONE_NEWNS;
        flags |= host.UTSMode == "host" ? 0 : Libc.CLONE_NEWUTS;
        flags |= host.IpcMode == "host" || CreateRules.IpcContainer(host) is not null ? 0 : Libc.CLONE_NEWIPC;
        flags |= host.PidMode.Length > 0 ? 0 : Libc.CLONE_NEWPID;
        flags |= NetworkMode.Parse(host.NetworkMode).OwnNamespace ? Libc.CLONE_NEWNET : 0;
        return flags;
    }

    /// <summary>Namespaces that an exec enters: all that are not the host's.</summary>
    public static ulong ExecNamespaces(HostConfig host)
    {
        ulong flags = CloneFlags(host);
        flags |= NetworkMode.Parse(host.NetworkMode).Kind == NetworkModeKind.Container ? Libc.CLONE_NEWNET : 0;
        flags |= CreateRules.PidContainer(host) is null ? 0 : Libc.CLONE_NEWPID;
        flags |= CreateRules.IpcContainer(host) is null ? 0 : Libc.CLONE_NEWIPC;
        flags |= host.CgroupnsMode == "host" ? 0 : Libc.CLONE_NEWCGROUP;
        return flags;
    }

    public ContainerSpec Build()
    {
        IReadOnlyList<MountSpec> mounts = Mounts();
        ContainerSpec spec = new()
        {
            Id = _record.Id,
            Hostname = _host.UTSMode == "host" ? "" : _config.Hostname,
            Domainname = _host.UTSMode == "host" ? "" : _config.Domainname,
            Rootfs = inputs.Rootfs,
            ReadonlyRootfs = _host.ReadonlyRootfs,
            RootfsPropagation = RootPropagation(),
            Mounts = mounts,
            Devices = Devices(),
            MaskedPaths = _host.MaskedPaths ?? [],
            ReadonlyPaths = _host.ReadonlyPaths ?? [],
            Sysctls = Sysctls(),
            PrivateCgroupNamespace = _host.CgroupnsMode != "host",
            JoinNamespaces = inputs.JoinNamespaces,
            Process = Process(),
        };
        return inputs.Remap is null ? spec : RemappedSpec.Of(spec, _host.IpcMode == "host");
    }

    private ProcessSpec Process()
    {
        (ushort height, ushort width) = ProcessBuilder.ConsoleSize(_host.ConsoleSize);
        return new ProcessSpec
        {
            Arguments = _record.Command,
            Environment = ProcessBuilder.Environment(_config.Hostname, _config.Tty, inputs.LinkEnvironment, _config.Env),
            WorkingDirectory = _config.WorkingDir.Length > 0 ? Path.GetFullPath(_config.WorkingDir) : "/",
            User = _config.User,
            AdditionalGroups = _host.GroupAdd ?? [],
            Terminal = _config.Tty,
            ConsoleHeight = height,
            ConsoleWidth = width,
            Rlimits = ProcessBuilder.Rlimits(defaults.Ulimits, _host.Ulimits),
            Capabilities = new CapabilitySpec(inputs.Capabilities, inputs.Capabilities, inputs.Capabilities),
            NoNewPrivileges = SecurityOptions.Parse(_host.SecurityOpt, defaults.NoNewPrivileges).NoNewPrivileges,
            OomScoreAdjust = _host.OomScoreAdj,
            SeccompFilter = inputs.SeccompFilter,
            AppArmorProfile = inputs.AppArmorProfile,
            SessionKeyring = ProcessBuilder.SessionKeyring(_record.Id),
            Init = _host.Init ?? defaults.Init,
        };
    }

    private List<SysctlSpec> Sysctls()
    {
        Dictionary<string, string> sysctls = [];
        if (_network.OwnNamespace)
        {
            // Docker's defaults since 20.10: ports below 1024 and ping without extra rights, which a namespace of its own makes harmless.
            AddIfKnown(sysctls, "net.ipv4.ip_unprivileged_port_start", "0");
            AddIfKnown(sysctls, "net.ipv4.ping_group_range", $"0 {Math.Min((inputs.Remap?.Gids.End ?? ulong.MaxValue) - 1, int.MaxValue)}");
        }

        foreach ((string name, string value) in _host.Sysctls ?? [])
        {
            sysctls[SysctlRules.Normalize(name)] = value;
        }

        return [.. sysctls.Select(entry => new SysctlSpec(entry.Key, entry.Value))];
    }

    private static void AddIfKnown(Dictionary<string, string> sysctls, string name, string value)
    {
        if (File.Exists("/proc/sys/" + name.Replace('.', '/')))
        {
            sysctls[name] = value;
        }
    }

    /// <summary>The user has brought a /dev, with something in it; an empty one is filled like ours.</summary>
    private bool HasOwnDev => _record.Mounts.Exists(mount => mount.Destination == "/dev" && mount.Type != MountPoint.Tmpfs);

    private IReadOnlyList<DeviceSpec> Devices()
    {
        if (HasOwnDev)
        {
            return []; // a /dev of the user's own holds what he wants; nodes made there could land on the host
        }

        if (_host.Privileged)
        {
            return [.. HostDevices.All().Where(device => !_record.Mounts.Exists(mount => mount.Type != MountPoint.Tmpfs && IsBelow(device.Path, mount.Destination)))];
        }

        List<DeviceSpec> devices = [.. HostDevices.Default];
        foreach (DeviceSpec device in (_host.Devices ?? []).SelectMany(HostDevices.Resolve))
        {
            devices.RemoveAll(known => known.Path == device.Path);
            devices.Add(device);
        }

        return devices;
    }
}
