using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Security.AppArmor;

/// <summary>AppArmor on this host: whether it confines, and the loading of our profile by the host's <c>apparmor_parser</c>.</summary>
/// <remarks>The kernel takes profiles in a compiled form that belongs to its version: compiling is the parser's business.</remarks>
internal sealed class AppArmorHost
{
    private const string Enabled = "/sys/module/apparmor/parameters/enabled", Interface = "/sys/kernel/security/apparmor/profiles";

    private const int MaxWords = 4096;

    private AppArmorHost(bool available, string? problem)
    {
        Available = available;
        Problem = problem;
    }

    /// <summary>Containers are confined by <see cref="ContainerProfile"/> unless they ask for something else.</summary>
    public bool Available { get; }

    /// <summary>Why not, though the kernel confines; null when it does not, which nobody needs to be told.</summary>
    public string? Problem { get; }

    /// <summary>Loads the profile where the kernel has AppArmor.</summary>
    public static AppArmorHost Probe()
    {
        if (!File.Exists(Enabled) || !File.ReadAllText(Enabled).StartsWith('Y'))
        {
            return new AppArmorHost(false, null);
        }

        if (!File.Exists(Interface))
        {
            return new AppArmorHost(false, "securityfs is not mounted on /sys/kernel/security");
        }

        string? parser = new[] { "/usr/sbin", "/sbin", "/usr/bin" }.Select(directory => Path.Combine(directory, "apparmor_parser")).FirstOrDefault(File.Exists);
        if (parser is null)
        {
            return new AppArmorHost(false, "the program apparmor_parser is not installed");
        }

        try
        {
            string? words = Load(parser, ContainerProfile.Text);
            return new AppArmorHost(words is null, words is null ? null : $"{ContainerProfile.Name} cannot be loaded: {words}");
        }
        catch (SyscallException failure)
        {
            return new AppArmorHost(false, $"{ContainerProfile.Name} cannot be loaded: {failure.Message}");
        }
    }

    /// <summary>Null, or what the parser said when it failed.</summary>
    private static string? Load(string parser, string profile)
    {
        using SafeFileHandle text = Libc.memfd_create("profile"), words = Libc.memfd_create("words"), nothing = Libc.open("/dev/null", Libc.O_RDWR);
        Libc.write_all(text.Fd(), Encoding.UTF8.GetBytes(profile), "profile");

        // Replaces what an older version loaded; the cache of compiled profiles is the administrator's.
        SpawnedProcess child = Spawner.Spawn(new SpawnRequest
        {
            ExecutableFd = Libc.AT_FDCWD,
            Path = parser,
            Arguments = ["apparmor_parser", "--replace", "--skip-cache", "/proc/self/fd/3"],
            Environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            Fds = [(nothing, 0), (words, 1), (words, 2), (text, 3)],
        });
        using SafeFileHandle pidfd = child.Pidfd;
        int? code = Libc.waitid_pidfd(pidfd.Fd(), block: true);
        Span<byte> buffer = stackalloc byte[MaxWords];
        int count = Math.Max(Libc.try_pread(words.Fd(), buffer, 0), 0);
        return code == 0 ? null : Encoding.UTF8.GetString(buffer[..count]).Trim().ReplaceLineEndings("; ");
    }
}
