using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Patterns;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary>The files that a build may copy, and its Dockerfile.</summary>
internal sealed class BuildContext(PrivateTree tree, string dockerfile, string dockerfileName) : IAsyncDisposable
{
    private const string DefaultName = "Dockerfile", IgnoreName = ".dockerignore";

    /// <summary>Far more than anybody writes, little enough to parse.</summary>
    public const int MaxDockerfile = 4 << 20;

    public PrivateTree Tree => tree;

    /// <summary>The Dockerfile's text.</summary>
    public string Dockerfile => dockerfile;

    public string DockerfileName => dockerfileName;

    /// <summary>Finds the Dockerfile in a tree.</summary>
    /// <param name="name">Path in the context; empty for the usual one.</param>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static BuildContext Open(PrivateTree tree, string name)
    {
        string wanted = name.Length > 0 ? name : DefaultName;
        string? text = Read(tree, wanted);
        if (text is null && name.Length == 0)
        {
            // Docker's old way to be kind to file systems without upper case.
            text = Read(tree, wanted = wanted.ToLowerInvariant());
        }

        if (text is null)
        {
            throw EngineException.InvalidParameter($"Cannot locate specified Dockerfile: {(name.Length > 0 ? name : DefaultName)}");
        }

        HideIgnored(tree, wanted);
        return new BuildContext(tree, text, wanted);
    }

    public ValueTask DisposeAsync() => tree.DisposeAsync();

    /// <summary>
    /// Clients send Dockerfile and .dockerignore also when the latter excludes them, since the engine needs them: they are taken out here, so that
    /// <c>COPY .</c> does not see them.
    /// </summary>
    private static void HideIgnored(PrivateTree tree, string dockerfile)
    {
        if (Read(tree, IgnoreName) is not { } text)
        {
            return;
        }

        IgnorePatterns patterns = ContextRules.Parse(text);
        foreach (string file in (ReadOnlySpan<string>)[dockerfile, IgnoreName])
        {
            string clean = Path.GetFullPath(file, "/")[1..];
            if (patterns.Excludes(clean))
            {
                int parent = tree.Root.TryOpen(RawName.From(Path.GetDirectoryName(clean)!), Libc.O_PATH | Libc.O_DIRECTORY);
                if (parent >= 0)
                {
                    using SafeFileHandle directory = Libc.Own(parent);
                    _ = Libc.try_unlinkat(parent, RawName.From(Path.GetFileName(clean)));
                }
            }
        }
    }

    /// <summary>A regular file's text; null when there is none of that name.</summary>
    private static string? Read(PrivateTree tree, string path)
    {
        if (path.Contains('\0'))
        {
            throw EngineException.InvalidParameter("the path of the Dockerfile has a NUL byte");
        }

        int fd = tree.Root.TryOpen(RawName.From(path.TrimStart('/')), Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY);
        if (fd < 0)
        {
            return null;
        }

        using SafeFileHandle file = Libc.Own(fd);
        Libc.statx_t status = Libc.fstat(fd, path);
        if (status.Type != Libc.S_IFREG)
        {
            throw EngineException.InvalidParameter($"{path} is not a regular file");
        }

        if (status.stx_size > MaxDockerfile)
        {
            throw EngineException.InvalidParameter($"{path} is larger than {MaxDockerfile} bytes");
        }

        byte[] content = new byte[status.stx_size];
        int length = RandomAccess.Read(file, content, 0);
        return Encoding.UTF8.GetString(content, 0, length);
    }
}
