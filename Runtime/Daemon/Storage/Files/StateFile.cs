using Newtonsoft.Json;
using NLog;

namespace Rtd.Daemon.Storage.Files;

/// <summary>Reads state of the daemon's own: a file that cannot be read must not keep the daemon from starting.</summary>
internal static class StateFile
{
    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    /// <summary>The file's content; null when there is none, or when it is damaged: then it is set aside, with a line in the log.</summary>
    /// <param name="loss">What goes with it, for that line.</param>
    public static T? Read<T>(string path, string loss)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonConvert.DeserializeObject<T>(File.ReadAllText(path)) ?? throw new JsonSerializationException("it is empty");
        }
        catch (Exception damaged) when (damaged is JsonException or IOException or FormatException or OverflowException or ArgumentException)
        {
            string aside = $"{path}.damaged-{DateTime.UtcNow:yyyyMMddHHmmssfff}";
            s_log.Error("{0} cannot be read ({1}): {2}. It is now {3}", path, damaged.Message, loss, aside);
            File.Move(path, aside);
            return null;
        }
    }
}
