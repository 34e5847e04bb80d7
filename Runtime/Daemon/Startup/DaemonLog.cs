using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using NLog;
using NLog.Config;
using NLog.Layouts;
using NLog.Targets;

namespace Rtd.Daemon.Startup;

/// <summary>The daemon's log: lines on standard error, one logger per noun, level and format changeable while it runs.</summary>
internal static class DaemonLog
{
    /// <summary>Sets the log up in code: looking for NLog's XML files would cost more than all the rest of the start. Later calls change level and format.</summary>
    /// <param name="level">debug, info, warn, error or fatal.</param>
    /// <param name="format">text or json.</param>
    public static void Configure(string level, string format = "text")
    {
        LoggingConfiguration configuration = new();
        ConsoleTarget stderr = new("stderr")
        {
            StdErr = true,
            AutoFlush = true,
            Layout = Layout.FromMethod(format == "json" ? PrintJson : Print),
        };
        configuration.AddRule(LogLevel.FromString(level), LogLevel.Fatal, stderr);
        LogManager.Configuration = configuration;
    }

    /// <summary>One object a line: what a message is made of is there by name, too, so that nothing has to be cut out of sentences.</summary>
    internal static string PrintJson(LogEventInfo entry)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("time", $"{entry.TimeStamp.ToUniversalTime():yyyy-MM-ddTHH:mm:ss.fffffffZ}");
            json.WriteString("level", entry.Level.Name.ToLowerInvariant());
            json.WriteString("logger", entry.LoggerName);
            json.WriteString("msg", Redact(entry.FormattedMessage));
            foreach ((object name, object? value) in entry.HasProperties ? entry.Properties : new Dictionary<object, object?>())
            {
                string key = $"{name}";
                json.WriteString(key.Length == 0 ? "value" : char.ToLowerInvariant(key[0]) + key[1..], Redact(string.Create(CultureInfo.InvariantCulture, $"{value}")));
            }

            if (entry.Exception is { } exception)
            {
                json.WriteString("error", Redact(exception.ToString()));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
    }

    internal static string Print(LogEventInfo entry)
    {
        StringBuilder line = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{entry.TimeStamp.ToUniversalTime():yyyy-MM-ddTHH:mm:ss.fffZ} ")
            .Append(CultureInfo.InvariantCulture, $"{entry.Level.Name.ToLowerInvariant(),-5} {entry.LoggerName}: ");
        AppendOneLine(line, Redact(entry.FormattedMessage));
        if (entry.Exception is { } exception)
        {
            line.Append('\n').Append(Redact(exception.ToString()));
        }

        return line.ToString();
    }

    /// <summary>URLs of contexts and archives may carry a user and a password, and errors name the URL.</summary>
    private static string Redact(string text) =>
        text.Contains("://", StringComparison.Ordinal) && text.Contains('@') ? Regex.Replace(text, @"://[^/@\s""]+@", "://…@", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking) : text;

    /// <summary>What clients sent may be in a message; it must not be able to look like another entry.</summary>
    private static void AppendOneLine(StringBuilder line, string message)
    {
        foreach (char c in message)
        {
            line.Append(char.IsControl(c) ? ' ' : c);
        }
    }
}
