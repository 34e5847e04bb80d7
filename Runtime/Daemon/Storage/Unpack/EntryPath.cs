using Rtd.Daemon.Storage.Tar;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>A member's name, split and checked: relative, no "..", nothing that the kernel would refuse for length.</summary>
internal sealed class EntryPath
{
    private const int PathMax = 4096, NameMax = 255;

    private EntryPath(byte[] path, int nameStart)
    {
        Path = path;
        _nameStart = nameStart;
    }

    private readonly int _nameStart;

    /// <summary><c>a/b/c</c> with a zero at the end; just the zero for the root.</summary>
    public byte[] Path { get; }

    public bool IsRoot => Path.Length == 1;

    /// <summary>The last component, zero-terminated.</summary>
    public ReadOnlySpan<byte> Name => Path.AsSpan(_nameStart);

    /// <summary>The components before the last, zero-terminated; just the zero when there are none.</summary>
    public byte[] Directory() => _nameStart == 0 ? [0] : [.. Path.AsSpan(0, _nameStart - 1), 0];

    /// <summary>The same directory with another last component.</summary>
    public EntryPath WithName(ReadOnlySpan<byte> name) => new([.. Path.AsSpan(0, _nameStart), .. name, 0], _nameStart);

    /// <summary>Takes "./", doubled and trailing slashes off.</summary>
    /// <param name="entry">The member that errors are about.</param>
    /// <param name="name">Its name, or the target of its hard link.</param>
    public static EntryPath Parse(TarEntry entry, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            throw TarError.Entry(entry, "empty name");
        }

        if (name[0] == '/')
        {
            throw TarError.Entry(entry, "absolute names are not allowed");
        }

        List<byte> path = new(name.Length + 1);
        int nameStart = 0;
        foreach (System.Range range in name.Split((byte)'/'))
        {
            ReadOnlySpan<byte> component = name[range];
            if (component.IsEmpty || component.SequenceEqual("."u8))
            {
                continue;
            }

            CheckComponent(entry, component);
            if (path.Count > 0)
            {
                path.Add((byte)'/');
            }

            nameStart = path.Count;
            path.AddRange(component);
        }

        path.Add(0);
        return path.Count <= PathMax ? new EntryPath([.. path], nameStart) : throw TarError.Entry(entry, "name is too long");
    }

    private static void CheckComponent(TarEntry entry, ReadOnlySpan<byte> component)
    {
        if (component.SequenceEqual(".."u8))
        {
            throw TarError.Entry(entry, "\"..\" in a name is not allowed");
        }

        if (component.Length > NameMax)
        {
            throw TarError.Entry(entry, "name is too long");
        }
    }
}
