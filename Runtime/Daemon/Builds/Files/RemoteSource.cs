using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Builds.Contexts;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Output;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Files;

/// <summary>A file that ADD takes from a web server.</summary>
internal sealed class RemoteSource(BuildDirectory directory, IBuildOutput output)
{
    private const string ContentName = "content";

    public static bool Is(string word) => word.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Downloads it; whoever gets it removes it. Redirections never lead to anything but a web server.</summary>
    /// <exception cref="EngineException">As the server says; invalid parameter when the checksum is another.</exception>
    public async Task<CopySource> DownloadAsync(string address, AddInstruction add, CopyOptions options, CancellationToken cancelled)
    {
        RemoteArchive remote = new(address);
        string name = Uri.UnescapeDataString(remote.Address.AbsolutePath).TrimEnd('/') is { Length: > 0 } path ? path[(path.LastIndexOf('/') + 1)..] : "";
        if (name is "" or "." or ".." && (add.Sources.Destination.EndsWith('/') || remote.Address.AbsolutePath.Length <= 1))
        {
            throw EngineException.InvalidParameter($"cannot determine filename from url: {ShownAddress.In(address)}");
        }

        PrivateTree tree = directory.NewTree();
        try
        {
            using HttpResponseMessage response = await remote.GetAsync(cancelled);
            await output.LineAsync($"Downloading {remote.Shown}");
            await SaveAsync(tree, response, add.Checksum, cancelled);
            return Source(tree, name, response.Content.Headers, options);
        }
        catch
        {
            await tree.DisposeAsync();
            throw;
        }
    }

    private static async Task SaveAsync(PrivateTree tree, HttpResponseMessage response, string? checksum, CancellationToken cancelled)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using SafeFileHandle file = Libc.openat(
            tree.Directory.Fd(), RawName.From(ContentName), Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, 0x180, ContentName);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancelled);
        FreeRoom room = new(tree.Directory, "what ADD downloads");
        byte[] buffer = new byte[128 * 1024];
        long offset = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, cancelled)) > 0)
        {
            room.Take(read);
            hash.AppendData(buffer, 0, read);
            RandomAccess.Write(file, buffer.AsSpan(0, read), offset);
            offset += read;
        }

        string digest = "sha256:" + Convert.ToHexStringLower(hash.GetCurrentHash());
        if (checksum is not null && !checksum.Equals(digest, StringComparison.OrdinalIgnoreCase))
        {
            throw EngineException.InvalidParameter($"digest mismatch {digest}: {checksum}");
        }
    }

    private static CopySource Source(PrivateTree tree, string name, HttpContentHeaders headers, CopyOptions options)
    {
        FileTree files = new(tree.Directory);
        Libc.statx_t status = files.Find(ContentName)!.Value;
        return new CopySource
        {
            Name = BytePath.FromText(name),
            IsDirectory = false,
            Downloaded = tree,
            Files =
            [
                new LayerFile
                {
                    Path = "",
                    Type = TarEntryType.File,
                    Mode = options.Mode ?? 0x180, // 0600, as the classic builder has it
                    Owner = options.Owner ?? FileOwner.Root,
                    Modified = new TarTime(headers.LastModified?.ToUnixTimeSeconds() ?? 0, 0),
                    Size = (long)status.stx_size,
                    Open = () => files.Open(ContentName, Libc.O_RDONLY | Libc.O_NOFOLLOW),
                },
            ],
        };
    }
}
