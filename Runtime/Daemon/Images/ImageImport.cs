using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Changes;
using Rtd.Daemon.Storage.Compression;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images;

/// <summary>Makes an image of one layer from a plain archive of a file system.</summary>
internal sealed class ImageImport(ImageStore images, LayerStore layers)
{
    /// <summary>Imports; blocks, so on a thread of its own.</summary>
    /// <param name="source">A tar, maybe compressed.</param>
    /// <param name="name">What to call it, or null.</param>
    /// <param name="changes">Dockerfile instructions for its config.</param>
    /// <param name="message">For its history; empty for Docker's own.</param>
    /// <param name="platform"><c>os[/arch[/variant]]</c>, or empty for this machine's.</param>
    /// <exception cref="EngineException">Invalid parameter: a damaged or hostile archive, or changes that cannot be made. Nothing is left of it.</exception>
    public Image Run(Stream source, ImageReference? name, IReadOnlyList<string> changes, string message, string platform, CancellationToken cancelled)
    {
        ContainerConfig config = new();
        ConfigChanges.Apply(config, changes);
        OciPlatform target = ParsePlatform(platform);
        using Stream plain = Open(source, out CompressionFormat format);

        // The framework's gzip takes a cut stream for a whole one, so there the archive itself must show that it is whole.
        LayerHold layer = layers.Register(ChainId.Empty, plain, null, endMarker: format == CompressionFormat.Gzip, cancelled);
        byte[] blob = Config(config, target, layers.Find(layer.ChainId)!.DiffId, message);
        Image image = images.Add(blob, layer, name is null ? [] : [name]);
        images.Raise("import", image.Id, name?.Familiar ?? image.Id);
        return image;
    }

    private static Stream Open(Stream source, out CompressionFormat format)
    {
        try
        {
            return Decompression.Open(source, out format);
        }
        catch (InvalidDataException damaged)
        {
            throw Storage.Tar.TarError.Archive(damaged.Message, damaged);
        }
    }

    private static byte[] Config(ContainerConfig config, OciPlatform platform, string diffId, string message)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        ImageConfig image = new()
        {
            Architecture = platform.Architecture,
            Os = platform.Os,
            Variant = platform.Variant,
            Created = now,
            Config = config,
            Rootfs = new ImageRootfs { DiffIds = [diffId] },
            History = [new ImageHistoryEntry { Created = now, Comment = message.Length > 0 ? message : "Imported from -" }],
        };
        return Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(image));
    }

    private static OciPlatform ParsePlatform(string text)
    {
        string[] parts = text.ToLowerInvariant().Split('/');
        if (parts.Length > 3 || (text.Length > 0 && Array.Exists(parts, part => part.Length == 0 || part.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789_.-"))))
        {
            throw EngineException.InvalidParameter($"\"{text}\" is an invalid platform: must be os[/arch[/variant]]");
        }

        if (parts[0] is not ("" or "linux"))
        {
            throw EngineException.InvalidParameter($"operating system is not supported: {parts[0]}");
        }

        return new OciPlatform
        {
            Os = "linux",
            Architecture = parts.Length > 1 ? parts[1] : OciLayout.HostArchitecture,
            Variant = parts.Length > 2 ? parts[2] : null,
        };
    }
}
