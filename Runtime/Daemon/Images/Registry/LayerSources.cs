using System.Text;
using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Registry;

/// <summary>Which registries have which layers, as which blobs: what pulls and pushes learned, so that a push need not send it again.</summary>
/// <remarks>Kept with the layer and gone with it. It is only ever a guess that the registry confirms: losing it costs time.</remarks>
internal sealed class LayerSources(LayerStore layers)
{
    /// <summary>The newest count; more would only be asked for in vain.</summary>
    private const int MaxSources = 50;

    private static readonly Logger s_log = LogManager.GetLogger("registry");

    private readonly Lock _lock = new();

    /// <summary>The newest first; the caller holds the layer.</summary>
    public IReadOnlyList<LayerSource> Of(string chainId)
    {
        try
        {
            byte[] note = layers.ReadNote(chainId);
            return note.Length == 0 ? [] : JsonConvert.DeserializeObject<List<LayerSource>>(Encoding.UTF8.GetString(note)) ?? [];
        }
        catch (Exception damaged) when (damaged is JsonException or IOException or UnauthorizedAccessException)
        {
            s_log.Warn("what is known of layer {0} in registries cannot be read: {1}", chainId, damaged.Message);
            return [];
        }
    }

    /// <summary>Remembers one more; the caller holds the layer.</summary>
    public void Add(string chainId, LayerSource source)
    {
        lock (_lock)
        {
            IReadOnlyList<LayerSource> known = Of(chainId);
            if (known is [{ } first, ..] && first == source)
            {
                return;
            }

            try
            {
                layers.WriteNote(chainId, Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(known.Where(other => other != source).Take(MaxSources - 1).Prepend(source))));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                s_log.Warn("what is known of layer {0} in registries cannot be written: {1}", chainId, failure.Message);
            }
        }
    }
}
