using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>Device nodes for containers: Docker's six, the ones asked for, or, for a privileged container, all the host has.</summary>
internal static class HostDevices
{
    private const uint Everybody = 0x1B6; // 0666

    /// <summary>Parts of the host's /dev that a container gets as mounts of its own, or not at all.</summary>
    private static readonly HashSet<string> s_skipped = ["pts", "shm", "fd", "mqueue", "console", ".lxc", ".lxd-mounts", ".udev"];

    public static IReadOnlyList<DeviceSpec> Default { get; } =
    [
        Own("/dev/null", 1, 3),
        Own("/dev/zero", 1, 5),
        Own("/dev/full", 1, 7),
        Own("/dev/random", 1, 8),
        Own("/dev/urandom", 1, 9),
        Own("/dev/tty", 5, 0),
    ];

    /// <summary>Docker's default rules: making any node is allowed, opening only the harmless ones and terminals.</summary>
    public static IReadOnlyList<DeviceRule> DefaultRules { get; } =
    [
        new(false, 'a', null, null, "rwm"),
        new(true, 'c', null, null, "m"),
        new(true, 'b', null, null, "m"),
        new(true, 'c', 1, 3, "rwm"),
        new(true, 'c', 1, 5, "rwm"),
        new(true, 'c', 1, 7, "rwm"),
        new(true, 'c', 1, 8, "rwm"),
        new(true, 'c', 1, 9, "rwm"),
        new(true, 'c', 5, 0, "rwm"),
        new(true, 'c', 5, 1, "rwm"),
        new(true, 'c', 5, 2, "rwm"),
        new(true, 'c', 136, null, "rwm"),
    ];

    /// <summary>The nodes of one mapping; a directory gives all devices below it.</summary>
    public static IReadOnlyList<DeviceSpec> Resolve(DeviceMapping mapping)
    {
        string inside = mapping.PathInContainer.Length > 0 ? mapping.PathInContainer : mapping.PathOnHost;
        int status = Libc.try_statx(Libc.AT_FDCWD, mapping.PathOnHost, 0, out Libc.statx_t found);
        if (status < 0)
        {
            throw Failure(mapping.PathOnHost, Libc.strerror(-status));
        }

        List<DeviceSpec> devices = [];
        if (found.Type == Libc.S_IFDIR)
        {
            Collect(mapping.PathOnHost, inside, [], devices);
        }
        else if (Node(mapping.PathOnHost, inside, found) is { } device)
        {
            devices.Add(device);
        }

        return devices.Count > 0 ? devices : throw Failure(mapping.PathOnHost, "not a device node");
    }

    /// <summary>Every device node of the host.</summary>
    public static IReadOnlyList<DeviceSpec> All()
    {
        List<DeviceSpec> devices = [];
        Collect("/dev", "/dev", s_skipped, devices);
        return devices;
    }

    private static void Collect(string host, string inside, HashSet<string> skipped, List<DeviceSpec> devices)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(host))
        {
            string name = Path.GetFileName(path);
            if (skipped.Contains(name) || Libc.try_statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t found) < 0)
            {
                continue;
            }

            string target = $"{inside}/{name}";
            if (found.Type == Libc.S_IFDIR)
            {
                Collect(path, target, [], devices);
            }
            else if (Node(path, target, found) is { } device)
            {
                devices.Add(device);
            }
        }
    }

    private static DeviceSpec Own(string path, uint major, uint minor) => new(path, 'c', major, minor, Everybody, 0, 0) { Source = path };

    private static DeviceSpec? Node(string host, string path, Libc.statx_t found)
    {
        char type = found.Type == Libc.S_IFCHR ? 'c' : found.Type == Libc.S_IFBLK ? 'b' : '\0';
        return type == '\0' ? null : new DeviceSpec(path, type, found.stx_rdev_major, found.stx_rdev_minor, found.stx_mode & 0x1FFu, found.stx_uid, found.stx_gid) { Source = host };
    }

    private static EngineException Failure(string path, string reason) =>
        EngineException.InvalidParameter($"error gathering device information while adding custom device \"{path}\": {reason}");
}
