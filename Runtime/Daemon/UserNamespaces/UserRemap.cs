using Mono.Unix.Native;
using NLog;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Storage.Drivers;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>From the setting to ids that containers can run with here.</summary>
internal static class UserRemap
{
    private static readonly Logger s_log = LogManager.GetLogger("containers");

    /// <returns>Null when containers get no user namespaces.</returns>
    /// <exception cref="ConfigurationException">The setting cannot be used, or the kernel or the storage driver cannot do it.</exception>
    public static IdMaps? Prepare(string? setting, IGraphDriver driver)
    {
        if (setting is null)
        {
            return null;
        }

        CheckDumps();
        RemapSetting remap = RemapSetting.Parse(setting);
        if (remap.User == "root")
        {
            // As Docker: that would change nothing.
            s_log.Warn("user namespaces: root cannot be remapped with itself; user namespaces are OFF");
            return null;
        }

        IdMaps maps = SubordinateIds.Read(remap, Syscall.getpwnam(remap.User).pw_uid);
        s_log.Info("user namespaces: ID ranges will be mapped to subuid/subgid ranges of: {0}:{1}", remap.User, remap.Group);
        try
        {
            using Remapping probe = Remapping.Make(maps);
            driver.ProbeMapping(probe);
        }
        catch (SyscallException refused)
        {
            throw new ConfigurationException($"userns-remap: user namespaces do not work here: {refused.Message}", refused);
        }
        catch (NotSupportedException refused)
        {
            throw new ConfigurationException($"userns-remap: ids of storage driver {driver.Name} cannot be mapped here (it takes Linux 5.19, and a file system with idmapped mounts): {refused.Message}", refused);
        }

        return maps;
    }

    /// <summary>
    /// The process of an exec is the root of the container's user namespace for some microseconds before its execve, with the daemon's memory. The
    /// change of its uid takes that memory out of reach of the container's ptrace, unless the kernel is told to leave it there.
    /// </summary>
    private static void CheckDumps()
    {
        const string File = "/proc/sys/fs/suid_dumpable", Debug = "1";
        if (System.IO.File.Exists(File) && System.IO.File.ReadAllText(File).Trim() == Debug)
        {
            throw new ConfigurationException("userns-remap: fs.suid_dumpable is 1, for debugging only: processes could look into the daemon by ptrace. Set it to 0 or 2");
        }
    }
}
