using Microsoft.Win32.SafeHandles;

namespace Rtd.Daemon.Storage.Changes;

/// <summary>A container's own tree and what it was made from.</summary>
/// <param name="now">The container's tree: of overlay only its own layer, in overlayfs' format.</param>
/// <param name="before">The image with the init layer on top.</param>
/// <param name="isOverlay">Whether <paramref name="now"/> has only what changed, with whiteouts and opaque directories.</param>
internal sealed class ContainerTrees(SafeFileHandle now, TreeUnion before, bool isOverlay) : IDisposable
{
    public SafeFileHandle Now { get; } = now;

    public TreeUnion Before { get; } = before;

    public bool IsOverlay { get; } = isOverlay;

    public void Dispose()
    {
        Now.Dispose();
        Before.Dispose();
    }
}
