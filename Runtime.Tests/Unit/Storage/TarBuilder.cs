using System.Text;

namespace Rtd.Tests.Unit.Storage;

/// <summary>Writes archives byte by byte, hostile ones too: nothing is checked or normalised.</summary>
internal sealed class TarBuilder
{
    private readonly MemoryStream _output = new();

    public TarBuilder Directory(string name, int mode = 0x1ED, int uid = 0, int gid = 0, long time = 1_000_000_000) =>
        Member(name, '5', mode: mode, uid: uid, gid: gid, time: time);

    public TarBuilder File(string name, string content = "", int mode = 0x1A4, int uid = 0, int gid = 0, long time = 1_000_000_000) =>
        Member(name, '0', Encoding.UTF8.GetBytes(content), mode: mode, uid: uid, gid: gid, time: time);

    public TarBuilder File(string name, byte[] content) => Member(name, '0', content);

    public TarBuilder SymbolicLink(string name, string target) => Member(name, '2', link: target, mode: 0x1FF);

    public TarBuilder HardLink(string name, string target) => Member(name, '1', link: target);

    public TarBuilder Device(string name, char type, int major, int minor) => Member(name, type, major: major, minor: minor);

    public TarBuilder Fifo(string name) => Member(name, '6');

    /// <summary>A PAX header for the next member; values are text or bytes.</summary>
    public TarBuilder Pax(params (string Key, object Value)[] records) => Extended('x', records);

    public TarBuilder Extended(char type, params (string Key, object Value)[] records)
    {
        MemoryStream data = new();
        foreach ((string key, object value) in records)
        {
            byte[] content = value as byte[] ?? Encoding.UTF8.GetBytes((string)value);
            int body = key.Length + content.Length + 3;
            int length = body + body.ToString().Length;
            length = body + length.ToString().Length;
            data.Write(Encoding.UTF8.GetBytes($"{length} {key}="));
            data.Write(content);
            data.WriteByte((byte)'\n');
        }

        return Member("PaxHeader", type, data.ToArray());
    }

    /// <summary>GNU's long name ('L') or long link ('K').</summary>
    public TarBuilder LongName(char type, string name) => Member("././@LongLink", type, [.. Encoding.UTF8.GetBytes(name), 0]);

    public TarBuilder Member(string name, char type, byte[]? content = null, string link = "", int mode = 0x1A4, int uid = 0, int gid = 0,
        long time = 1_000_000_000, int major = 0, int minor = 0, long? size = null, string magic = "ustar\000")
    {
        content ??= [];
        byte[] block = new byte[512];
        Put(block, 0, 100, name);
        Octal(block, 100, 8, mode);
        Octal(block, 108, 8, uid);
        Octal(block, 116, 8, gid);
        Octal(block, 124, 12, size ?? content.Length);
        Octal(block, 136, 12, time);
        block[156] = (byte)type;
        Put(block, 157, 100, link);
        Put(block, 257, 8, magic);
        Octal(block, 329, 8, major);
        Octal(block, 337, 8, minor);
        block.AsSpan(148, 8).Fill((byte)' ');
        Octal(block, 148, 7, block.Sum(b => b));
        _output.Write(block);
        return Raw(content).Raw(new byte[-content.Length & 511]);
    }

    public TarBuilder Raw(byte[] bytes)
    {
        _output.Write(bytes);
        return this;
    }

    /// <summary>The archive with its end marker.</summary>
    public byte[] Build(int zeroBlocks = 2) => [.. _output.ToArray(), .. new byte[512 * zeroBlocks]];

    private static void Put(byte[] block, int offset, int length, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(block.AsSpan(offset));
    }

    private static void Octal(byte[] block, int offset, int length, long value) =>
        Put(block, offset, length - 1, Convert.ToString(value, 8).PadLeft(length - 1, '0'));
}
