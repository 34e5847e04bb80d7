using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups;

/// <summary>Writes settings and says in the user's terms what failed.</summary>
internal static class CgroupSettings
{
    /// <param name="settings">In the order in which the kernel accepts them; one it refuses is tried again after the others (period and quota bound each other).</param>
    /// <param name="directory">The directory for a controller, or null when the host lacks it.</param>
    public static void Apply(IReadOnlyList<CgroupSetting> settings, Func<string, CgroupDirectory?> directory)
    {
        List<CgroupSetting> again = [];
        foreach (CgroupSetting setting in settings)
        {
            int status = Write(setting, directory(setting.Controller));
            if (status == -Libc.EINVAL && settings.Count > 1)
            {
                again.Add(setting);
            }
            else if (status < 0)
            {
                throw Failure(setting, -status);
            }
        }

        foreach (CgroupSetting setting in again)
        {
            int status = Write(setting, directory(setting.Controller));
            if (status < 0)
            {
                throw Failure(setting, -status);
            }
        }
    }

    private static int Write(CgroupSetting setting, CgroupDirectory? directory)
    {
        if (directory is null)
        {
            return -Libc.ENOENT;
        }

        int status = directory.TryWrite(setting.File, setting.Value);
        return status == -Libc.ENOENT && setting.Alternative is not null
            ? directory.TryWrite(setting.Alternative, setting.AlternativeValue ?? setting.Value)
            : status;
    }

    private static EngineException Failure(CgroupSetting setting, int errno)
    {
        SyscallException cause = new("write", errno, setting.File);
        return errno switch
        {
            Libc.ENOENT => EngineException.InvalidParameter($"cannot set {setting.Subject}: the host's {setting.Controller} controller has no {setting.File}", cause),
            Libc.EINVAL or Libc.ERANGE or Libc.EBUSY or Libc.ENODEV or Libc.ENOSPC or Libc.EACCES or Libc.EPERM or Libc.EOPNOTSUPP =>
                EngineException.InvalidParameter($"cannot set {setting.Subject} to {setting.Value}: {Libc.strerror(errno)}", cause),
            _ => EngineException.System($"cannot set {setting.Subject} to {setting.Value}: {Libc.strerror(errno)}", cause),
        };
    }
}
