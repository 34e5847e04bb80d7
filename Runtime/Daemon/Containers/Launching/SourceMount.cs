using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>Whether mounts can travel as a bind asks for: where its source lies must let them, or the bind would be private in silence.</summary>
internal static class SourceMount
{
    /// <exception cref="EngineException">The source of a shared bind is not on a shared mount, or that of a slave one on neither kind; Docker's words.</exception>
    public static void CheckPropagation(MountPoint bind)
    {
        bool shared = bind.Propagation is "shared" or "rshared";
        if (!shared && bind.Propagation is not ("slave" or "rslave"))
        {
            return;
        }

        (string mountPoint, IReadOnlyList<string> tags) = Find(bind.Source);
        bool isShared = tags.Any(tag => tag.StartsWith("shared:", StringComparison.Ordinal));
        if (shared && !isShared)
        {
            throw EngineException.InvalidParameter($"path {bind.Source} is mounted on {mountPoint} but it is not a shared mount");
        }

        if (!isShared && !tags.Any(tag => tag.StartsWith("master:", StringComparison.Ordinal)))
        {
            throw EngineException.InvalidParameter($"path {bind.Source} is mounted on {mountPoint} but it is not a shared or slave mount");
        }
    }

    /// <summary>By mount id: paths do not tell which of several mounts over one another is seen.</summary>
    private static (string MountPoint, IReadOnlyList<string> Tags) Find(string path)
    {
        using SafeFileHandle held = Libc.open(path, Libc.O_PATH);
        string id = Libc.fstat(held.Fd(), path).stx_mnt_id.ToString(CultureInfo.InvariantCulture);
        foreach (string line in File.ReadLines("/proc/thread-self/mountinfo"))
        {
            // 36 35 98:0 ROOT MOUNTPOINT options [tag …] - type source superoptions
            string[] fields = line.Split(' ');
            if (fields[0] == id)
            {
                return (fields[4], [.. fields.Skip(6).TakeWhile(field => field != "-")]);
            }
        }

        throw EngineException.InvalidParameter($"could not find source mount of {path}");
    }
}
