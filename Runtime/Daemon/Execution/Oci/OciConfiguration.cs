using Newtonsoft.Json.Linq;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Security;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution.Oci;

/// <summary>Turns our spec into the runtime specification's <c>config.json</c> (1.0.2).</summary>
internal static class OciConfiguration
{
    private const string CgroupRoot = "/sys/fs/cgroup";

    public static JObject Build(ContainerLaunch launch, RuntimeUser user)
    {
        ContainerSpec spec = launch.Spec;
        OciLaunch oci = launch.Oci!;
        JObject linux = new()
        {
            ["cgroupsPath"] = launch.Cgroup.Path,
            ["namespaces"] = new JArray(Namespaces(launch)),
            ["devices"] = new JArray(spec.Devices.Where(device => HostDevices.Default.All(known => known.Path != device.Path)).Select(Device)),
            ["sysctl"] = new JObject(spec.Sysctls.Select(sysctl => new JProperty(sysctl.Name, sysctl.Value))),
            ["maskedPaths"] = new JArray(spec.MaskedPaths),
            ["readonlyPaths"] = new JArray(spec.ReadonlyPaths),
            ["rootfsPropagation"] = Propagation(spec.RootfsPropagation == 0 ? Libc.MS_PRIVATE | Libc.MS_REC : spec.RootfsPropagation),
            ["resources"] = new JObject { ["devices"] = new JArray(DeviceRules(oci.DeviceRules)) },
        };
        if (oci.Seccomp is not null)
        {
            linux["seccomp"] = OciSeccomp.Build(oci.Seccomp);
        }

        JObject json = new()
        {
            ["ociVersion"] = "1.0.2",
            ["root"] = new JObject { ["path"] = spec.Rootfs.BaseDirectory, ["readonly"] = spec.ReadonlyRootfs },
            ["process"] = Process(spec.Process, user),
            ["mounts"] = new JArray(Mounts(spec)),
            ["annotations"] = new JObject(oci.Annotations.Select(entry => new JProperty(entry.Key, entry.Value))),
            ["linux"] = linux,
        };
        AddName(json, "hostname", spec.Hostname);
        AddName(json, "domainname", spec.Domainname);
        return json;
    }

    private static void AddName(JObject json, string field, string name)
    {
        if (name.Length > 0)
        {
            json[field] = name;
        }
    }

    private static JObject Process(ProcessSpec process, RuntimeUser user)
    {
        JArray Names(ulong mask) => new(Capabilities.Names(mask));
        bool isRoot = user.Uid == 0;
        bool hasHome = process.Environment.Any(static entry => entry.StartsWith("HOME=", StringComparison.Ordinal));
        JObject json = new()
        {
            ["terminal"] = process.Terminal,
            ["user"] = new JObject { ["uid"] = user.Uid, ["gid"] = user.Gid, ["additionalGids"] = new JArray(user.Groups), ["umask"] = 0x12 },
            ["args"] = new JArray(process.Arguments),
            ["env"] = new JArray(hasHome ? process.Environment : [.. process.Environment, "HOME=" + user.Home]),
            ["cwd"] = process.WorkingDirectory,
            ["capabilities"] = new JObject
            {
                // execve gives them to root again, and nobody else has any.
                ["bounding"] = Names(process.Capabilities.Bounding),
                ["permitted"] = Names(isRoot ? process.Capabilities.Permitted : 0),
                ["effective"] = Names(isRoot ? process.Capabilities.Effective : 0),
            },
            ["rlimits"] = new JArray(process.Rlimits.Select(limit =>
                new JObject { ["type"] = $"RLIMIT_{RlimitNames.NameOf(limit.Resource)}", ["soft"] = limit.Soft, ["hard"] = limit.Hard })),
            ["noNewPrivileges"] = process.NoNewPrivileges,
        };
        if (process.AppArmorProfile.Length > 0)
        {
            json["apparmorProfile"] = process.AppArmorProfile;
        }

        if (process.OomScoreAdjust is { } score)
        {
            json["oomScoreAdj"] = score;
        }

        if (process is { ConsoleHeight: > 0, ConsoleWidth: > 0 })
        {
            json["consoleSize"] = new JObject { ["height"] = process.ConsoleHeight, ["width"] = process.ConsoleWidth };
        }

        return json;
    }

    private static IEnumerable<JObject> Mounts(ContainerSpec spec)
    {
        bool hasCgroups = false;
        foreach (MountSpec mount in spec.Mounts)
        {
            bool ofCgroups = mount.Kind is MountKind.CgroupV1 or MountKind.CgroupV2 || (mount.Kind == MountKind.Tmpfs && mount.Destination == CgroupRoot && mount.Data == "mode=755");
            if (!ofCgroups)
            {
                yield return Mount(mount);
            }
            else if (!hasCgroups)
            {
                // One entry stands for all hierarchies: the runtime knows how they lie.
                hasCgroups = true;
                yield return New(CgroupRoot, "cgroup", "cgroup", ["relatime", .. Flags(mount.Flags)]);
            }
        }
    }

