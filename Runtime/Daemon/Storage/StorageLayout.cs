using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Files;

namespace Rtd.Daemon.Storage;

/// <summary>Where a graph driver keeps things, all below <c>DATA-ROOT/DRIVER</c>.</summary>
/// <remarks>
/// <code>
/// layers/CHAIN/diff, layer.json, tape.gz   a finished layer; appears and goes by one rename
/// containers/ID/…, lower                   a container's own layer; lower is a link whose text is the chain id it stands on
/// init/                                    the shared init layer
/// l/SHORT                                  overlay2 and fuse-overlayfs: link to ../layers/CHAIN/diff
/// stage/, trash/, mnt/                     being made, being removed (both emptied at start), and an always empty mount point
/// </code>
/// </remarks>
internal sealed class StorageLayout
{
    /// <param name="root"><c>DATA-ROOT/DRIVER</c>.</param>
    public StorageLayout(string root)
    {
        Root = root;
        foreach (string directory in (ReadOnlySpan<string>)[root, Layers, Containers, Stage, Trash, MountPoint])
        {
            MakePrivate(directory);
        }
    }

    public string Root { get; }

    public string Layers => Path.Combine(Root, "layers");

    public string Containers => Path.Combine(Root, "containers");

    public string Init => Path.Combine(Root, "init");

    public string Stage => Path.Combine(Root, "stage");

    public string Trash => Path.Combine(Root, "trash");

    public string MountPoint => Path.Combine(Root, "mnt");

    /// <summary>A new, empty directory that a rename is to make final, or a restart to remove.</summary>
    public string NewStage()
    {
        string path = Path.Combine(Stage, Guid.NewGuid().ToString("N"));
        MakePrivate(path);
        return path;
    }

    public string Layer(string chainId) => Path.Combine(Layers, Hex(chainId));

    public string Diff(string chainId) => Path.Combine(Layer(chainId), "diff");

    /// <exception cref="EngineException">Invalid parameter: not an id, so not a file name.</exception>
    public string Container(string id) => IsId(id)
        ? Path.Combine(Containers, id)
        : throw EngineException.InvalidParameter($"invalid container id \"{id}\"");

    /// <summary>Makes a directory that only root can enter, all the way down (CVE-2021-41091: setuid files of images are in there).</summary>
    public static void MakePrivate(string directory) => OwnFiles.MakeDirectory(directory, OwnFiles.PrivateDirectory);

    private static string Hex(string digest) => digest["sha256:".Length..];

    private static bool IsId(string id) => id.Length is > 0 and <= 128 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
