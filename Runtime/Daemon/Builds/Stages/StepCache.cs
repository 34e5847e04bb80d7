using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Origins;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Builds.Stages;

/// <summary>
/// Finds images of steps that were done before. Only what was built here counts, by a record that no image can bring along (CVE-2024-24557), unless the
/// client names images whose history it trusts.
/// </summary>
internal sealed class StepCache(ImageService images, BuildRequest request)
{
    private readonly List<Image> _sources = [.. request.CacheFrom.Select(name => TryGet(images.Images, name)).OfType<Image>()];

    /// <summary>What a step is: what it is done on, what it does, and all it can see.</summary>
    public static string Key(string parent, params IEnumerable<string> parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts.Prepend(parent))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>The image that the step made before, or null.</summary>
    /// <param name="details">What it would be.</param>
    public Image? Find(Image? parent, CommitDetails details)
    {
        if (request.NoCache)
        {
            return null;
        }

        if (request.CacheFrom.Count == 0)
        {
            return images.Images.FindStep(details.Origin!.Key, origin => !origin.IsFromHistory);
        }

        return images.Images.FindStep(details.Origin!.Key, origin => _sources.Exists(source => images.Images.IsBuiltFrom(source.Id, origin.ImageId)))
            ?? _sources.Select(source => FromHistory(source, parent, details)).FirstOrDefault(found => found is not null);
    }

    /// <summary>The docker command gives names of images that may not be here; that is no error.</summary>
    private static Image? TryGet(ImageStore store, string name)
    {
        try
        {
            return store.Get(name);
        }
        catch (EngineException)
        {
            return null;
        }
    }

    /// <summary>The image as it was after the step, made out of a trusted image's history and layers.</summary>
    private Image? FromHistory(Image source, Image? parent, CommitDetails details)
    {
        List<ImageHistoryEntry> history = source.Config.History ?? [];
        List<ImageHistoryEntry> before = parent?.Config.History ?? [];
        List<string> layersBefore = parent?.Config.Rootfs.DiffIds ?? [];
        List<string> layers = source.Config.Rootfs.DiffIds;
        bool continues = history.Count > before.Count
            && before.Select(entry => entry.CreatedBy).SequenceEqual(history.Take(before.Count).Select(entry => entry.CreatedBy))
            && layers.Take(layersBefore.Count).SequenceEqual(layersBefore)
            && history[before.Count].CreatedBy == details.CreatedBy;
        if (!continues)
        {
            return null;
        }

        ImageHistoryEntry step = history[before.Count];
        List<string> diffIds = layers.Take(layersBefore.Count + (step.EmptyLayer ? 0 : 1)).ToList();
        LayerHold? top = images.Storage.LayerStore.TryHold(ChainId.Of(diffIds));
        return top is null ? null : images.Images.Add(Restore(source, [.. before, step], diffIds, details), top, [], details.Origin! with { IsFromHistory = true });
    }

    private static byte[] Restore(Image source, List<ImageHistoryEntry> history, List<string> diffIds, CommitDetails details) =>
        Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(new ImageConfig
        {
            Architecture = source.Config.Architecture,
            Os = source.Config.Os,
            Variant = source.Config.Variant,
            Created = history[^1].Created,
            Author = details.Author.Length > 0 ? details.Author : null,
            Config = details.Config,
            Rootfs = new ImageRootfs { DiffIds = diffIds },
            History = history,
        }));
}
