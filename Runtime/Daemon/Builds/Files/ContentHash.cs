using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Rtd.Daemon.Storage.Tar;

namespace Rtd.Daemon.Builds.Files;

/// <summary>
/// What a copy's result depends on: names, types, modes, owners as they will be, link targets, device numbers, attributes and content of all files. Not
/// their times, which a fresh checkout changes.
/// </summary>
internal static class ContentHash
{
    /// <summary>As the classic builder writes it into the history: <c>file:</c>, <c>dir:</c> or <c>multi:</c>, and 64 hexadecimal digits.</summary>
    public static string Of(IReadOnlyList<CopySource> sources, CancellationToken cancelled)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (CopySource source in sources)
        {
            Add(hash, source.Name);
            Add(hash, source.Above);
            Add(hash, source.IsArchive ? "archive" : "");
            foreach (LayerFile file in source.Files)
            {
                cancelled.ThrowIfCancellationRequested();
                Add(hash, file, cancelled);
            }
        }

        string kind = sources.Count > 1 ? "multi" : sources[0].IsDirectory ? "dir" : "file";
        return $"{kind}:{Convert.ToHexStringLower(hash.GetCurrentHash())}";
    }

    private static void Add(IncrementalHash hash, LayerFile file, CancellationToken cancelled)
    {
        Add(hash, file.Path);
        Add(hash, file.LinkTarget);
        Span<byte> numbers = stackalloc byte[40];
        BinaryPrimitives.WriteInt32LittleEndian(numbers, (int)file.Type);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers[4..], file.Mode);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers[8..], file.Owner.Uid);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers[12..], file.Owner.Gid);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers[16..], file.Device.Major);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers[20..], file.Device.Minor);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[24..], file.Size);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[32..], file.Xattrs.Count);
        hash.AppendData(numbers);
        foreach ((byte[] name, byte[] value) in file.Xattrs)
        {
            Add(hash, name);
            Add(hash, value);
        }

        if (file.Type == TarEntryType.File)
        {
            AddContent(hash, file, cancelled);
        }
    }

    private static void AddContent(IncrementalHash hash, LayerFile file, CancellationToken cancelled)
    {
        if (file.Content is { } content)
        {
            hash.AppendData(content);
            return;
        }

        using Stream stream = SourceArchive.OpenContent(file);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                cancelled.ThrowIfCancellationRequested();
                hash.AppendData(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Add(IncrementalHash hash, string text) => Add(hash, Encoding.UTF8.GetBytes(text));

    /// <summary>With its length, so that no two sequences of values look the same.</summary>
    private static void Add(IncrementalHash hash, byte[] value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
        hash.AppendData(length);
        hash.AppendData(value);
    }
}
