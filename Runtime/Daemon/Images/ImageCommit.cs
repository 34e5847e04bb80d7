using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Origins;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Layers;
using Rtd.Daemon.Storage.Unpack;

namespace Rtd.Daemon.Images;

/// <summary>Makes an image out of another one and what a container changed.</summary>
internal sealed class ImageCommit(ImageStore images, LayerStore layers)
{
    /// <summary>Digest of an archive without members: no layer is made of one.</summary>
    private const string EmptyArchive = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

    /// <summary>Commits; blocks, so on a thread of its own.</summary>
    /// <param name="parent">Null for nothing.</param>
    /// <param name="name">What to call it, or null.</param>
    /// <param name="writeChanges">Writes the archive of the new layer; null when there are no changes.</param>
    /// <param name="check">Called when all changes have been read: throws when they were not what they should be.</param>
    /// <param name="shared">Files that the archive's members are copies of.</param>
    /// <exception cref="EngineException">Not found: the parent has gone. Invalid parameter: too many layers.</exception>
    public Image Run(Image? parent, CommitDetails details, ImageReference? name, Action<Stream>? writeChanges, Action check, CancellationToken cancelled, SharedContents? shared = null)
    {
        string chainId = parent?.ChainId ?? ChainId.Empty;
        using LayerHold below = layers.TryHold(chainId) ?? throw EngineException.NotFound($"No such image: {parent?.Id}");
        LayerHold top = writeChanges is null
            ? layers.Hold(chainId)
            : PipedStream.Run(writeChanges, archive => layers.Register(chainId, archive, null, endMarker: true, cancelled, shared));
        byte[] config;
        ImageOrigin? origin = details.Origin;
        try
        {
            check();
            string diffId = writeChanges is null ? EmptyArchive : layers.Find(top.ChainId)!.DiffId;
            if (diffId == EmptyArchive && top.ChainId != chainId)
            {
                top.Dispose();
                top = layers.Hold(chainId);
            }

            origin = origin is null || diffId == EmptyArchive ? origin : origin with { Size = layers.Find(top.ChainId)!.Size };
            config = Config(parent?.Config ?? Nothing(details.Platform), details, diffId);
        }
        catch
        {
            top.Dispose();
            throw;
        }

        Image image = images.Add(config, top, name is null ? [] : [name], origin);
        if (name is not null)
        {
            images.Raise("tag", image.Id, name.Familiar);
        }

        return image;
    }

    private static ImageConfig Nothing(OciPlatform? platform) => new()
    {
        Architecture = platform?.Architecture ?? OciLayout.HostArchitecture,
        Os = platform?.Os ?? "linux",
        Variant = platform?.Variant,
    };

    private static byte[] Config(ImageConfig parent, CommitDetails details, string diffId)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        bool isEmpty = diffId == EmptyArchive;
        ImageHistoryEntry entry = new()
        {
            Created = now,
            CreatedBy = details.CreatedBy.Length > 0 ? details.CreatedBy : null,
            Author = details.Author.Length > 0 ? details.Author : null,
            Comment = details.Comment.Length > 0 ? details.Comment : null,
            EmptyLayer = isEmpty,
        };
        ImageConfig image = new()
        {
            Architecture = parent.Architecture,
            Os = parent.Os,
            Variant = parent.Variant,
            Created = now,
            Author = details.Author.Length > 0 ? details.Author : null,
            Config = details.Config,
            Rootfs = new ImageRootfs { DiffIds = isEmpty ? [.. parent.Rootfs.DiffIds] : [.. parent.Rootfs.DiffIds, diffId] },
            History = [.. parent.History ?? [], entry],
        };
        return Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(image));
    }
}
