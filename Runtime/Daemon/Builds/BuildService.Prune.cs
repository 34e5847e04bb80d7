using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds.Mounts;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Listing;
using Rtd.Daemon.Images.Origins;

namespace Rtd.Daemon.Builds;

internal sealed partial class BuildService
{
    private const string Regular = "regular", CacheMountType = "exec.cachemount";

    public static readonly string[] PruneFilters = ["until", "unused-for", "id", "parent", "type", "description", "inuse", "shared", "private"];

    /// <summary>All that builds keep for later ones: steps, and caches that they mounted.</summary>
    public List<BuildCacheRecord> Cache()
    {
        IReadOnlyList<ImageEntry> images = parts.Images.Images.List();
        HashSet<string> shared = Shared(images);
        List<BuildCacheRecord> records = [];
        foreach (ImageEntry entry in images.Where(entry => entry.Origin is not null))
        {
            ImageOrigin origin = entry.Origin!;
            records.Add(new BuildCacheRecord
            {
                Id = origin.ImageId,
                Parents = origin.Parent.Length > 0 ? [origin.Parent] : null,
                Type = Regular,
                Description = origin.Description,
                InUse = parts.Usage.Users(origin.ImageId).Count > 0,
                Shared = shared.Contains(origin.ImageId),
                Size = origin.Size,
                CreatedAt = origin.Created,
                LastUsedAt = origin.LastUsed,
                UsageCount = origin.UsageCount,
            });
        }

        records.AddRange(parts.Caches.List().Select(cache => new BuildCacheRecord
        {
            Id = cache.Key,
            Type = CacheMountType,
            Description = $"cached mount {cache.Record.Id}",
            InUse = cache.InUse,
            Size = cache.Size,
            CreatedAt = cache.Record.Created,
        }));
        return records;
    }

    /// <summary>Removes what no image, container or running build needs, the longest unused first.</summary>
    /// <param name="all">Also the steps of images that are there.</param>
    /// <param name="keep">Bytes of the cache to keep; 0 keeps nothing.</param>
    public BuildPruneReport Prune(bool all, long keep, ImageFilters filters, CancellationToken cancelled)
    {
        BuildPruneReport report = new();
        List<BuildCacheRecord> records = Cache();
        long left = records.Where(record => !record.Shared).Sum(record => record.Size);
        DateTimeOffset? until = filters.Time("until") ?? filters.Time("unused-for");
        List<BuildCacheRecord> candidates = [.. records
            .Where(record => !record.InUse && (all || !record.Shared) && Matches(record, filters) && (until is null || LastUse(record) < until))
            .OrderBy(LastUse)];

        // A step goes after those that were done on it: as long as some go, others become the last of their line.
        bool progress = true;
        while (progress && (keep == 0 || left > keep))
        {
            progress = false;
            foreach (BuildCacheRecord record in candidates.ToArray())
            {
                cancelled.ThrowIfCancellationRequested();
                if ((keep > 0 && left <= keep) || !TryRemove(record, all))
                {
                    continue;
                }

                candidates.Remove(record);
                report.CachesDeleted.Add(record.Id);
                report.SpaceReclaimed += record.Shared ? 0 : record.Size;
                left -= record.Shared ? 0 : record.Size;
                progress = true;
            }
        }

        return report;
    }

    private bool TryRemove(BuildCacheRecord record, bool all) => record.Type == CacheMountType
        ? parts.Caches.TryRemove(record.Id)
        : parts.Images.Images.TryRemoveStep(record.Id, parts.Usage) is not null || (all && parts.Images.Images.TryForgetStep(record.Id, parts.Usage));

    private static DateTimeOffset LastUse(BuildCacheRecord record) => record.LastUsedAt ?? record.CreatedAt;

    private static bool Matches(BuildCacheRecord record, ImageFilters filters) =>
        Matches(filters["id"], value => record.Id.StartsWith(value, StringComparison.Ordinal) || record.Id.StartsWith("sha256:" + value, StringComparison.Ordinal))
        && Matches(filters["parent"], value => record.Parents?.Contains(value) == true)
        && Matches(filters["type"], value => record.Type == value)
        && Matches(filters["description"], value => record.Description.Contains(value, StringComparison.Ordinal))
        && (filters.Bool("inuse") ?? record.InUse) == record.InUse
        && (filters.Bool("shared") ?? record.Shared) == record.Shared
        && (filters.Bool("private") ?? !record.Shared) == !record.Shared;

    private static bool Matches(IReadOnlyList<string> values, Func<string, bool> matches) => values.Count == 0 || values.Any(matches);

    /// <summary>The steps that images with a name, or results, are made of.</summary>
    private static HashSet<string> Shared(IReadOnlyList<ImageEntry> images)
    {
        Dictionary<string, ImageEntry> byId = images.ToDictionary(entry => entry.Image.Id);
        HashSet<string> shared = [];
        foreach (ImageEntry entry in images.Where(entry => !entry.IsIntermediate))
        {
            for (ImageEntry? next = entry; next?.Origin is not null && shared.Add(next.Image.Id);)
            {
                next = byId.GetValueOrDefault(next.Origin.Parent);
            }
        }

        return shared;
    }
}
