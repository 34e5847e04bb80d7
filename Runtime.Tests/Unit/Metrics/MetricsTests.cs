using Rtd.Daemon.Metrics;

namespace Rtd.Tests.Unit.Metrics;

/// <summary>Prometheus' text format.</summary>
public sealed class MetricsTests
{
    [Fact]
    public void Histogram_counts_into_all_larger_buckets()
    {
        Histogram histogram = new("x_seconds", "Help.", "action", "a", "b");
        histogram.Observe("a", TimeSpan.FromMilliseconds(5));
        histogram.Observe("a", TimeSpan.FromSeconds(3));
        MetricsWriter writer = new();
        histogram.Write(writer);

        string[] lines = writer.ToString().Split('\n');
        Assert.Equal(["# HELP x_seconds Help.", "# TYPE x_seconds histogram", "x_seconds_bucket{action=\"a\",le=\"0.005\"} 1"], lines[..3]);
        Assert.Contains("x_seconds_bucket{action=\"a\",le=\"2.5\"} 1", lines);
        Assert.Contains("x_seconds_bucket{action=\"a\",le=\"5\"} 2", lines);
        Assert.Contains("x_seconds_bucket{action=\"a\",le=\"+Inf\"} 2", lines);
        Assert.Contains("x_seconds_count{action=\"a\"} 2", lines);
        Assert.Contains("x_seconds_count{action=\"b\"} 0", lines);
    }

    [Fact]
    public void Labels_are_escaped()
    {
        MetricsWriter writer = new();
        writer.Sample("x", 1.5, ("a", "quote \" backslash \\ newline \n end"));

        Assert.Equal("x{a=\"quote \\\" backslash \\\\ newline \\n end\"} 1.5\n", writer.ToString());
    }
}
