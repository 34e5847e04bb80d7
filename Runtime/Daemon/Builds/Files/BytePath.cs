using System.Text;

namespace Rtd.Daemon.Builds.Files;

/// <summary>
/// Paths in file trees as strings whose characters are the path's bytes (Latin-1), so that names that are no text keep their bytes. Relative to a
/// root, without "." and "..", empty for the root itself.
/// </summary>
internal static class BytePath
{
    /// <summary>From a Dockerfile's text.</summary>
    public static string FromText(string text) => FromBytes(Encoding.UTF8.GetBytes(text));

    public static string FromBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>As the kernel takes it: zero-terminated.</summary>
    public static byte[] ToName(string path) => [.. Encoding.Latin1.GetBytes(path), 0];

    public static byte[] ToBytes(string path) => Encoding.Latin1.GetBytes(path);

    /// <summary>For messages.</summary>
    public static string Show(string path) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(path));

    /// <summary>Takes ".", ".." and needless slashes away; ".." at the root stays there.</summary>
    public static string Clean(string path)
    {
        List<string> components = [];
        foreach (string component in path.Split('/'))
        {
            if (component == "..")
            {
                components.RemoveRange(Math.Max(0, components.Count - 1), Math.Min(1, components.Count));
            }
            else if (component is not ("" or "."))
            {
                components.Add(component);
            }
        }

        return string.Join('/', components);
    }

    /// <summary>Whether a path leads above where it starts.</summary>
    public static bool ClimbsOut(string path)
    {
        int depth = 0;
        foreach (string component in path.Split('/'))
        {
            depth += component is "" or "." ? 0 : component == ".." ? -1 : 1;
            if (depth < 0)
            {
                return true;
            }
        }

        return false;
    }

    public static string Join(string directory, string name) => directory.Length == 0 ? name : name.Length == 0 ? directory : $"{directory}/{name}";

    public static string Directory(string path) => path.LastIndexOf('/') is > 0 and int slash ? path[..slash] : "";

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];
}
