using Mono.Unix.Native;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Startup;

/// <summary>What the kernel and the host can do, probed once at start and shown in <c>info</c>; about cgroups their driver knows.</summary>
internal sealed class SystemChecks
{
    /// <summary>close_range(2) is the newest call that nothing works without.</summary>
    private static readonly Version s_oldestKernel = new(5, 9);

    private readonly List<string> _missing = [];
    private readonly List<string> _warnings = [];

    private SystemChecks()
    {
    }

    public required string KernelRelease { get; init; }

    /// <summary>The machine's name in uname(2): x86_64.</summary>
    public required string Machine { get; init; }

    public required HostSystem Host { get; init; }

    public bool HasOverlay { get; private init; }

    public bool HasSeccomp { get; private init; }

    /// <summary>What the engine cannot run without, a line each.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>What works less well here, in dockerd's words where it has some.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public static SystemChecks Probe()
    {
        Syscall.uname(out Utsname uname);
        SystemChecks checks = new()
        {
            KernelRelease = uname.release,
            Machine = uname.machine,
            Host = HostSystem.Read(),
            HasOverlay = HasFileSystem("overlay", uname.release),
            HasSeccomp = File.Exists("/proc/sys/kernel/seccomp/actions_avail"),
        };
        checks.FindMissing();
        checks.FindWarnings();
        return checks;
    }

    /// <summary>Read when asked for: the network part, or the administrator, may have switched it on meanwhile.</summary>
    public static bool IsIpForwardingOn() => ReadSwitch("/proc/sys/net/ipv4/ip_forward");

    private static bool ReadSwitch(string path) => File.Exists(path) && File.ReadAllText(path).Trim() == "1";

    private void FindMissing()
    {
        if (KernelVersion() is { } version && version < s_oldestKernel)
        {
            _missing.Add($"kernel {KernelRelease} is too old: Linux {s_oldestKernel} or newer is needed");
        }

        foreach (string name in new[] { "mnt", "uts", "ipc", "pid", "net", "cgroup" }.Where(name => !File.Exists($"/proc/self/ns/{name}")))
        {
            _missing.Add($"the kernel has no {name} namespaces");
        }

        CheckCall("openat2", Libc.try_openat2(Libc.AT_FDCWD, "/", Libc.O_PATH, 0, Libc.RESOLVE_IN_ROOT));
        CheckPidfd();
    }

    /// <summary>A call may be missing though the version is new enough: sandboxes filter them.</summary>
    private void CheckCall(string call, int result)
    {
        if (result >= 0)
        {
            Libc.close(result);
        }
        else
        {
            _missing.Add($"{call} does not work here: {Libc.strerror(-result)}");
        }
    }

    private void CheckPidfd()
    {
        try
        {
            Libc.pidfd_open(Environment.ProcessId).Dispose();
        }
        catch (SyscallException error)
        {
            _missing.Add($"pidfd_open does not work here: {Libc.strerror(error.Errno)}");
        }
    }

    private void FindWarnings()
    {
        Warn(HasSeccomp, "WARNING: No seccomp support");
        Warn(HasOverlay, "WARNING: No overlay file system support");
    }

    private void Warn(bool has, string warning)
    {
        if (!has)
        {
            _warnings.Add(warning);
        }
    }

    private Version? KernelVersion()
    {
        int end = KernelRelease.AsSpan().IndexOfAnyExcept("0123456789.");
        return Version.TryParse((end < 0 ? KernelRelease : KernelRelease[..end]).TrimEnd('.'), out Version? version) ? version : null;
    }

    /// <summary>Known to the kernel, or to be loaded as a module when first mounted.</summary>
    private static bool HasFileSystem(string name, string release) =>
        File.ReadLines("/proc/filesystems").Any(line => line.EndsWith('\t' + name, StringComparison.Ordinal))
        || (File.Exists($"/lib/modules/{release}/modules.dep")
            && File.ReadLines($"/lib/modules/{release}/modules.dep").Any(line => line.Contains($"/fs/{name}", StringComparison.Ordinal)));
}
