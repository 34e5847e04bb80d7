using System.Text.Json;
using Rtd.Client;
using Rtd.Client.Containers;
using Rtd.Client.Formatting;
using Rtd.Client.Images;
using Xunit;

namespace Rtd.Tests.Unit.Client;

public sealed class FormattingTests
{
    [Theory]
    [InlineData(0, 4, "0B")]
    [InlineData(999, 4, "999B")]
    [InlineData(1000, 4, "1kB")]
    [InlineData(1982256, 4, "1.982MB")]
    [InlineData(1982256, 3, "1.98MB")]
    [InlineData(133700000, 3, "134MB")]
    [InlineData(72900000000, 4, "72.9GB")]
    public void Sizes_in_decimal_units(long bytes, int digits, string expected) => Assert.Equal(expected, HumanSize.Decimal(bytes, digits));

    [Fact]
    public void Sizes_in_binary_units()
    {
        Assert.Equal("23.54GiB", HumanSize.Binary(25276510208));
        Assert.Equal("512B", HumanSize.Binary(512));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("64m", 64 << 20)]
    [InlineData("64MB", 64 << 20)]
    [InlineData("64MiB", 64 << 20)]
    [InlineData("1.5 k", 1536)]
    [InlineData("2g", 2L << 30)]
    public void Sizes_are_read_in_1024s(string text, long expected) => Assert.Equal(expected, HumanSize.ParseBinary(text));

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5x")]
    [InlineData("5mm")]
    public void What_is_no_size_is_refused(string text) => Assert.Throws<FormatException>(() => HumanSize.ParseBinary(text));

    [Theory]
    [InlineData(0.5, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(150, "2 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(3600 * 5, "5 hours")]
    [InlineData(3600 * 47, "47 hours")]
    [InlineData(3600 * 48, "2 days")]
    [InlineData(86400 * 15, "2 weeks")]
    [InlineData(86400 * 70, "2 months")]
    [InlineData(86400 * 365 * 3, "3 years")]
    public void Spans_as_people_say_them(double seconds, string expected) => Assert.Equal(expected, HumanDuration.Of(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("1h2m3.5s", 3_723_500_000_000)]
    [InlineData("300ms", 300_000_000)]
    [InlineData("-1.5us", -1500)]
    [InlineData("0", 0)]
    public void Go_durations(string text, long nanoseconds) => Assert.Equal(nanoseconds, GoDuration.Parse(text));

    [Fact]
    public void Times_for_the_api()
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1000);

        Assert.Equal("400.000000000", GoTime.ToApiTimestamp("10m", now));
        Assert.Equal("1136073845.000000001", GoTime.ToApiTimestamp("1136073845.000000001", now));
        Assert.Equal("1136214245.500000000", GoTime.ToApiTimestamp("2006-01-02T15:04:05.5Z", now));
        Assert.Equal("1136210645.000000000", GoTime.ToApiTimestamp("2006-01-02T15:04:05+01:00", now));
        Assert.Equal("failed to parse value as time or duration: \"foo\"", Assert.Throws<ClientException>(() => GoTime.ToApiTimestamp("foo", now)).Message);
    }

    [Fact]
    public void Tables_are_aligned_as_gos_tabwriter_does()
    {
        CapturingSink sink = new();
        TableWriter table = new();
        table.AddRow("ID\tLONG HEADER COLUMN\tPORTS\tNAME");
        table.AddRow("1\tx\t\tä");
        table.AddRow("longer than ten\ty\t\tb");
        table.WriteTo(sink);

        Assert.Equal(
            "ID                LONG HEADER COLUMN   PORTS     NAME\n"
            + "1                 x                              ä\n"
            + "longer than ten   y                              b\n",
            sink.Text);
    }

    [Theory]
    [InlineData("""[]""", "")]
    [InlineData("""[{"PrivatePort":80,"Type":"tcp"}]""", "80/tcp")]
    [InlineData("""[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},{"IP":"::","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}]""", "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp")]
    [InlineData("""[{"IP":"0.0.0.0","PrivatePort":90,"PublicPort":90,"Type":"tcp"},{"IP":"0.0.0.0","PrivatePort":91,"PublicPort":91,"Type":"tcp"}]""", "0.0.0.0:90-91->90-91/tcp")]
    [InlineData("""[{"PrivatePort":90,"Type":"udp"},{"PrivatePort":91,"Type":"udp"},{"PrivatePort":95,"Type":"udp"}]""", "90-91/udp, 95/udp")]
    public void Ports_are_grouped(string ports, string expected)
    {
        using JsonDocument document = JsonDocument.Parse(ports);

        Assert.Equal(expected, PortList.Text(document.RootElement));
    }

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox", "busybox:latest", "https://index.docker.io/v1/")]
    [InlineData("user/app:1", "docker.io/user/app", "user/app:1", "https://index.docker.io/v1/")]
    [InlineData("localhost:5000/a/b_c.d-e:x", "localhost:5000/a/b_c.d-e", "localhost:5000/a/b_c.d-e:x", "localhost:5000")]
    [InlineData("ghcr.io/a/b@sha256:0123456789012345678901234567890101234567890123456789012345678901", "ghcr.io/a/b", "ghcr.io/a/b@sha256:0123456789012345678901234567890101234567890123456789012345678901", "ghcr.io")]
    public void References_are_taken_apart(string text, string full, string familiar, string registry)
    {
        ImageReference reference = ImageReference.Parse(text);

        Assert.Equal((full, familiar, registry), (reference.FullName, reference.Familiar, reference.Registry));
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("a___b")]
    [InlineData("-a")]
    [InlineData("a/")]
    [InlineData("a:")]
    [InlineData("a:.x")]
    [InlineData("a@sha256:12")]
    public void What_is_no_reference_is_refused(string text) => Assert.Throws<ClientException>(() => ImageReference.Parse(text));

    [Fact]
    public void Natural_order_counts_digits()
    {
        string[] names = ["v10", "v2", "a", "V1"];
        Array.Sort(names, NaturalOrder.Instance);

        Assert.Equal(["V1", "a", "v2", "v10"], names);
        Assert.True(NaturalOrder.Instance.Compare("v2", "v10") < 0);
        Assert.True(NaturalOrder.Instance.Compare("v10", "v9x") > 0);
        Assert.Equal(0, NaturalOrder.Instance.Compare("a1b", "a1b"));
    }
}
