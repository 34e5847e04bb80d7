namespace Rtd.Daemon.Storage.Layers;

/// <summary>A finished layer; also what <c>layer.json</c> says.</summary>
internal sealed class Layer
{
    /// <summary>Names the layer together with all below it (OCI image spec, "Layer ChainID").</summary>
    public string ChainId { get; set; } = "";

    /// <summary>SHA-256 of the layer's uncompressed archive.</summary>
    public string DiffId { get; set; } = "";

    /// <summary>Chain id of the layer below; empty for the lowest.</summary>
    public string Parent { get; set; } = "";

    /// <summary>Bytes of the files in this layer.</summary>
    public long Size { get; set; }

    /// <summary>Bytes of the layer's uncompressed archive.</summary>
    public long ArchiveSize { get; set; }
}
