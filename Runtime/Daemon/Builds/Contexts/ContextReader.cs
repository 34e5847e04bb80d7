using System.Text;
using Rtd.Daemon.Containers.Archives;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Compression;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary>Turns what a client or a server sends into a context.</summary>
internal sealed class ContextReader(BuildDirectory directory)
{
    /// <summary>Unpacks an archive, compressed or not. Blocks, so on a thread of its own.</summary>
    /// <param name="dockerfile">Path of the Dockerfile in it; empty for the usual one.</param>
    /// <exception cref="EngineException">Invalid parameter: a damaged archive, or one without a Dockerfile.</exception>
    public BuildContext Unpack(Stream archive, string dockerfile, CancellationToken cancelled) => InNewTree(tree =>
    {
        try
        {
            using Stream plain = Decompression.Open(archive, out _);
            using ArchiveExtraction extraction = new(tree.Root, ContainerPath.Parse("/"), new ExtractionOptions(false, null), directory.Spool);
            using Stream watched = new FreeRoom(tree.Directory, "the build context").Watch(plain);
            TarReader reader = new(watched);
            extraction.Run(reader, cancelled);
            reader.Drain(cancelled);
        }
        catch (InvalidDataException damaged)
        {
            throw TarError.Archive(damaged.Message, damaged);
        }

        return BuildContext.Open(tree, dockerfile);
    });

    /// <summary>What a server has at the address of a context: an archive, or just a Dockerfile.</summary>
    public BuildContext Read(Stream content, string dockerfile, CancellationToken cancelled)
    {
        byte[] start = new byte[TarHeader.Length];
        int length = content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        using PrefixedStream whole = new(start.AsMemory(0, length), content);
        bool isArchive = Decompression.Detect(start.AsSpan(0, length)) != CompressionFormat.None || (length == start.Length && TarHeader.IsHeader(start));
        return isArchive ? Unpack(whole, dockerfile, cancelled) : Single(ReadText(whole, cancelled));
    }

    /// <summary>A context with nothing but a Dockerfile.</summary>
    public BuildContext Single(string dockerfile) => InNewTree(tree =>
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = Libc.openat(
            tree.Directory.Fd(), RawName.From("Dockerfile"), Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, 0x180, "Dockerfile");
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(dockerfile), 0);
        return new BuildContext(tree, dockerfile, "Dockerfile");
    });

    /// <summary>Fills a new tree, which goes again when that fails.</summary>
    public BuildContext InNewTree(Func<PrivateTree, BuildContext> fill)
    {
        PrivateTree tree = directory.NewTree();
        try
        {
            return fill(tree);
        }
        catch
        {
            tree.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    private static string ReadText(Stream content, CancellationToken cancelled)
    {
        using MemoryStream text = new();
        byte[] buffer = new byte[64 * 1024];
        int read;
        while ((read = content.Read(buffer)) > 0)
        {
            cancelled.ThrowIfCancellationRequested();
            text.Write(buffer, 0, read);
            if (text.Length > BuildContext.MaxDockerfile)
            {
                throw EngineException.InvalidParameter($"a Dockerfile of more than {BuildContext.MaxDockerfile} bytes");
            }
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }
}
