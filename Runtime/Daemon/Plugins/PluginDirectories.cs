using Rtd.Daemon.Api;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Plugins;

/// <summary>Finds plugins by the files that they, or their packages, leave in Docker's directories.</summary>
/// <param name="sockets">Where <c>NAME.sock</c> and <c>NAME/NAME.sock</c> are looked for.</param>
/// <param name="specs">Where <c>NAME.spec</c>, <c>NAME.json</c> and the same in a directory NAME are looked for, in this order.</param>
internal sealed class PluginDirectories(IReadOnlyList<string> sockets, IReadOnlyList<string> specs)
{
    /// <summary>Addresses are a line, and files of certificates are named, not held: what is larger is no such file.</summary>
    private const int MaxFile = 64 << 10;

    private static readonly string[] s_specExtensions = [".spec", ".json"];

    /// <summary>Docker's own, which is where plugins that were made for it put themselves.</summary>
    public static PluginDirectories Docker { get; } = new(["/run/docker/plugins"], ["/etc/docker/plugins", "/usr/lib/docker/plugins"]);

    /// <summary>Where a plugin listens. A socket goes before files, as with dockerd.</summary>
    /// <exception cref="EngineException">Not found; or invalid parameter for a file that makes no sense.</exception>
    public PluginAddress Find(string name)
    {
        if (!IsName(name))
        {
            throw EngineException.NotFound($"plugin \"{name}\" not found");
        }

        if (Candidates(sockets, name, ".sock").FirstOrDefault(File.Exists) is { } socket)
        {
            return new PluginAddress(socket);
        }

        string? file = specs.SelectMany(directory => s_specExtensions.SelectMany(extension => Candidates([directory], name, extension))).FirstOrDefault(File.Exists);
        return file is null ? throw EngineException.NotFound($"plugin \"{name}\" not found") : Read(file);
    }

    /// <summary>Names of all plugins there are files of, sorted.</summary>
    public IReadOnlyList<string> Names()
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        names.UnionWith(sockets.SelectMany(directory => NamesIn(directory, [".sock"])));
        names.UnionWith(specs.SelectMany(directory => NamesIn(directory, s_specExtensions)));
        return [.. names];
    }

    /// <summary>A name becomes part of a path, and comes from clients.</summary>
    private static bool IsName(string name) => name.Length is > 0 and <= 200 && name[0] != '.' && name.AsSpan().IndexOfAny('/', '\0') < 0;

    private static IEnumerable<string> Candidates(IEnumerable<string> directories, string name, string extension) =>
        directories.SelectMany(directory => new[] { Path.Combine(directory, name + extension), Path.Combine(directory, name, name + extension) });

    private static IEnumerable<string> NamesIn(string directory, string[] extensions)
    {
        if (!Directory.Exists(directory))
        {
            return [];
        }

        return Directory.EnumerateFileSystemEntries(directory)
            .Select(path => Directory.Exists(path) ? Path.GetFileName(path) : extensions.Contains(Path.GetExtension(path)) ? Path.GetFileNameWithoutExtension(path) : "")
            .Where(name => IsName(name) && extensions.SelectMany(extension => Candidates([directory], name, extension)).Any(File.Exists));
    }

    private static PluginAddress Read(string file)
    {
        try
        {
            if (new FileInfo(file).Length > MaxFile)
            {
                throw EngineException.InvalidParameter("the file is too large");
            }

            byte[] content = File.ReadAllBytes(file);
            if (Path.GetExtension(file) == ".spec")
            {
                return PluginAddress.Parse(System.Text.Encoding.UTF8.GetString(content).Trim());
            }

            PluginFile described = Json.Decode<PluginFile>(content);
            return PluginAddress.Parse(described.Addr, described.TLSConfig);
        }
        catch (Exception error) when (error is EngineException or IOException or UnauthorizedAccessException)
        {
            throw EngineException.InvalidParameter($"plugin file {file}: {error.Message}", error);
        }
    }
}
