using System.Text.Json;
using Rtd.Client.Json;

namespace Rtd.Client.Images.Tree;

/// <summary>The sizes of an image's layers out of its history, which has entries without a layer among those with one and does not say which is which.</summary>
internal static class LayerSizes
{
    private const string OldBuilder = "/bin/sh -c #(nop)";

    private static readonly string[] s_configInstructions =
        ["ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "SHELL", "STOPSIGNAL", "USER", "VOLUME"];

    /// <summary>Sizes, the lowest layer first; null for all of them when the history does not fit the layers.</summary>
    /// <param name="history">The answer of /images/{id}/history: the latest entry first.</param>
    /// <param name="layers">How many layers the image has.</param>
    /// <param name="total">Bytes of the whole image: what the only layer has when there is no history.</param>
    public static long?[] Of(JsonElement history, int layers, long total)
    {
        List<JsonElement> entries = [.. history.Items().Reverse()];
        RemoveEmpty(entries, layers, entry => entry.Number("Size") == 0 && SetsOnlyConfig(entry.Text("CreatedBy")));
        RemoveEmpty(entries, layers, entry => entry.Number("Size") == 0);
        if (entries.Count == layers)
        {
            return [.. entries.Select(entry => (long?)entry.Number("Size"))];
        }

        return layers == 1 ? [total] : new long?[layers];
    }

    /// <summary>Takes out the latest entries of a kind until no more are left than there are layers.</summary>
    private static void RemoveEmpty(List<JsonElement> entries, int layers, Predicate<JsonElement> isEmpty)
    {
        for (int i = entries.Count - 1; i >= 0 && entries.Count > layers; i--)
        {
            if (isEmpty(entries[i]))
            {
                entries.RemoveAt(i);
            }
        }
    }

    /// <summary>Whether an entry is an instruction of a Dockerfile that makes no layer, as the old builder and BuildKit note them.</summary>
    private static bool SetsOnlyConfig(string createdBy)
    {
        string instruction = createdBy.StartsWith(OldBuilder, StringComparison.Ordinal) ? createdBy[OldBuilder.Length..].TrimStart() : createdBy;
        int space = instruction.IndexOf(' ');
        return Array.IndexOf(s_configInstructions, space < 0 ? instruction : instruction[..space]) >= 0;
    }
}
