using System.Text;
using Rtd.Client.Images;
using Xunit;

namespace Rtd.Tests.Unit.Client;

/// <summary>Progress on terminals of several sizes and elsewhere.</summary>
public sealed class ProgressTests
{
    [Theory]
    [InlineData(0, 100, 80, "[>                                                  ]        0B/100B")]
    [InlineData(50, 100, 80, "[=========================>                         ]       50B/100B")]
    [InlineData(100, 100, 80, "[==================================================>]      100B/100B")]
    [InlineData(50, 100, 40, "[===========>           ]       50B/100B")]
    [InlineData(50, 100, 20, "     50B/100B")]
    [InlineData(50, 0, 80, "     50B")]
    [InlineData(200, 100, 80, "    200B")]
    public void Bars_fit_their_room(long current, long total, int columns, string bar) => Assert.Equal(bar, ProgressBar.Of(current, total, "", columns));

    [Fact]
    public void Other_units_are_named() => Assert.Equal("     3 s/9 s", ProgressBar.Of(3, 9, "s", 10));

    [Fact]
    public void Elsewhere_than_on_a_terminal_only_changes_of_state_are_lines()
    {
        Assert.Equal(
            "latest: Pulling from library/x\na: Pulling fs layer\na: Pull complete\nDigest: sha256:0\nStatus: done\n",
            Print(new CapturingSink(), """
                {"status":"Pulling from library/x","id":"latest"}{"status":"Pulling fs layer","progressDetail":{},"id":"a"}
                {"status":"Downloading","progressDetail":{"current":1,"total":2},"id":"a"}{"status":"Pull complete","progressDetail":{},"id":"a"}
                {"status":"Digest: sha256:0"}{"status":"Status: done"}
                """));
    }

    [Fact]
    public void Lines_never_reach_the_last_column()
    {
        string text = Print(new CapturingSink(isTerminal: true, columns: 30), """{"status":"a state that is longer than the line","id":"abc"}""");

        Assert.Equal("\n\u001b[1A\rabc: a state that is longer …\u001b[K\r\u001b[1B", text);
    }

    [Fact]
    public void More_layers_than_rows_are_counted_and_written_out_at_the_end()
    {
        StringBuilder messages = new();
        for (int i = 0; i < 40; i++)
        {
            messages.Append($$"""{"status":"Waiting","id":"layer{{i:00}}"}""");
        }

        messages.Append("""{"status":"Extracting","progressDetail":{"current":1,"total":2},"id":"layer39"}{"status":"Pull complete","id":"layer38"}""");

        Screen screen = new(columns: 80, rows: 24);
        screen.Write(Print(new CapturingSink(isTerminal: true, columns: 80), messages.ToString(), end: false));
        Assert.Equal("40 lines, 1 done; 22 of them shown", screen.Lines[0]);
        Assert.StartsWith("layer39: Extracting [", screen.Lines[22]);
        Assert.DoesNotContain(screen.Lines, line => line.StartsWith("layer38", StringComparison.Ordinal));

        screen = new Screen(columns: 80, rows: 24);
        screen.Write(Print(new CapturingSink(isTerminal: true, columns: 80), messages + """{"status":"Digest: sha256:0"}"""));
        Assert.Equal("layer38: Pull complete", screen.Lines[20]);
        Assert.Equal("Digest: sha256:0", screen.Lines[22]);
        Assert.Equal("layer00: Waiting", screen.Scrolled[0]);
        Assert.DoesNotContain(screen.Scrolled, line => line.Contains("lines,", StringComparison.Ordinal));
    }

    [Fact]
    public void A_failure_comes_below_the_layers()
    {
        CapturingSink terminal = new(isTerminal: true, columns: 80);
        using MemoryStream stream = new(Encoding.UTF8.GetBytes("""{"status":"Waiting","id":"a"}{"error":"short","errorDetail":{"message":"no such manifest"}}"""));

        ProgressErrorException failure = Assert.Throws<ProgressErrorException>(() => new ProgressPrinter(terminal).Print(stream));

        Assert.Equal("no such manifest", failure.Message);
        Assert.EndsWith("a: Waiting\u001b[K\r\u001b[1B", terminal.Text);
    }

    /// <param name="sink">Where to.</param>
    /// <param name="messages">JSON values.</param>
    /// <param name="end">Whether the stream ends as it should, not in the middle.</param>
    private static string Print(CapturingSink sink, string messages, bool end = true)
    {
        ProgressScreen screen = new(sink);
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(messages));
        if (end)
        {
            new ProgressPrinter(sink).Print(stream);
            return sink.Text;
        }

        foreach (System.Text.Json.JsonDocument document in Rtd.Client.Json.JsonStream.Read(stream))
        {
            using (document)
            {
                screen.Update(document.RootElement.GetProperty("id").GetString()!, document.RootElement);
            }
        }

        return sink.Text;
    }
}
