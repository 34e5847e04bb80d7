using System.Globalization;
using System.Text;

namespace Rtd.Daemon.Metrics;

/// <summary>Prometheus' text exposition format, version 0.0.4.</summary>
internal sealed class MetricsWriter
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new(16 << 10);

    public static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>What the samples that follow are.</summary>
    /// <param name="type">counter, gauge or histogram.</param>
    public void Family(string name, string help, string type) => _text
        .Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n')
        .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    public void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        char separator = '{';
        foreach ((string label, string text) in labels)
        {
            _text.Append(separator).Append(label).Append("=\"");
            AppendEscaped(text);
            _text.Append('"');
            separator = ',';
        }

        _text.Append(labels.IsEmpty ? " " : "} ").Append(Number(value)).Append('\n');
    }

    /// <summary>A family of one sample.</summary>
    public void Gauge(string name, string help, double value)
    {
        Family(name, help, "gauge");
        Sample(name, value);
    }

    public override string ToString() => _text.ToString();

    private void AppendEscaped(string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '\\' => _text.Append("\\\\"),
                '"' => _text.Append("\\\""),
                '\n' => _text.Append("\\n"),
                _ => _text.Append(c),
            };
        }
    }
}
