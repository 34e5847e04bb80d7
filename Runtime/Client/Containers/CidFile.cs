using System.Text;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers;

/// <summary>--cidfile: made before the container, so that two runs cannot share it, and gone again when there is no container.</summary>
internal sealed class CidFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private bool _written;

    private CidFile(string path, FileStream stream)
    {
        _path = path;
        _stream = stream;
    }

    /// <exception cref="ClientException">The file is there already or cannot be made.</exception>
    public static CidFile? Open(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return null;
        }

        try
        {
            return new CidFile(path, new FileStream(path, FileMode.CreateNew, FileAccess.Write));
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new ClientException($"container ID file found, make sure the other container isn't running or delete {path}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            int errno = failure is UnauthorizedAccessException ? Libc.EACCES : Libc.ENOENT;
            throw new ClientException($"failed to create the container ID file: open {path}: {ErrnoText.Of(errno)}");
        }
    }

    public void Write(string id)
    {
        _stream.Write(Encoding.ASCII.GetBytes(id));
        _written = true;
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (!_written)
        {
            File.Delete(_path);
        }
    }
}
