using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Options of a tmpfs such as <c>rw,noexec,size=64m</c>, over Docker's default of nosuid, nodev and noexec.</summary>
internal static class TmpfsOptionParser
{
    public static (ulong Flags, string Data) Parse(string options)
    {
        ulong flags = Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC;
        List<string> data = [];
        foreach (string option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (IsData(option))
            {
                data.Add(option);
            }
            else
            {
                flags = ApplyFlag(flags, option);
            }
        }

        return (flags, string.Join(',', data));
    }

    private static bool IsData(string option) =>
        option.IndexOf('=') is > 0 and int equals
        && option[..equals] is "size" or "mode" or "uid" or "gid" or "nr_inodes" or "nr_blocks" or "mpol" or "huge";

    private static ulong ApplyFlag(ulong flags, string option) => option switch
    {
        "ro" => flags | Libc.MS_RDONLY,
        "rw" => flags & ~Libc.MS_RDONLY,
        "nosuid" => flags | Libc.MS_NOSUID,
        "suid" => flags & ~Libc.MS_NOSUID,
        "nodev" => flags | Libc.MS_NODEV,
        "dev" => flags & ~Libc.MS_NODEV,
        "noexec" => flags | Libc.MS_NOEXEC,
        "exec" => flags & ~Libc.MS_NOEXEC,
        "sync" => flags | Libc.MS_SYNCHRONOUS,
        "async" => flags & ~Libc.MS_SYNCHRONOUS,
        "noatime" => flags | Libc.MS_NOATIME,
        "atime" => flags & ~Libc.MS_NOATIME,
        "nodiratime" => flags | Libc.MS_NODIRATIME,
        "diratime" => flags & ~Libc.MS_NODIRATIME,
        "relatime" => flags | Libc.MS_RELATIME,
        "norelatime" => flags & ~Libc.MS_RELATIME,
        "strictatime" => flags | Libc.MS_STRICTATIME,
        "nostrictatime" => flags & ~Libc.MS_STRICTATIME,
        _ => throw EngineException.InvalidParameter($"invalid tmpfs option [\"{option}\"]"),
    };
}
