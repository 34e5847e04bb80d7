using System.Globalization;
using System.Text;
using NLog;
using NLog.Config;
using NLog.Layouts;
using NLog.Targets;

namespace Rtd.Daemon.Startup;

/// <summary>The daemon's log: text on standard error, one logger per noun, the level changeable while it runs.</summary>
internal static class DaemonLog
{
    /// <summary>Sets the log up in code: looking for NLog's XML files would cost more than all the rest of the start.</summary>
    /// <param name="level">debug, info, warn, error or fatal.</param>
    public static void Configure(string level)
    {
        LoggingConfiguration configuration = new();
        ConsoleTarget stderr = new("stderr")
        {
            StdErr = true,
            AutoFlush = true,
            Layout = Layout.FromMethod(Print),
        };
        configuration.AddRule(LogLevel.FromString(level), LogLevel.Fatal, stderr);
        LogManager.Configuration = configuration;
    }

    public static void SetLevel(string level)
    {
        foreach (LoggingRule rule in LogManager.Configuration?.LoggingRules ?? [])
        {
            rule.SetLoggingLevels(LogLevel.FromString(level), LogLevel.Fatal);
        }

        LogManager.ReconfigExistingLoggers();
    }

    private static object Print(LogEventInfo entry)
    {
        StringBuilder line = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{entry.TimeStamp.ToUniversalTime():yyyy-MM-ddTHH:mm:ss.fffZ} ")
            .Append(CultureInfo.InvariantCulture, $"{entry.Level.Name.ToLowerInvariant(),-5} {entry.LoggerName}: ");
        AppendOneLine(line, entry.FormattedMessage);
        if (entry.Exception is { } exception)
        {
            line.Append('\n').Append(exception);
        }

        return line.ToString();
    }

    /// <summary>What clients sent may be in a message; it must not be able to look like another entry.</summary>
    private static void AppendOneLine(StringBuilder line, string message)
    {
        foreach (char c in message)
        {
            line.Append(char.IsControl(c) ? ' ' : c);
        }
    }
}
