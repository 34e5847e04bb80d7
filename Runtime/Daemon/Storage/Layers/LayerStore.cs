using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Drivers;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Layers;

/// <summary>All finished layers, by chain id, shared between images and containers.</summary>
/// <remarks>
/// What a layer is used by is not stored: images and containers take holds on what they stand on when they are read at start, a layer holds
/// the one below it, and what nobody holds then is left over from a kill and is removed (<see cref="RemoveUnheld"/>).
/// </remarks>
internal sealed partial class LayerStore
{
    /// <summary>With the init layer this makes 128 lower directories, which is what one page of mount options has room for.</summary>
    public const int MaxDepth = 127;

    private static readonly Logger s_log = LogManager.GetLogger("storage");

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Layer> _layers = [];
    private readonly Dictionary<string, int> _holds = [];
    private readonly StorageLayout _layout;
    private readonly IGraphDriver _driver;
    private readonly TreeRemoval _removal;

    public LayerStore(StorageLayout layout, IGraphDriver driver, TreeRemoval removal)
    {
        _layout = layout;
        _driver = driver;
        _removal = removal;
        Load();
    }

    /// <summary>The layer, or null.</summary>
    public Layer? Find(string chainId)
    {
        lock (_lock)
        {
            return _layers.GetValueOrDefault(chainId);
        }
    }

    /// <summary>All layers of a chain, the top one first; empty for the empty chain.</summary>
    /// <exception cref="EngineException">System: a layer is missing.</exception>
    public IReadOnlyList<Layer> Stack(string chainId)
    {
        List<Layer> stack = [];
        lock (_lock)
        {
            for (string next = chainId; next.Length > 0; next = stack[^1].Parent)
            {
                stack.Add(_layers.GetValueOrDefault(next) ?? throw EngineException.System($"layer {next} does not exist"));
            }
        }

        return stack;
    }

    /// <summary>Takes a hold on a chain (the empty one too); null when its top layer does not exist.</summary>
    public LayerHold? TryHold(string chainId)
    {
        lock (_lock)
        {
            if (chainId.Length > 0)
            {
                if (!_layers.ContainsKey(chainId))
                {
                    return null;
                }

                _holds[chainId] = _holds.GetValueOrDefault(chainId) + 1;
            }

            return new LayerHold(this, chainId);
        }
    }

    /// <summary>Takes a hold on a chain.</summary>
    /// <exception cref="EngineException">System: the layer does not exist.</exception>
    public LayerHold Hold(string chainId) => TryHold(chainId) ?? throw EngineException.System($"layer {chainId} does not exist");

    /// <summary>Takes a hold on some layer whose uncompressed archive has this digest and can be made again, whatever it stands on; null when there is none.</summary>
    public LayerHold? HoldContent(string diffId)
    {
        lock (_lock)
        {
            Layer? found = _layers.Values.FirstOrDefault(layer => layer.DiffId == diffId && HasArchive(layer));
            return found is null ? null : Hold(found.ChainId);
        }
    }

    /// <summary>Called after all images and containers have taken their holds: removes what is left of loads and removals that were killed.</summary>
    public void RemoveUnheld()
    {
        lock (_lock)
        {
            foreach (string chainId in _layers.Keys.ToArray())
            {
                RemoveWhileUnheld(chainId);
            }
        }
    }

    /// <summary>Removes from disk the layers whose last hold was released, beside the caller.</summary>
    public void EmptyTrash() => _removal.EmptySoon();

    /// <summary>Chain ids of all layers.</summary>
    public IReadOnlyCollection<string> All()
    {
        lock (_lock)
        {
            return _layers.Keys.ToArray();
        }
    }

    internal void Release(string chainId)
    {
        if (chainId.Length == 0)
        {
            return;
        }

        lock (_lock)
        {
            Drop(chainId);
            RemoveWhileUnheld(chainId);
        }
    }

    private void Drop(string chainId)
    {
        int left = _holds[chainId] - 1;
        if (left > 0)
        {
            _holds[chainId] = left;
        }
        else
        {
            _holds.Remove(chainId);
        }
    }

    /// <summary>Removes a layer that nobody holds, then the one below it if that was its last hold, and so on.</summary>
    private void RemoveWhileUnheld(string chainId)
    {
        while (chainId.Length > 0 && !_holds.ContainsKey(chainId) && _layers.Remove(chainId, out Layer? layer))
        {
            _driver.Withdraw(chainId);
            _removal.Discard(_layout.Layer(chainId));
            chainId = layer.Parent;
            if (chainId.Length > 0)
            {
                Drop(chainId);
            }
        }
    }

    private void Add(Layer layer)
    {
        _layers.Add(layer.ChainId, layer);
        if (layer.Parent.Length > 0)
        {
            _holds[layer.Parent] = _holds.GetValueOrDefault(layer.Parent) + 1;
        }
    }

    private void Load()
    {
        Dictionary<string, Layer> read = [];
        foreach (string directory in Directory.EnumerateDirectories(_layout.Layers))
        {
            if (Read(directory) is { } layer)
            {
                read[layer.ChainId] = layer;
            }
        }

        foreach (Layer layer in read.Values)
        {
            AddWithParents(layer, read);
        }
    }

    private Layer? Read(string directory)
    {
        try
        {
            Layer? layer = JsonConvert.DeserializeObject<Layer>(File.ReadAllText(Path.Combine(directory, RecordName)));
            if (layer is not null && ChainId.IsDigest(layer.ChainId) && ChainId.On(layer.Parent, layer.DiffId) == layer.ChainId && _layout.Layer(layer.ChainId) == directory)
            {
                return layer;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            s_log.Error(error, "layer {0} cannot be read", directory);
        }

        s_log.Error("layer {0} is damaged and not used", directory);
        return null;
    }

    private void AddWithParents(Layer layer, Dictionary<string, Layer> read)
    {
        Stack<Layer> path = new([layer]);
        while (path.Peek().Parent is { Length: > 0 } parent && !_layers.ContainsKey(parent))
        {
            if (!read.TryGetValue(parent, out Layer? below))
            {
                s_log.Error("layer {0} is not used: the layer below it, {1}, is missing", layer.ChainId, parent);
                return;
            }

            path.Push(below);
        }

        while (path.TryPop(out Layer? next))
        {
            if (!_layers.ContainsKey(next.ChainId))
            {
                Add(next);
                _driver.Publish(next.ChainId);
            }
        }
    }
}
