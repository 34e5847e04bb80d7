using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>Finds out by doing whether overlayfs, or what stands in for it, works on the file system of the data root.</summary>
internal static class OverlayProbe
{
    /// <summary>
    /// Layers must mean the same wherever they are mounted: no redirects or metadata-only copies in a container's layer (they could not be
    /// exported), and none followed that an image smuggled in; no index, whose file handles tie a layer to one upper directory; no inode numbers
    /// made up from layers' numbers, which are all on one file system.
    /// </summary>
    private const string StrictOptions = "index=off,redirect_dir=nofollow,metacopy=off,xino=off";

    /// <summary>The options to mount with.</summary>
    /// <exception cref="NotSupportedException">Overlay does not work here; the message says why.</exception>
    public static string Run(StorageLayout layout, TreeRemoval removal)
    {
        try
        {
            Try(layout, removal, StrictOptions);
            return StrictOptions;
        }
        catch (SyscallException refused) when (refused is { Call: "mount", Errno: Libc.EINVAL })
        {
            return Plain(layout, removal);
        }
        catch (SyscallException refused)
        {
            throw new NotSupportedException(refused.Message, refused);
        }
    }

    /// <summary>For kernels built without one of the strict options.</summary>
    private static string Plain(StorageLayout layout, TreeRemoval removal)
    {
        try
        {
            Try(layout, removal, "");
            return "";
        }
        catch (SyscallException refused)
        {
            throw new NotSupportedException(refused.Message, refused);
        }
    }

    private static void Try(StorageLayout layout, TreeRemoval removal, string options) => Try(layout, removal, (stage, use) =>
    {
        string data = "lowerdir=lower,upperdir=upper,workdir=work" + (options.Length == 0 ? "" : "," + options);
        PrivateMount.Overlay(stage, data, layout.MountPoint, use);
    });

    /// <summary>Has directories mounted over one another and checks what changes leave behind.</summary>
    /// <param name="mount">Mounts <c>lower</c>, <c>upper</c> and <c>work</c> of the directory it gets and calls back with the root.</param>
    /// <exception cref="SyscallException">It cannot be mounted or written to.</exception>
    /// <exception cref="NotSupportedException">It is not kept in overlayfs' format.</exception>
    public static void Try(StorageLayout layout, TreeRemoval removal, Action<string, Action<SafeFileHandle>> mount)
    {
        string stage = layout.NewStage();
        try
        {
            foreach (string directory in (ReadOnlySpan<string>)["lower/directory", "upper", "work"])
            {
                Directory.CreateDirectory(Path.Combine(stage, directory));
            }

            File.WriteAllText(Path.Combine(stage, "lower/file"), "");
            mount(stage, Exercise);
            using SafeFileHandle upper = Libc.open(Path.Combine(stage, "upper"), Libc.O_RDONLY | Libc.O_DIRECTORY);
            CheckMarks(upper.Fd());
        }
        finally
        {
            removal.Discard(stage);
            removal.Empty();
        }
    }

    /// <summary>Removes a file and replaces a directory: one must leave a whiteout, the other an opaque directory.</summary>
    private static void Exercise(SafeFileHandle root)
    {
        Check("unlinkat", Libc.try_unlinkat(root.Fd(), "file\0"u8));
        Check("unlinkat", Libc.try_unlinkat(root.Fd(), "directory\0"u8, Libc.AT_REMOVEDIR));
        Check("mkdirat", Libc.try_mkdirat(root.Fd(), "directory\0"u8, 0x1ED));
    }

    private static void CheckMarks(int upper)
    {
        List<DirectoryEntry> entries = DirectoryReader.Read(upper);
        if (entries.Any(entry => entry.Type == Libc.DT_UNKNOWN))
        {
            throw new NotSupportedException("the file system does not tell file types in directories (for xfs: made with ftype=0)");
        }

        bool whiteout = Libc.try_statx(upper, "file\0"u8, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t file) == 0 && Whiteout.Is(file);
        if (!whiteout || !Whiteout.IsOpaque(upper, "directory\0"u8))
        {
            throw new NotSupportedException("the file system does not keep whiteouts and opaque directories");
        }
    }

    private static void Check(string call, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, "overlay");
        }
    }
}
