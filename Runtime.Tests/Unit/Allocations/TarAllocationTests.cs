using System.Text;
using Rtd.Daemon.Storage.Tar;
using Rtd.Tests.Unit.Storage;
using Xunit.Abstractions;

namespace Rtd.Tests.Unit.Allocations;

/// <summary>What a member of an archive costs beside its names.</summary>
[Collection(AllocationCollection.Name)]
public sealed class TarAllocationTests(ITestOutputHelper output)
{
    private const int Entries = 200;

    private readonly AllocationMeter _meter = new(output);

    [Fact]
    public void Reading_a_plain_entry() => Read("an entry read", Plain(), budget: 200);

    [Fact]
    public void Reading_an_entry_with_a_pax_header()
    {
        TarBuilder archive = new();
        for (int i = 0; i < Entries; i++)
        {
            archive.Pax(("mtime", "1700000000.5"), ("path", $"usr/share/some/directory/with-a-long-name/file{i}")).File("short", "content");
        }

        Read("an entry with a PAX header read", archive.Build(), budget: 740);
    }

    [Fact]
    public void Writing_a_plain_entry() => Write("an entry written", new TarTime(1_700_000_000, 0), budget: 0);

    [Fact]
    public void Writing_an_entry_with_a_pax_header() => Write("an entry with a PAX header written", new TarTime(1_700_000_000, 500_000_000), budget: 710);

    private static byte[] Plain()
    {
        TarBuilder archive = new();
        for (int i = 0; i < Entries; i++)
        {
            archive.File($"usr/share/some/directory/file{i}", "content");
        }

        return archive.Build();
    }

    private void Read(string what, byte[] archive, long budget)
    {
        byte[] content = new byte[4096];
        _meter.Hold(what, repetitions: 20, Entries, budget, () =>
        {
            TarReader reader = new(new MemoryStream(archive));
            int read = 0;
            while (reader.Next() is not null)
            {
                read += reader.ReadContent(content);
            }

            Assert.True(read == Entries * "content".Length);
        });
    }

    private void Write(string what, TarTime modified, long budget)
    {
        byte[] name = Encoding.UTF8.GetBytes("usr/share/some/directory/file");
        TarEntry entry = new()
        {
            Name = name,
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
        TarWriter writer = new(Stream.Null);
        _meter.Hold(what, repetitions: 20, Entries, budget, () =>
        {
            for (int i = 0; i < Entries; i++)
            {
                writer.Begin(entry);
                writer.End();
            }
        });
    }
}
