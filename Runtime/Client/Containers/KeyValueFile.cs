using System.Text;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers;

/// <summary>--env-file and --label-file: a key=value on each line; lines that begin with # are comments.</summary>
internal static class KeyValueFile
{
    /// <summary>The entries; a key alone takes the client's environment where it is allowed to, and is dropped when that has none.</summary>
    /// <exception cref="ClientException">The file cannot be read, or a key has white space or is missing.</exception>
    public static IEnumerable<string> Read(string path, bool useEnvironment)
    {
        int number = 0;
        foreach (string raw in ReadLines(path))
        {
            number++;
            string line = raw.TrimStart();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int equals = line.IndexOf('=');
            string key = equals < 0 ? line.Trim() : line[..equals];
            if (key.Length == 0)
            {
                throw new ClientException($"invalid environment file ({path}): no variable name on line '{line}'");
            }

            if (key.IndexOfAny([' ', '\t']) >= 0)
            {
                throw new ClientException($"invalid environment file ({path}): variable '{key}' contains whitespaces");
            }

            if (equals >= 0)
            {
                yield return line;
            }
            else if (!useEnvironment)
            {
                yield return key;
            }
            else if (Environment.GetEnvironmentVariable(key) is { } own)
            {
                yield return $"{key}={own}";
            }
        }
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\ufeff');
            return text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ClientException($"open {path}: {ErrnoText.Of(Libc.ENOENT)}");
        }
        catch (UnauthorizedAccessException)
        {
            throw new ClientException($"open {path}: {ErrnoText.Of(Libc.EACCES)}");
        }
        catch (DecoderFallbackException)
        {
            throw new ClientException($"invalid environment file ({path}): not UTF-8");
        }
    }
}
