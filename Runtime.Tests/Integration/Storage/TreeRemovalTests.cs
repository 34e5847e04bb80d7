using Rtd.Daemon.Storage.Trees;
using Xunit;

namespace Rtd.Tests.Integration.Storage;

public sealed class TreeRemovalTests : StorageTest
{
    [StorageFact]
    public void RemovesDeepWideAndOddTreesAndFollowsNoLink()
    {
        string trash = Path.Combine(Scratch, "trash"), tree = Path.Combine(Scratch, "tree"), kept = Path.Combine(Scratch, "kept");
        Directory.CreateDirectory(trash);
        Directory.CreateDirectory(kept);
        File.WriteAllText(Path.Combine(kept, "file"), "");
        Run("sh", "-ec", $"mkdir '{tree}' && cd '{tree}' && ln -s '{kept}' link && mkfifo fifo && mknod dev c 1 3 && mkdir -p wide && cd wide && seq 300 | xargs mkdir && seq 300 | sed 's,$,/f,' | xargs touch && chmod 0 7");
        Run("sh", "-c", $"cd '{tree}' && for i in $(seq 200); do mkdir deep other && : > other/file && cd -P deep; done");
        TreeRemoval removal = new(trash);
        Assert.True(removal.Discard(tree));
        Assert.False(removal.Discard(tree));
        removal.Empty();
        Assert.Empty(Directory.EnumerateFileSystemEntries(trash));
        Assert.True(File.Exists(Path.Combine(kept, "file")));
    }

    [StorageFact]
    public void ThreadsEmptyTogether()
    {
        string trash = Path.Combine(Scratch, "trash");
        Directory.CreateDirectory(trash);
        Run("sh", "-ec", $"cd '{trash}' && for t in 1 2 3 4; do mkdir -p $t/a/b/c $t/d && seq 200 | sed \"s,^,$t/a/b/,\" | xargs touch && seq 40 | sed \"s,^,$t/d/,\" | xargs mkdir; done");
        TreeRemoval removal = new(trash);
        Parallel.For(0, 4, _ => removal.Empty());
        removal.Empty();
        Assert.Empty(Directory.EnumerateFileSystemEntries(trash));
    }
}
