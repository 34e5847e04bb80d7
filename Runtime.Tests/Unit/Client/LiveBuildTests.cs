using System.Text;
using Rtd.Client;
using Rtd.Client.Builds;

namespace Rtd.Tests.Unit.Client;

/// <summary>What a terminal shows of a build.</summary>
public sealed class LiveBuildTests
{
    private const string Beginning = """
        {"stream":"Step 1/3 : FROM busybox AS base"}{"stream":"\n"}{"stream":" ---\u003e abc\n"}
        {"stream":"Step 2/3 : RUN make\n"}{"stream":" ---\u003e Using cache\n"}{"stream":" ---\u003e def\n"}
        {"stream":"Step 3/3 : RUN test\n"}{"stream":" ---\u003e Running in 123\n"}{"stream":"one\ntw"}{"stream":"o\u001b[31m red\u001b[0m\n"}
        """;

    private readonly CapturingSink _terminal = new(isTerminal: true, columns: 60);
    private readonly Screen _screen = new(columns: 60, rows: 24);
    private readonly StoppedClock _clock = new();

    [Fact]
    public void Steps_have_seconds_and_the_newest_output()
    {
        using LiveView view = new(_terminal, _clock);
        view.Begin(() => 2048);
        _clock.Now += TimeSpan.FromSeconds(1.5);
        Read(view, Beginning);
        Assert.Equal(
            [
                "[+] Building 1.5s (2/3)",
                Row(" => sending the context", "1.5s"),
                Row(" => [base 1/3] FROM busybox AS base", "0.0s"),
                Row(" => [base 2/3] RUN make", "CACHED"),
                Row(" => [base 3/3] RUN test", "0.0s"),
                " => => one",
                " => => two red",
            ],
            Shown());
    }

    [Fact]
    public void What_is_done_stays_with_its_result()
    {
        using LiveView view = new(_terminal, _clock);
        view.Begin(null);
        Read(view, Beginning + """{"aux":{"ID":"sha256:abc"}}{"stream":"Successfully built abc\n"}{"stream":"Successfully tagged x:latest\n"}""");
        Assert.Equal(["[+] Building 0.0s (3/3)", Row(" => [base 3/3] RUN test", "0.0s"), "Successfully built abc", "Successfully tagged x:latest"], Shown().Where((_, i) => i is 0 or > 3));
    }

    [Fact]
    public void A_failed_step_is_shown_whole()
    {
        using LiveView view = new(_terminal, _clock);
        view.Begin(null);
        ClientException failure = Assert.Throws<ClientException>(() => Read(view, Beginning + """{"error":"no","errorDetail":{"code":7,"message":"returned a non-zero code: 7"}}"""));
        Assert.Equal((7, "returned a non-zero code: 7"), (failure.ExitCode, failure.Message));
        Assert.Contains("------\n > [base 3/3] RUN test:\none\ntwo\u001b[31m red\u001b[0m\n------\n", _terminal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void More_steps_than_rows_scroll()
    {
        using LiveView view = new(_terminal, _clock);
        view.Begin(null);
        Read(view, string.Concat(Enumerable.Range(1, 40).Select(step => $$"""{"stream":"Step {{step}}/40 : RUN {{step}}\n"}""")));
        _screen.Write(_terminal.Text);
        Assert.Equal("[+] Building 0.0s (40/40)", _screen.Scrolled[0]);
        Assert.StartsWith(" => [40/40] RUN 40", _screen.Lines[22], StringComparison.Ordinal);
    }

    /// <summary>The last column stays free.</summary>
    private static string Row(string title, string state) => title.PadRight(59 - state.Length) + state;

    private static void Read(LiveView view, string messages)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(messages));
        if (messages.Contains("aux", StringComparison.Ordinal) || messages.Contains("error", StringComparison.Ordinal) || messages.Contains("/40", StringComparison.Ordinal))
        {
            new BuildMessages(view).Read(stream);
            return;
        }

        foreach (System.Text.Json.JsonDocument message in Rtd.Client.Json.JsonStream.Read(stream))
        {
            using (message)
            {
                view.Stream(message.RootElement.GetProperty("stream").GetString()!, message.RootElement);
            }
        }
    }

    private List<string> Shown()
    {
        _screen.Write(_terminal.Text);
        return [.. _screen.Lines.Where(line => line.Length > 0)];
    }

    /// <summary>Time that passes when the test says so; its timers never tick.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(_ => { });
    }
}
