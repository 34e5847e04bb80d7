using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Trees;

namespace Rtd.Daemon.Storage.Layers;

/// <summary>The layer right above every image: mount points that exist whatever the image has at those names, made once and shared read-only.</summary>
/// <remarks>
/// It keeps rtinit's mounts from dirtying the container's own layer, and it covers links that a hostile image has at these names
/// (CVE-2026-41579: an image whose /dev is a link).
/// </remarks>
internal static class InitLayer
{
    public static void Make(StorageLayout layout, TreeRemoval removal)
    {
        if (Directory.Exists(layout.Init))
        {
            return;
        }

        string stage = layout.NewStage();
        string root = Path.Combine(stage, "init");
        foreach (string directory in (ReadOnlySpan<string>)["", "dev", "dev/pts", "dev/shm", "etc", "proc", "sys"])
        {
            OwnFiles.MakeDirectory(Path.Combine(root, directory), OwnFiles.SharedDirectory);
        }

        foreach (string file in (ReadOnlySpan<string>)["dev/console", "etc/hosts", "etc/hostname", "etc/resolv.conf", ".dockerenv"])
        {
            string path = Path.Combine(root, file);
            File.WriteAllText(path, "");
            OwnFiles.SetMode(path, OwnFiles.SharedDirectory);
        }

        File.CreateSymbolicLink(Path.Combine(root, "etc/mtab"), "/proc/mounts");
        Directory.Move(root, layout.Init);
        removal.Discard(stage);
        removal.Empty();
    }
}
