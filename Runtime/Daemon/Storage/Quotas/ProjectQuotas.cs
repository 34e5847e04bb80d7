using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Quotas;

/// <summary>Limits on what directory trees may take, by the project quotas of XFS (mounted with pquota) and ext4 (feature project, mounted with prjquota).</summary>
/// <remarks>
/// The kernel's own table says which ids are taken: one that has files or a limit is, whoever gave it out (another data root, an administrator).
/// A tree gets its id, then the id is written down beside it, then the limit is set. It goes by one rename into the trash under a name that has the
/// id in it, and then the limit is lifted. So what a kill leaves says which limits are to be set, and which to be lifted, and the id is free
/// when the last of its files is gone.
/// </remarks>
internal sealed class ProjectQuotas
{
    /// <summary>Docker's words.</summary>
    public const string Unsupported = "Filesystem does not support, or has not enabled quotas";

    /// <summary>The smallest limit, in bytes: with less not even the directories that a mount makes would fit.</summary>
    public const long Smallest = 128 << 10;

    /// <summary>What a full layer needs above its limit, in bytes, so that overlayfs can make its directory: XFS reserves some 70 blocks for one before it takes one.</summary>
    public const long RoomToMount = 1 << 20;

    /// <summary>Where ids begin: below are those that administrators give out by hand (/etc/projid).</summary>
    private const uint FirstProject = 1 << 20;

    private const string Mark = ".project-";

    private static readonly Logger s_log = LogManager.GetLogger("storage");

    private readonly string _directory;
    private readonly ulong _device;
    private readonly uint _first;
    private readonly HashSet<uint> _live = [];
    private readonly Lock _lock = new();
    private uint _next;

    private ProjectQuotas(string directory, ulong device, uint first)
    {
        _directory = directory;
        _device = device;
        _first = first;
        _next = first;
    }

    /// <summary>The quotas of the file system that a directory is on; null where there are none.</summary>
    /// <param name="other">Those of another directory, which are the same when it is on the same file system.</param>
    public static ProjectQuotas? Open(string directory, ProjectQuotas? other = null)
    {
        using SafeFileHandle fd = OpenDirectory(directory);
        ulong device = Libc.fstat(fd.Fd(), directory).Identity().Device;
        if (device == other?._device)
        {
            return other;
        }

        const int Needed = Libc.FS_QUOTA_PDQ_ACCT | Libc.FS_QUOTA_PDQ_ENFD;
        int state = Libc.try_quota_state(fd.Fd());
        return state >= 0 && (state & Needed) == Needed && Libc.try_get_project(fd.Fd(), out uint own) == 0
            ? new ProjectQuotas(directory, device, Math.Max(FirstProject, own + 1))
            : null;
    }

    /// <summary>What is said of a limit below <see cref="Smallest"/>.</summary>
    public static string TooSmall(long bytes) => string.Create(CultureInfo.InvariantCulture, $"storage size cannot be less than {Smallest} bytes: {bytes}");

    /// <summary>Takes a directory with limited trees away, in one rename, and lifts their limit.</summary>
    /// <param name="quotas">null where the file system has none any more.</param>
    public static void Discard(string owner, TreeRemoval removal, ProjectQuotas? quotas)
    {
        uint project = QuotaNote.Read(owner)?.Project ?? 0;
        removal.Discard(owner, project == 0 ? "" : Mark + project.ToString(CultureInfo.InvariantCulture));
        if (project != 0)
        {
            quotas?.Lift(project);
        }
    }

    /// <summary>Bounds what empty directories may come to hold, together.</summary>
    /// <param name="owner">The directory above them, in which it is written down.</param>
    /// <exception cref="SyscallException">It cannot be done; discarding the directory undoes what was.</exception>
    public void Limit(string owner, IEnumerable<string> places, long bytes)
    {
        using SafeFileHandle fileSystem = OpenDirectory(_directory);
        lock (_lock)
        {
            uint project = FindFree(fileSystem.Fd());
            foreach (string place in places)
            {
                using SafeFileHandle directory = OpenDirectory(place);
                Check("FS_IOC_FSSETXATTR", place, Libc.try_set_project(directory.Fd(), project, inherit: true));
            }

            new QuotaNote(project, bytes).Write(owner);
            Set(fileSystem.Fd(), project, bytes);
            _live.Add(project);
            _next = project + 1;
        }
    }

