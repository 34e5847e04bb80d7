namespace Rtd.Daemon.Storage.Layers;

internal sealed partial class LayerStore
{
    private const string NoteName = "sources.json";

    /// <summary>What was noted about a layer; empty when there is nothing. The caller holds the layer.</summary>
    public byte[] ReadNote(string chainId)
    {
        string path = Path.Combine(_layout.Layer(chainId), NoteName);
        return File.Exists(path) ? File.ReadAllBytes(path) : [];
    }

    /// <summary>Notes something that may be lost, so without waiting for the disk. The caller holds the layer.</summary>
    public void WriteNote(string chainId, byte[] content)
    {
        string path = Path.Combine(_layout.Layer(chainId), NoteName);
        string temporary = path + ".new";
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }
}
