using System.Text;
using BenchmarkDotNet.Attributes;
using Rtd.Daemon.Storage.Tar;
using Rtd.Tests.Unit.Storage;

namespace Rtd.Tests.InnerLoops;

/// <summary>A member of an archive, beside its content.</summary>
[InvocationCount(512)]
public class TarLoops
{
    public const int Entries = 200;

    private readonly byte[] _plain = Archive((archive, number) => archive.File($"usr/share/some/directory/file{number}", "content"));

    private readonly byte[] _extended = Archive((archive, number) =>
        archive.Pax(("mtime", "1700000000.5"), ("path", $"usr/share/some/directory/with-a-long-name/file{number}")).File("short", "content"));

    private readonly TarEntry _wholeSecond = Entry(new TarTime(1_700_000_000, 0));
    private readonly TarEntry _halfSecond = Entry(new TarTime(1_700_000_000, 500_000_000));
    private readonly byte[] _content = new byte[4096];
    private readonly TarWriter _writer = new(Stream.Null);

    [Benchmark(OperationsPerInvoke = Entries, Description = "an entry of an archive read")]
    public void ReadPlain() => Read(_plain);

    [Benchmark(OperationsPerInvoke = Entries, Description = "the same with a PAX header")]
    public void ReadExtended() => Read(_extended);

    [Benchmark(OperationsPerInvoke = Entries, Description = "an entry of an archive written")]
    public void WritePlain() => Write(_wholeSecond);

    [Benchmark(OperationsPerInvoke = Entries, Description = "the same with a PAX header (written)")]
    public void WriteExtended() => Write(_halfSecond);

    private static byte[] Archive(Action<TarBuilder, int> add)
    {
        TarBuilder archive = new();
        for (int i = 0; i < Entries; i++)
        {
            add(archive, i);
        }

        return archive.Build();
    }

    private void Read(byte[] archive)
    {
        TarReader reader = new(new MemoryStream(archive));
        int read = 0;
        while (reader.Next() is not null)
        {
            read += reader.ReadContent(_content);
        }

        Assert.True(read == Entries * "content".Length);
    }

    private static TarEntry Entry(TarTime modified) => new()
    {
        Name = Encoding.UTF8.GetBytes("usr/share/some/directory/file"),
        LinkName = [],
        Type = TarEntryType.File,
        Size = 7,
        Mode = 0x1A4,
        Uid = 0,
        Gid = 0,
        Modified = modified,
        DeviceMajor = 0,
        DeviceMinor = 0,
        Xattrs = [],
    };

    private void Write(TarEntry entry)
    {
        for (int i = 0; i < Entries; i++)
        {
            _writer.Begin(entry);
            _writer.End();
        }
    }
}