    /// <summary>Sets what is written down of a directory again: at start, or before use.</summary>
    /// <param name="slack">Bytes above it.</param>
    public void Renew(string owner, long slack = 0)
    {
        if (QuotaNote.Read(owner) is not { } limit)
        {
            return;
        }

        using SafeFileHandle fileSystem = OpenDirectory(_directory);
        lock (_lock)
        {
            Set(fileSystem.Fd(), limit.Project, limit.Bytes + slack);
            _live.Add(limit.Project);
        }
    }

    /// <summary>Whether there is already more than the limit lets in: who has CAP_SYS_RESOURCE, as the daemon, goes beyond it on ext4.</summary>
    public bool IsExceeded(string owner)
    {
        if (QuotaNote.Read(owner) is not { } limit)
        {
            return false;
        }

        using SafeFileHandle fileSystem = OpenDirectory(_directory);
        Check("Q_XGETQUOTA", owner, Libc.try_get_project_quota(fileSystem.Fd(), limit.Project, out Libc.fs_disk_quota quota));
        return quota.d_bcount > quota.d_blk_hardlimit;
    }

    /// <summary>Lifts the limits of what an earlier run has discarded.</summary>
    public void ForgetDiscarded(string trash)
    {
        // Trees of any project move there; in a data root that an administrator has given a project it would hand that on, and take in no other.
        using (SafeFileHandle directory = OpenDirectory(trash))
        {
            Check("FS_IOC_FSGETXATTR", trash, Libc.try_get_project(directory.Fd(), out uint own));
            Check("FS_IOC_FSSETXATTR", trash, Libc.try_set_project(directory.Fd(), own, inherit: false));
        }

        foreach (string entry in Directory.EnumerateFileSystemEntries(trash))
        {
            string name = Path.GetFileName(entry);
            int mark = name.LastIndexOf(Mark, StringComparison.Ordinal);
            if (mark >= 0 && uint.TryParse(name.AsSpan(mark + Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out uint project))
            {
                // The id may be another tree's again: only its files were gone, not yet the directory above them.
                bool live;
                lock (_lock)
                {
                    live = _live.Contains(project);
                }

                if (!live)
                {
                    Lift(project);
                }
            }
        }
    }

    private static SafeFileHandle OpenDirectory(string path) => Libc.open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);

    private void Lift(uint project)
    {
        using SafeFileHandle fileSystem = OpenDirectory(_directory);
        lock (_lock)
        {
            int result = Libc.try_set_project_limit(fileSystem.Fd(), project, 0);
            if (result < 0)
            {
                // The id stays taken until the next start tries again; nobody waits for it.
                s_log.Warn("the limit of project {0} on {1} cannot be lifted: {2}", project, _directory, Libc.strerror(-result));
                return;
            }

            _live.Remove(project);
            _next = Math.Clamp(project, _first, _next);
        }
    }

    private uint FindFree(int fileSystem)
    {
        for (uint project = _next; project != 0; project++)
        {
            int result = Libc.try_get_project_quota(fileSystem, project, out Libc.fs_disk_quota quota);
            bool unknown = result == -Libc.ENOENT;
            Check("Q_XGETQUOTA", _directory, unknown ? 0 : result);
            if (unknown || (quota.d_bcount | quota.d_icount | quota.d_blk_hardlimit | quota.d_blk_softlimit | quota.d_ino_hardlimit | quota.d_ino_softlimit) == 0)
            {
                return project;
            }
        }

        throw new SyscallException("Q_XGETQUOTA", Libc.ENOSPC, _directory);
    }

    private void Set(int fileSystem, uint project, long bytes) => Check("Q_XSETQLIM", _directory, Libc.try_set_project_limit(fileSystem, project, bytes));

    private static void Check(string call, string subject, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, subject);
        }
    }
}
