using System.Security.Cryptography;
using System.Text;
using Rtd.Client.Images;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;
using Rtd.Protocol.Patterns;

namespace Rtd.Client.Builds;

/// <summary>A directory here as the context.</summary>
internal sealed class DirectoryContext
{
    private const string DefaultName = "Dockerfile", IgnoreName = ".dockerignore";

    private readonly string _root;
    private readonly string _dockerfile;
    private readonly Dictionary<string, byte[]> _added = [];
    private IgnorePatterns _ignored = IgnorePatterns.None;

    private DirectoryContext(string root, string? file)
    {
        _root = root;
        if (file == "-")
        {
            using Stream input = UploadSource.OpenStandardInput();
            _dockerfile = AddOutside(ReadAll(input));
            ReadRules(Path.Combine(root, IgnoreName));
            return;
        }

        string path = Locate(root, file);
        string relative = Path.GetRelativePath(root, path);
        bool isOutside = relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative);
        _dockerfile = isOutside ? AddOutside(ReadFile(path)) : relative;
        string own = path + IgnoreName;
        ReadRules(File.Exists(own) ? own : Path.Combine(root, IgnoreName));
    }

    /// <exception cref="ClientException">There is no Dockerfile, or the rules are no patterns.</exception>
    public static BuildSource Open(string directory, string? file)
    {
        string root = RealPath(Path.GetFullPath(directory));
        DirectoryContext context = new(root, file);
        return new BuildSource(context._dockerfile, "", ProducedStream.Of(context.WriteTo));
    }

    public static byte[] ReadAll(Stream stream)
    {
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private void WriteTo(Stream output)
    {
        using ContextArchive archive = new(output, _root, _ignored, _added.Keys);
        foreach ((string name, byte[] content) in _added)
        {
            archive.Add(name, content);
        }

        archive.AddDirectory();
    }

    /// <summary>
    /// A Dockerfile from elsewhere goes in under a name that no file has, and into the rules, so that the daemon takes it out of what COPY sees.
    /// </summary>
    /// <returns>The name.</returns>
    private string AddOutside(byte[] dockerfile)
    {
        string name = ".dockerfile." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));
        string rules = Path.Combine(_root, IgnoreName);
        string text = File.Exists(rules) ? Encoding.UTF8.GetString(ReadFile(rules)).TrimEnd('\n') + "\n" : "";
        _added[name] = dockerfile;
        _added[IgnoreName] = Encoding.UTF8.GetBytes($"{text}{IgnoreName}\n{name}\n");
        return name;
    }

    /// <summary>The daemon needs Dockerfile and rules also when they are left out.</summary>
    private void ReadRules(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            IgnorePatterns rules = IgnorePatterns.Parse(Encoding.UTF8.GetString(ReadFile(path)));
            string[] needed = [IgnoreName, _dockerfile];
            _ignored = rules.Keeping(needed.Where(rules.Excludes));
        }
        catch (FormatException bad)
        {
            throw new ClientException($"error checking context: '{bad.Message}'");
        }
    }

    private static string Locate(string root, string? file)
    {
        if (file is not null)
        {
            return RealDockerfile(Path.GetFullPath(file));
        }

        string usual = Path.Combine(root, DefaultName);
        string lower = Path.Combine(root, DefaultName.ToLowerInvariant());
        return RealDockerfile(!File.Exists(usual) && File.Exists(lower) ? lower : usual);
    }

    private static string RealDockerfile(string path) => File.Exists(path) || Directory.Exists(path)
        ? RealPath(path)
        : throw new ClientException($"unable to evaluate symlinks in Dockerfile path: lstat {path}: {ErrnoText.Of(Libc.ENOENT)}");

    /// <summary>The path with no link in it.</summary>
    private static string RealPath(string path)
    {
        string? real = Libc.realpath(path);
        return real ?? throw new ClientException($"unable to evaluate symlinks in context path: lstat {path}: {ErrnoText.Of(Libc.ENOENT)}");
    }

    private static byte[] ReadFile(string path)
    {
        using Stream file = UploadSource.OpenFile(path);
        return ReadAll(file);
    }
}
