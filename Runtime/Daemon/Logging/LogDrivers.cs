using Rtd.Daemon.Errors;
using Rtd.Daemon.Logging.Fluentd;
using Rtd.Daemon.Logging.Gelf;
using Rtd.Daemon.Logging.Journald;
using Rtd.Daemon.Logging.JsonFile;
using Rtd.Daemon.Logging.Remote;
using Rtd.Daemon.Logging.Syslog;

namespace Rtd.Daemon.Logging;

/// <summary>The log drivers by their names, and the options a client may give them.</summary>
internal static class LogDrivers
{
    public const string Default = "json-file";

    private const string None = "none", Local = "local", Syslog = "syslog", Journald = "journald", Fluentd = "fluentd", Gelf = "gelf";

    /// <summary>Of any driver, as with Docker. For files both modes are the same: a write ends in the page cache and never waits for a reader.</summary>
    private static readonly string[] s_commonOptions = ["mode", "max-buffer-size"];

    public static IReadOnlyList<string> Names { get; } = [Fluentd, Gelf, Journald, Default, Local, None, Syslog];

    /// <summary>Checks a driver and its options (<c>--log-driver</c>, <c>--log-opt</c>) without making anything; throws in Docker's words.</summary>
    public static void Validate(string driver, IReadOnlyDictionary<string, string> options)
    {
        string name = Name(driver);
        if (!Names.Contains(name))
        {
            throw EngineException.InvalidParameter($"logger: no log driver named '{driver}' is registered");
        }

        if (name != None)
        {
            ValidateCommon(options);
            Dictionary<string, string> specific = Specific(options);
            if (name is Default or Local)
            {
                JsonFileOptions.Parse(specific, LogContext.Empty, name);
            }
            else
            {
                _ = Sender(name, new LogOptions(name, specific), LogContext.Empty, Queue(options));
                _ = Cache(name, specific, "/nowhere");
            }
        }
    }

    /// <summary>A container's log. Nothing is made on disk, and nobody connected to, before the first message; a stopped container's log is read through it as well.</summary>
    /// <param name="driver">Empty for the default.</param>
    /// <param name="options">As given by the client or the daemon's configuration.</param>
    /// <param name="path">Where json-file keeps the container's log: <c>…/ID-json.log</c> in a directory that exists; other drivers' files are beside it.</param>
    /// <param name="context">For the options that name something of the container.</param>
    public static ILogDriver Create(string driver, IReadOnlyDictionary<string, string> options, string path, LogContext? context = null)
    {
        Validate(driver, options);
        string name = Name(driver);
        LogContext about = context ?? LogContext.Empty;
        Dictionary<string, string> specific = Specific(options);
        switch (name)
        {
            case None:
                return new NoneLog();
            case Default or Local:
                return new JsonFileLog(name == Local ? Beside(path, "local.log") : path, JsonFileOptions.Parse(specific, about, name)) { Name = name };
            default:
                (ILogSender sender, RemoteLogOptions queue) = Sender(name, new LogOptions(name, specific), about, Queue(options));
                return new RemoteLog(name, about.ContainerId, sender, queue, Cache(name, specific, Beside(path, "container-cached.log")));
        }
    }

    private static string Beside(string path, string file) => Path.Combine(Path.GetDirectoryName(path) ?? "", file);

    private static (ILogSender Sender, RemoteLogOptions Queue) Sender(string name, LogOptions options, LogContext context, RemoteLogOptions queue)
    {
        SortedDictionary<string, string> attributes = LogAttributes.Selected(options.All, context);
        string tag = LogAttributes.Tag(options.All, context);
        switch (name)
        {
            case Syslog:
                return (new SyslogSender(SyslogOptions.Parse(options), tag), queue);
            case Journald:
                options.RefuseUnknown();
                return (new JournaldSender(new CollectorAddress("unixgram", JournaldSender.Socket), JournaldFields.Of(context, tag, attributes)), queue);
            case Gelf:
                GelfOptions gelf = GelfOptions.Parse(options, queue);
                return (new GelfSender(gelf, GelfFields.Of(context, tag, attributes)), gelf.Queue);
            default:
                FluentdOptions fluentd = FluentdOptions.Parse(options, queue);
                return (new FluentdSender(fluentd, tag, context, attributes), fluentd.Queue);
        }
    }

    /// <summary>What <c>docker logs</c> reads of a log that goes elsewhere: a bounded copy, unless it is not wanted.</summary>
    private static JsonFileLog? Cache(string name, Dictionary<string, string> options, string path)
    {
        if (new LogOptions(name, options).Flag("cache-disabled"))
        {
            return null;
        }

        Dictionary<string, string> cache = [];
        foreach (string key in (string[])["max-size", "max-file", "compress"])
        {
            if (options.TryGetValue("cache-" + key, out string? value))
            {
                cache[key] = value;
            }
        }

        return new JsonFileLog(path, JsonFileOptions.Parse(cache, LogContext.Empty, Local)) { Name = Local };
    }

    private static RemoteLogOptions Queue(IReadOnlyDictionary<string, string> options) => new()
    {
        NonBlocking = options.GetValueOrDefault("mode") == "non-blocking",
        Buffer = options.TryGetValue("max-buffer-size", out string? size) ? Math.Max(HumanSize.Parse(size), 1) : RemoteLogOptions.DefaultBuffer,
    };

    private static string Name(string driver) => driver.Length == 0 ? Default : driver;

    private static Dictionary<string, string> Specific(IReadOnlyDictionary<string, string> options) =>
        options.Where(option => !s_commonOptions.Contains(option.Key)).ToDictionary(StringComparer.Ordinal);

    private static void ValidateCommon(IReadOnlyDictionary<string, string> options)
    {
        string mode = options.GetValueOrDefault("mode", "");
        if (mode is not ("" or "blocking" or "non-blocking"))
        {
            throw EngineException.InvalidParameter($"logger: logging mode not supported: {mode}");
        }

        if (options.TryGetValue("max-buffer-size", out string? size))
        {
            if (mode != "non-blocking")
            {
                throw EngineException.InvalidParameter("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
            }

            HumanSize.Parse(size);
        }
    }
}
