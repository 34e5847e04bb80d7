using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rtd.Client.Formatting;
using Rtd.Client.Json;
using Rtd.Client.Terminal;

namespace Rtd.Client.Builds;

/// <summary>A line for each step with its seconds, rewritten in place; the step that runs shows the newest of what it says.</summary>
/// <remarks>It is made from the classic builder's lines: what a command prints in their form can only confuse the picture.</remarks>
internal sealed partial class LiveView : BuildView
{
    private const int Tail = 6;

    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly TextSink _sink;
    private readonly TimeProvider _clock;
    private readonly LiveLines _lines;
    private readonly long _start;
    private readonly List<LiveStep> _steps = [];
    private readonly List<string> _notes = [];
    private readonly StringBuilder _line = new();
    private readonly Interruption _interruption;
    private readonly ITimer _timer;
    private Func<long>? _sent;
    private LiveStep? _current;
    private string _stage = "";
    private string _total = "";
    private int _done;
    private bool _finished;

    public LiveView(TextSink sink, TimeProvider? clock = null)
    {
        _sink = sink;
        _clock = clock ?? TimeProvider.System;
        _lines = new LiveLines(sink);
        _start = _clock.GetTimestamp();
        _interruption = new Interruption(() => Libc.write_all(sink.Descriptor, "\n"u8));
        _timer = _clock.CreateTimer(_ => Draw(), null, s_tick, s_tick);
    }

    private TimeSpan Now => _clock.GetElapsedTime(_start);

    public override void Begin(Func<long>? sent)
    {
        lock (_lock)
        {
            _sent = sent;
            Enter(new LiveStep("", "", sent is null ? "fetching the context" : "sending the context", Now));
        }

        Draw();
    }

    public override void Stream(string text, JsonElement message)
    {
        lock (_lock)
        {
            foreach (char c in text)
            {
                if (c != '\n')
                {
                    _line.Append(c);
                    continue;
                }

                Take(_line.ToString().TrimEnd('\r'));
                _line.Clear();
            }
        }

        Draw();
    }

    public override void Status(JsonElement message)
    {
        lock (_lock)
        {
            if (_current is not null)
            {
                string id = message.Text("id");
                JsonElement detail = message.Member("progressDetail");
                string amount = detail.Number("total") > 0 ? $" {HumanSize.Decimal(detail.Number("current"))}/{HumanSize.Decimal(detail.Number("total"))}" : "";
                _current.Note = $"{(id.Length > 0 ? id + ": " : "")}{message.Text("status")}{amount}";
            }
        }
    }

    public override void Succeed(string id) => Finish(withOutput: false);

    /// <summary>The failed step's output is shown whole: the lines under it have gone with it.</summary>
    public override void Fail() => Finish(withOutput: true);

    public override void Dispose()
    {
        Finish(withOutput: false);
        _timer.Dispose();
        _interruption.Dispose();
    }

    private void Take(string line)
    {
        Match step = StepLine().Match(line);
        if (step.Success)
        {
            string text = step.Groups["text"].Value;
            if (text.StartsWith("FROM ", StringComparison.OrdinalIgnoreCase))
            {
                string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                _stage = words.Length > 3 && words[^2].Equals("AS", StringComparison.OrdinalIgnoreCase) ? words[^1] : "";
            }

            _total = step.Groups["total"].Value;
            Enter(new LiveStep($"{step.Groups["number"].Value}/{_total}", _stage, text, Now));
            return;
        }

        if (line == " ---> Using cache" && _current is not null)
        {
            _current.IsCached = true;
        }
        else if (ResultLine().IsMatch(line))
        {
            Leave();
            _notes.Add(line);
        }
        else if (line.StartsWith("[Warning]", StringComparison.OrdinalIgnoreCase))
        {
            _notes.Add(line);
        }
        else if (line.Length > 0 && !BuilderLine().IsMatch(line))
        {
            _current?.Add(line);
        }
    }

    private void Enter(LiveStep step)
    {
        Leave();
        _current = step;
        _steps.Add(step);
    }

    private void Leave()
    {
        if (_current is not null)
        {
            _current.End(Now);
            _done += _current.Title.StartsWith('[') ? 1 : 0;
            _current = null;
        }
    }

    private void Draw()
    {
        lock (_lock)
        {
            if (_finished)
            {
                return;
            }

            if (_sent is not null && _steps.Count == 1)
            {
                _steps[0].Note = HumanSize.Decimal(_sent());
            }

            List<string> all = Lines(Tail);
            int height = _lines.Height;
            _lines.Draw(all.Count <= height ? [.. all] : [all[0], .. all.TakeLast(height - 1)]);
        }
    }

    private List<string> Lines(int tail)
    {
        TimeSpan now = Now;
        string count = _total.Length > 0 ? $" ({_done}/{_total})" : "";
        string head = string.Create(CultureInfo.InvariantCulture, $"[+] Building {now.TotalSeconds:0.0}s{count}");
        return [head, .. _steps.SelectMany(step => step.Lines(now, _lines.Columns, tail))];
    }

    private void Finish(bool withOutput)
    {
        lock (_lock)
        {
            if (_finished)
            {
                return;
            }

            LiveStep? last = _current;
            Leave();
            List<string> all = Lines(0);
            _lines.Draw([.. all.TakeLast(_lines.Height)]);
            _lines.Finish(all);
            _finished = true;
            if (withOutput && last is { Output.Count: > 0 })
            {
                _sink.Write($"------\n > {last.Title}:\n{string.Join('\n', last.Output)}\n------\n");
            }

            _notes.ForEach(note => _sink.WriteLine(note));
            _sink.Flush();
        }
    }

    [GeneratedRegex(@"^Step (?<number>[0-9]+)/(?<total>[0-9]+) : (?<text>.*)$")]
    private static partial Regex StepLine();

    [GeneratedRegex("^Successfully (built|tagged) ")]
    private static partial Regex ResultLine();

    /// <summary>What the builder says beside the steps themselves.</summary>
    [GeneratedRegex("^( ---> |Removing intermediate container |Removed intermediate container )")]
    private static partial Regex BuilderLine();
}
