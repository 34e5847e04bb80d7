namespace Rtd.Client.Builds;

/// <summary><c>--iidfile</c>: there only after a build that succeeded.</summary>
internal sealed class IdFile
{
    private readonly string? _path;

    private IdFile(string? path) => _path = path;

    /// <exception cref="ClientException">An old one cannot be removed.</exception>
    public static IdFile Clear(string? path)
    {
        Try(path, File.Delete, "removing image ID file");
        return new IdFile(path);
    }

    /// <exception cref="ClientException">It cannot be written, or the daemon named no image.</exception>
    public void Write(string id)
    {
        if (_path is { Length: > 0 } && id.Length == 0)
        {
            throw new ClientException($"server did not provide an image ID. Cannot write {_path}");
        }

        Try(_path, path => File.WriteAllText(path, id), "writing image ID file");
    }

    private static void Try(string? path, Action<string> action, string doing)
    {
        try
        {
            if (path is { Length: > 0 })
            {
                action(path);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException($"{doing}: {failure.Message}");
        }
    }
}
