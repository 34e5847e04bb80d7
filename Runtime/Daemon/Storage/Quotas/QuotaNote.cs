using System.Globalization;

namespace Rtd.Daemon.Storage.Quotas;

/// <summary>A limit on what a tree may take, as it is written down beside the tree.</summary>
/// <param name="Project">The id that the kernel counts the tree's files by; 0 where it needs none (btrfs).</param>
/// <param name="Bytes">The most they may take.</param>
internal readonly record struct QuotaNote(uint Project, long Bytes)
{
    private const string LinkName = "quota";

    /// <summary>What stands in a directory of the daemon's own; null when there is none. The link's text is all there is, so nothing has to be flushed.</summary>
    /// <param name="owner">The directory above the limited ones: no container sees it.</param>
    public static QuotaNote? Read(string owner)
    {
        string[] words = new FileInfo(Path.Combine(owner, LinkName)).LinkTarget?.Split('-') ?? [];
        return words is [var project, var bytes]
            && uint.TryParse(project, NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
            && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out long limit)
            ? new QuotaNote(id, limit)
            : null;
    }

    public void Write(string owner) => File.CreateSymbolicLink(Path.Combine(owner, LinkName), string.Create(CultureInfo.InvariantCulture, $"{Project}-{Bytes}"));
}
