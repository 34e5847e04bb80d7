using Rtd.Daemon.Builds.Files;

namespace Rtd.Daemon.Builds.Stages;

/// <summary>The file system of an image that is only opened when it is looked at: a step that was done before needs none, and opening is a mount.</summary>
internal sealed class ImageView(Func<ImageTree> open) : IDisposable
{
    private ImageTree? _image;

    public FileTree Tree => (_image ??= open()).Tree;

    public void Dispose() => _image?.Dispose();
}
