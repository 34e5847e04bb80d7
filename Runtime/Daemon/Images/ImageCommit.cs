using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images;

/// <summary>Makes an image out of another one and what a container changed.</summary>
internal sealed class ImageCommit(ImageStore images, LayerStore layers)
{
    /// <summary>Digest of an archive without members: no layer is made of one.</summary>
    private const string EmptyArchive = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

    /// <summary>Commits; blocks, so on a thread of its own.</summary>
    /// <param name="name">What to call it, or null.</param>
    /// <param name="writeChanges">Writes the archive of the new layer.</param>
    /// <param name="check">Called when all changes have been read: throws when they were not what they should be.</param>
    /// <exception cref="EngineException">Not found: the parent has gone. Invalid parameter: too many layers.</exception>
    public Image Run(Image parent, CommitDetails details, ImageReference? name, Action<Stream> writeChanges, Action check, CancellationToken cancelled)
    {
        using LayerHold below = layers.TryHold(parent.ChainId) ?? throw EngineException.NotFound($"No such image: {parent.Id}");
        LayerHold top = PipedStream.Run(writeChanges, archive => layers.Register(parent.ChainId, archive, null, endMarker: true, cancelled));
        byte[] config;
        try
        {
            check();
            string diffId = layers.Find(top.ChainId)!.DiffId;
            if (diffId == EmptyArchive)
            {
                top.Dispose();
                top = layers.Hold(parent.ChainId);
            }

            config = Config(parent.Config, details, diffId);
        }
        catch
        {
            top.Dispose();
            throw;
        }

        Image image = images.Add(config, top, name is null ? [] : [name]);
        if (name is not null)
        {
            images.Raise("tag", image.Id, name.Familiar);
        }

        return image;
    }

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
