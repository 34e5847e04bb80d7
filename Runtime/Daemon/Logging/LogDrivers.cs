using Rtd.Daemon.Errors;
using Rtd.Daemon.Logging.JsonFile;

namespace Rtd.Daemon.Logging;

/// <summary>The log drivers by their names, and the options a client may give them.</summary>
internal static class LogDrivers
{
    public const string Default = "json-file";

    private const string None = "none";

    /// <summary>Of any driver, as with Docker. Both modes are the same here: a write ends in the page cache and never waits for a reader.</summary>
    private static readonly string[] s_commonOptions = ["mode", "max-buffer-size"];

    public static IReadOnlyList<string> Names { get; } = [Default, None];

    /// <summary>Checks a driver and its options (<c>--log-driver</c>, <c>--log-opt</c>) without making anything; throws in Docker's words.</summary>
    public static void Validate(string driver, IReadOnlyDictionary<string, string> options)
    {
        switch (Name(driver))
        {
            case None:
                return;
            case Default:
                ValidateCommon(options);
                JsonFileOptions.Parse(Specific(options), LogContext.Empty);
                return;
            default:
                throw EngineException.InvalidParameter($"logger: no log driver named '{driver}' is registered");
        }
    }

    /// <summary>A container's log. Nothing is made on disk before the first message; a stopped container's log is read through it as well.</summary>
    /// <param name="driver">Empty for the default.</param>
    /// <param name="options">As given by the client or the daemon's configuration.</param>
    /// <param name="path">Where json-file keeps the container's log: <c>…/ID-json.log</c> in a directory that exists.</param>
    /// <param name="context">For the options that name something of the container.</param>
    public static ILogDriver Create(string driver, IReadOnlyDictionary<string, string> options, string path, LogContext? context = null)
    {
        Validate(driver, options);
        return Name(driver) == None ? new NoneLog() : new JsonFileLog(path, JsonFileOptions.Parse(Specific(options), context ?? LogContext.Empty));
    }

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
