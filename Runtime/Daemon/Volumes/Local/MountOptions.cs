using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Volumes.Local;

/// <summary>The option <c>o</c> of a local volume, as mount(8) takes it: words that are flags, and data for the file system.</summary>
/// <param name="Flags">MS_* flags; propagation is not among them, since nothing travels to or from a volume's mount.</param>
/// <param name="Data">What is not a flag, comma-separated.</param>
internal sealed record MountOptions(ulong Flags, string Data)
{
    public static MountOptions Parse(string text)
    {
        ulong flags = 0;
        List<string> data = [];
        foreach (string word in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Apply(ref flags, word))
            {
                continue;
            }

            data.Add(word);
        }

        return new MountOptions(flags, string.Join(',', data));
    }

    /// <summary>The value of a word of the data, or "".</summary>
    public string Value(string key)
    {
        string prefix = key + "=";
        string? word = Data.Split(',').FirstOrDefault(word => word.StartsWith(prefix, StringComparison.Ordinal));
        return word is null ? "" : word[prefix.Length..];
    }

    private static bool Apply(ref ulong flags, string word)
    {
        (ulong Set, ulong Clear)? change = word switch
        {
            "defaults" or "private" or "rprivate" or "shared" or "rshared" or "slave" or "rslave" or "unbindable" or "runbindable" => (0, 0),
            "ro" => (Libc.MS_RDONLY, 0),
            "rw" => (0, Libc.MS_RDONLY),
            "nosuid" => (Libc.MS_NOSUID, 0),
            "suid" => (0, Libc.MS_NOSUID),
            "nodev" => (Libc.MS_NODEV, 0),
            "dev" => (0, Libc.MS_NODEV),
            "noexec" => (Libc.MS_NOEXEC, 0),
            "exec" => (0, Libc.MS_NOEXEC),
            "sync" => (Libc.MS_SYNCHRONOUS, 0),
            "async" => (0, Libc.MS_SYNCHRONOUS),
            "dirsync" => (Libc.MS_DIRSYNC, 0),
            "mand" => (Libc.MS_MANDLOCK, 0),
            "nomand" => (0, Libc.MS_MANDLOCK),
            "noatime" => (Libc.MS_NOATIME, 0),
            "atime" => (0, Libc.MS_NOATIME),
            "nodiratime" => (Libc.MS_NODIRATIME, 0),
            "diratime" => (0, Libc.MS_NODIRATIME),
            "relatime" => (Libc.MS_RELATIME, 0),
            "norelatime" => (0, Libc.MS_RELATIME),
            "strictatime" => (Libc.MS_STRICTATIME, 0),
            "nostrictatime" => (0, Libc.MS_STRICTATIME),
            "bind" => (Libc.MS_BIND, 0),
            "rbind" => (Libc.MS_BIND | Libc.MS_REC, 0),
            _ => null,
        };
        if (change is not { } known)
        {
            return false;
        }

        flags = (flags | known.Set) & ~known.Clear;
        return true;
    }
}
