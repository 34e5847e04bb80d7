using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using Rtd.Daemon.Configuration;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>The user of <c>--userns-remap=default</c>, made when it is missing, with ranges of its own, by the host's own programs.</summary>
internal static class SubordinateUser
{
    private const uint FirstId = 100000, Count = 65536;

    private const int MaxWords = 4096;

    /// <exception cref="ConfigurationException">It cannot be made.</exception>
    public static void Ensure(string name)
    {
        if (Syscall.getpwnam(name) is not null)
        {
            return;
        }

        Run(name, "useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", name);
        string uids = FreeRange("/etc/subuid"), gids = FreeRange("/etc/subgid");
        Run(name, "usermod", "--add-subuids", uids, "--add-subgids", gids, name);
    }

    /// <summary>What lies past all that is given away.</summary>
    private static string FreeRange(string file)
    {
        ulong first = FirstId;
        foreach (string[] words in (File.Exists(file) ? File.ReadLines(file) : []).Select(line => line.Trim().Split(':')))
        {
            if (words.Length == 3
                && ulong.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong start)
                && ulong.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out ulong count))
            {
                first = Math.Max(first, start + count);
            }
        }

        return first + Count <= uint.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"{first}-{first + Count - 1}")
            : throw new ConfigurationException($"error during \"{RemapSetting.DefaultUser}\" user creation: {file} has no free range");
    }

    private static void Run(string name, string program, params string[] arguments)
    {
        string failure = $"error during \"{name}\" user creation: ";
        string path = new[] { "/usr/sbin", "/sbin", "/usr/bin" }.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists)
            ?? throw new ConfigurationException($"{failure}there is no program {program}");
        using SafeFileHandle words = Libc.memfd_create("words"), nothing = Libc.open("/dev/null", Libc.O_RDWR);
        SpawnedProcess child = Spawner.Spawn(new SpawnRequest
        {
            ExecutableFd = Libc.AT_FDCWD,
            Path = path,
            Arguments = [program, .. arguments],
            Environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"],
            Fds = [(nothing, 0), (words, 1), (words, 2)],
        });
        using SafeFileHandle pidfd = child.Pidfd;
        if (Libc.waitid_pidfd(pidfd.Fd(), block: true) != 0)
        {
            Span<byte> buffer = stackalloc byte[MaxWords];
            int count = Math.Max(Libc.try_pread(words.Fd(), buffer, 0), 0);
            throw new ConfigurationException(failure + Encoding.UTF8.GetString(buffer[..count]).Trim().ReplaceLineEndings("; "));
        }
    }
}
