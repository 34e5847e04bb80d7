using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Volumes.Local;

/// <summary>Mounts what a local volume's options say.</summary>
internal static class VolumeMount
{
    private const string Failed = "failed to mount local volume: ";

    /// <summary>Makes the mount; network file systems may take their time.</summary>
    /// <param name="place">An existing directory, where Docker would mount it.</param>
    /// <exception cref="EngineException">System: it cannot be mounted; device, flags and errno in Docker's words.</exception>
    public static async Task<HeldMount> MakeAsync(LocalOptions options, string place)
    {
        if (options.Device.Length == 0)
        {
            throw EngineException.System(Failed + "missing device in volume options");
        }

        MountOptions words = MountOptions.Parse(options.Options);
        if (options.Type is "nfs" or "cifs")
        {
            words = words with { Data = await ResolveAsync(words) };
        }

        try
        {
            return await HeldMount.MakeAsync(place, () => Mount(options, words, place));
        }
        catch (SyscallException failure)
        {
            throw EngineException.System(Failed + Describe(options, words, place, failure), failure);
        }
    }

    /// <summary>On a thread in a mount namespace of its own. mount(2), since there is no other call that takes any file system's options as one text.</summary>
    private static SafeFileHandle Mount(LocalOptions options, MountOptions words, string place)
    {
        ulong attributes = Attributes(words.Flags);
        if ((words.Flags & Libc.MS_BIND) != 0)
        {
            SafeFileHandle tree = BindSource.Open(options.Device, "", (words.Flags & Libc.MS_REC) != 0);
            MountProperties.Apply(tree, attributes, below: false, propagation: 0, options.Device);
            return tree;
        }

        Libc.mount(options.Device, place, options.Type, words.Flags, words.Data);
        return Libc.open_tree(Libc.AT_FDCWD, place, Libc.OPEN_TREE_CLONE, place);
    }

    /// <summary>The kernel's NFS and CIFS take an address, never a name.</summary>
    private static async Task<string> ResolveAsync(MountOptions words)
    {
        string address = words.Value("addr");
        if (address.Length == 0 || IPAddress.TryParse(address, out _))
        {
            return words.Data;
        }

        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(address);
            IPAddress chosen = found.FirstOrDefault(candidate => candidate.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
            return string.Join(',', words.Data.Split(',').Select(word => word == $"addr={address}" ? $"addr={chosen}" : word));
        }
        catch (SocketException failure)
        {
            throw EngineException.System($"error resolving passed in network volume address: lookup {address}: {failure.Message}", failure);
        }
    }

    private static ulong Attributes(ulong flags)
    {
        ulong attributes = 0;
        attributes |= (flags & Libc.MS_RDONLY) != 0 ? Libc.MOUNT_ATTR_RDONLY : 0;
        attributes |= (flags & Libc.MS_NOSUID) != 0 ? Libc.MOUNT_ATTR_NOSUID : 0;
        attributes |= (flags & Libc.MS_NODEV) != 0 ? Libc.MOUNT_ATTR_NODEV : 0;
        attributes |= (flags & Libc.MS_NOEXEC) != 0 ? Libc.MOUNT_ATTR_NOEXEC : 0;
        attributes |= (flags & Libc.MS_NODIRATIME) != 0 ? Libc.MOUNT_ATTR_NODIRATIME : 0;
        return attributes;
    }

    /// <summary>Passwords of CIFS are in the data.</summary>
    private static string Describe(LocalOptions options, MountOptions words, string place, SyscallException failure)
    {
        string flags = words.Flags == 0 ? "" : $", flags: 0x{words.Flags:x}";
        string data = words.Data.Length == 0 ? "" : $", data: {words.Data}";
        string text = $"mount {options.Device}:{place}{flags}{data}: {Libc.strerror(failure.Errno)}";
        string password = words.Value("password");
        return password.Length == 0 ? text : text.Replace($"password={password}", "password=********", StringComparison.Ordinal);
    }
}