    private static JObject Mount(MountSpec mount) => mount.Kind switch
    {
        MountKind.Bind when mount.Data.Length > 0 => throw EngineException.InvalidParameter($"a part of a volume cannot be mounted by another runtime: {mount.Destination}"),
        MountKind.Bind => New(
            mount.Destination,
            "bind",
            mount.Source,
            [mount.Recursive ? "rbind" : "bind", Propagation(mount.Propagation == 0 ? Libc.MS_PRIVATE | Libc.MS_REC : mount.Propagation), .. Flags(mount.Flags)]),
        MountKind.Tmpfs => New(mount.Destination, "tmpfs", mount.Source, [.. Flags(mount.Flags), .. Data(mount)]),
        MountKind.Proc => New(mount.Destination, "proc", "proc", Flags(mount.Flags)),
        MountKind.Sysfs => New(mount.Destination, "sysfs", "sysfs", Flags(mount.Flags)),
        MountKind.Devpts => New(mount.Destination, "devpts", "devpts", [.. Flags(mount.Flags), .. Data(mount)]),
        MountKind.Mqueue => New(mount.Destination, "mqueue", "mqueue", Flags(mount.Flags)),
        _ => throw EngineException.InvalidParameter($"{mount.Destination}: a mount of this kind cannot be made by another runtime"),
    };

    private static JObject New(string destination, string type, string source, IEnumerable<string> options) =>
        new() { ["destination"] = destination, ["type"] = type, ["source"] = source, ["options"] = new JArray(options) };

    private static string[] Data(MountSpec mount) => mount.Data.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Flags(ulong flags)
    {
        (ulong Flag, string Name)[] known =
        [
            (Libc.MS_RDONLY, "ro"), (Libc.MS_NOSUID, "nosuid"), (Libc.MS_NODEV, "nodev"), (Libc.MS_NOEXEC, "noexec"), (Libc.MS_STRICTATIME, "strictatime"),
        ];
        return known.Where(pair => (flags & pair.Flag) != 0).Select(pair => pair.Name);
    }

    private static string Propagation(ulong flags)
    {
        string kind = (flags & Libc.MS_SHARED) != 0 ? "shared" : (flags & Libc.MS_SLAVE) != 0 ? "slave" : "private";
        return (flags & Libc.MS_REC) != 0 ? "r" + kind : kind;
    }

    private static IEnumerable<JObject> Namespaces(ContainerLaunch launch)
    {
        (ulong Flag, string Name)[] known =
        [
            (Libc.CLONE_NEWNS, "mount"), (Libc.CLONE_NEWUTS, "uts"), (Libc.CLONE_NEWIPC, "ipc"), (Libc.CLONE_NEWPID, "pid"), (Libc.CLONE_NEWNET, "network"),
        ];
        foreach ((ulong flag, string name) in known)
        {
            int joined = launch.Spec.JoinNamespaces.ToList().IndexOf((int)flag);
            if (joined >= 0)
            {
                // Held by an fd of the daemon's for as long as the start lasts.
                yield return new JObject { ["type"] = name, ["path"] = $"/proc/{Environment.ProcessId}/fd/{launch.NamespaceFds[joined].Fd()}" };
            }
            else if ((launch.CloneFlags & flag) != 0)
            {
                yield return new JObject { ["type"] = name };
            }
        }

        if (launch.Spec.PrivateCgroupNamespace)
        {
            yield return new JObject { ["type"] = "cgroup" };
        }
    }

    private static JObject Device(DeviceSpec device) => new()
    {
        ["path"] = device.Path,
        ["type"] = device.Type.ToString(),
        ["major"] = device.Major,
        ["minor"] = device.Minor,
        ["fileMode"] = device.Mode,
        ["uid"] = device.Uid,
        ["gid"] = device.Gid,
    };

    private static IEnumerable<JObject> DeviceRules(IReadOnlyList<DeviceRule>? rules)
    {
        foreach (DeviceRule rule in rules ?? [new DeviceRule(true, 'a', null, null, "rwm")])
        {
            JObject json = new() { ["allow"] = rule.Allow, ["type"] = rule.Type.ToString(), ["access"] = rule.Access };
            if (rule.Major is { } major)
            {
                json["major"] = major;
            }

            if (rule.Minor is { } minor)
            {
                json["minor"] = minor;
            }

            yield return json;
        }
    }
}
