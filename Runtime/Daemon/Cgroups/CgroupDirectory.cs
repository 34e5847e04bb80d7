using System.Globalization;
using System.Text;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups;

/// <summary>A directory of a cgroup file system and its control files.</summary>
/// <remarks>Paths are safe here: a cgroup file system has no symlinks, and its directories are made by name only.</remarks>
internal sealed class CgroupDirectory(string path)
{
    public string Path { get; } = path;

    public bool Exists => Libc.try_statx(Libc.AT_FDCWD, Path, Libc.AT_SYMLINK_NOFOLLOW, out _) == 0;

    public CgroupDirectory Parent => new(System.IO.Path.GetDirectoryName(Path)!);

    public string File(string name) => $"{Path}/{name}";

    public bool Has(string name) => Libc.try_statx(Libc.AT_FDCWD, File(name), Libc.AT_SYMLINK_NOFOLLOW, out _) == 0;

    /// <summary>Makes the directory; 0 or the negative errno.</summary>
    public int TryMake() => Libc.try_mkdirat(Libc.AT_FDCWD, Path, 0x1ED);

    /// <summary>Removes the directory; 0 or the negative errno.</summary>
    public int TryRemove() => Libc.try_rmdir(Path);

    /// <summary>Writes a control file with one write(2), as the kernel wants it; 0 or the negative errno.</summary>
    public int TryWrite(string name, string value)
    {
        int fd = Libc.try_openat(Libc.AT_FDCWD, File(name), Libc.O_WRONLY | Libc.O_NOFOLLOW);
        if (fd < 0)
        {
            return fd;
        }

        using var handle = Libc.Own(fd);
        Span<byte> buffer = stackalloc byte[256];
        ReadOnlySpan<byte> bytes = Encoding.UTF8.TryGetBytes(value, buffer, out int length) ? buffer[..length] : Encoding.UTF8.GetBytes(value);
        return Math.Min(0, Libc.try_write(handle.Fd(), bytes));
    }

    public void Write(string name, string value)
    {
        int status = TryWrite(name, value);
        if (status < 0)
        {
            throw new SyscallException("write", -status, File(name));
        }
    }

    /// <summary>A control file's text, or null when there is none (any more).</summary>
    public string? Read(string name)
    {
        int fd = Libc.try_openat(Libc.AT_FDCWD, File(name), Libc.O_RDONLY | Libc.O_NOFOLLOW);
        if (fd is -Libc.ENOENT or -Libc.ENODEV)
        {
            return null;
        }

        if (fd < 0)
        {
            throw new SyscallException("openat", -fd, File(name));
        }

        using var handle = Libc.Own(fd);
        return ReadToEnd(handle.Fd(), name);
    }

    /// <summary>The number in a one-line file; null for "max" and for a missing file.</summary>
    public long? ReadNumber(string name) =>
        long.TryParse(Read(name).AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>The number behind a key in a file of <c>key value</c> lines; null when it is not there.</summary>
    public long? ReadKey(string name, string key)
    {
        foreach (ReadOnlySpan<char> line in Read(name).AsSpan().EnumerateLines())
        {
            if (line.Length > key.Length && line[key.Length] == ' ' && line.StartsWith(key) &&
                long.TryParse(line[(key.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Child cgroups.</summary>
    public IReadOnlyList<CgroupDirectory> Children()
    {
        try
        {
            return Directory.EnumerateDirectories(Path).Select(child => new CgroupDirectory(child)).ToArray();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Adds the pids in this cgroup and those below to a set.</summary>
    public void CollectPids(ISet<int> pids)
    {
        foreach (ReadOnlySpan<char> line in Read("cgroup.procs").AsSpan().EnumerateLines())
        {
            // 0 stands for a process outside of our pid namespace.
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0)
            {
                pids.Add(pid);
            }
        }

        foreach (CgroupDirectory child in Children())
        {
            child.CollectPids(pids);
        }
    }

    private string? ReadToEnd(int fd, string name)
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        while (true)
        {
            int count = Libc.try_read(fd, buffer.AsSpan(length));
            if (count == -Libc.ENODEV)
            {
                return null;
            }

            if (count < 0)
            {
                throw new SyscallException("read", -count, File(name));
            }

            if (count == 0)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }

            length += count;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
