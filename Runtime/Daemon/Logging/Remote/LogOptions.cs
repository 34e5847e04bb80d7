using System.Globalization;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Logging.Remote;

/// <summary>The options of one driver, read by their kinds; messages are Docker's.</summary>
internal sealed class LogOptions(string driver, IReadOnlyDictionary<string, string> options)
{
    /// <summary>Options that every driver with a cache takes besides its own.</summary>
    private static readonly string[] s_cache = ["cache-disabled", "cache-max-size", "cache-max-file", "cache-compress"];

    public IReadOnlyDictionary<string, string> All => options;

    /// <exception cref="EngineException">An option that the driver does not know.</exception>
    public void RefuseUnknown(params ReadOnlySpan<string> known)
    {
        foreach (string key in options.Keys)
        {
            if (!known.Contains(key) && !s_cache.Contains(key) && !LogAttributes.Options.Contains(key))
            {
                throw EngineException.InvalidParameter($"unknown log opt '{key}' for {driver} log driver");
            }
        }
    }

    public string? Text(string key) => options.GetValueOrDefault(key) is { Length: > 0 } text ? text : null;

    public bool Flag(string key) => Text(key) switch
    {
        null => false,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        { } text => throw Invalid(key, text, "must be true or false"),
    };

    public int? Number(string key) => Text(key) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Invalid(key, text, "must be a number");

    public TimeSpan? Duration(string key) => Text(key) is not { } text ? null
        : GoDuration.TryParse(text, out TimeSpan duration) && duration >= TimeSpan.Zero ? duration : throw Invalid(key, text, "must be a duration such as 500ms");

    public string OneOf(string key, string absent, params ReadOnlySpan<string> values) => Text(key) is not { } text ? absent
        : values.Contains(text) ? text : throw Invalid(key, text, $"must be one of {string.Join(", ", values.ToArray())}");

    private static EngineException Invalid(string key, string text, string reason) => EngineException.InvalidParameter($"invalid value '{text}' for log opt '{key}': {reason}");
}
