namespace Rtd.Client.Containers.Copy;

/// <summary>Where files from a container go.</summary>
internal sealed class LocalTarget
{
    private readonly CopyPlace _place;
    private readonly bool _exists;
    private readonly bool _isDirectory;

    private LocalTarget(CopyPlace place)
    {
        _place = place;
        _isDirectory = Directory.Exists(place.Path);
        _exists = _isDirectory || File.Exists(place.Trimmed);
    }

    /// <exception cref="ClientException">Its directory does not exist.</exception>
    public static LocalTarget Look(CopyPlace place)
    {
        string parent = Path.GetDirectoryName(Path.GetFullPath(place.Trimmed)) ?? "/";
        return Directory.Exists(parent)
            ? new LocalTarget(place)
            : throw new ClientException($"invalid output path: directory \"{Path.GetDirectoryName(place.Trimmed)}\" does not exist");
    }

    /// <summary>The path that the source's root gets.</summary>
    /// <exception cref="ClientException">A directory cannot take a file's place, nor a file make a directory.</exception>
    public string RootFor(string name, bool isDirectory, bool isContents)
    {
        if (_isDirectory)
        {
            return isDirectory && isContents ? _place.Trimmed : Path.Combine(_place.Trimmed, name);
        }

        if (_exists && isDirectory)
        {
            throw new ClientException("cannot copy directory");
        }

        return _place.IsDirectory && !isDirectory ? throw new ClientException("no such directory") : _place.Trimmed;
    }
}
