using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>Options of the json-file driver.</summary>
/// <param name="MaximumSize">Bytes of one file, after which it is rotated; null for no limit.</param>
/// <param name="MaximumFiles">Files kept, the current one included.</param>
/// <remarks>The default is bounded (3 × 10 MB), so that no container fills the disk by talking; <c>max-size=-1</c> asks for no bound.</remarks>
internal sealed record JsonFileOptions(long? MaximumSize, int MaximumFiles)
{
    /// <summary>Rotated files are kept compressed, which the writer pays for when it rotates.</summary>
    public bool Compress { get; init; }

    /// <summary>The JSON object that goes into every entry as <c>attrs</c>; empty for none.</summary>
    public byte[] Attributes { get; init; } = [];

    private const string Local = "local";
    private const long DefaultSize = 10_000_000, DefaultLocalSize = 20_000_000;
    private const int DefaultFiles = 3, DefaultLocalFiles = 5;

    /// <param name="driver">json-file, or local with Docker's defaults for it: 20 MB × 5, compressed.</param>
    public static JsonFileOptions Parse(IReadOnlyDictionary<string, string> options, LogContext context, string driver = LogDrivers.Default)
    {
        bool local = driver == Local;
        foreach (string key in options.Keys)
        {
            if (key is not ("max-size" or "max-file" or "compress") && !LogAttributes.Options.Contains(key))
            {
                throw EngineException.InvalidParameter($"unknown log opt '{key}' for {driver} log driver");
            }
        }

        long? size = Size(options, local ? DefaultLocalSize : DefaultSize);
        int files = Files(options, size, local);
        bool compress = Compressed(options, local && files > 1);
        if (compress && files == 1)
        {
            throw EngineException.InvalidParameter("compress cannot be true when max-file is less than 2 or max-size is not set");
        }

        SortedDictionary<string, string> attributes = LogAttributes.Build(options, context);
        return new JsonFileOptions(size, files)
        {
            Compress = compress,
            Attributes = attributes.Count == 0 ? [] : Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(attributes)),
        };
    }

    private static long? Size(IReadOnlyDictionary<string, string> options, long absent)
    {
        if (!options.TryGetValue("max-size", out string? text))
        {
            return absent;
        }

        if (text == "-1")
        {
            return null;
        }

        long size = HumanSize.Parse(text);
        return size > 0 ? size : throw EngineException.InvalidParameter("max-size must be a positive number");
    }

    /// <summary>A size without a number of files means one file, as with Docker.</summary>
    private static int Files(IReadOnlyDictionary<string, string> options, long? size, bool local)
    {
        if (!options.TryGetValue("max-file", out string? text))
        {
            return size is null ? 1 : local ? DefaultLocalFiles : options.ContainsKey("max-size") ? 1 : DefaultFiles;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int files))
        {
            throw EngineException.InvalidParameter($"invalid max-file value \"{text}\": not a number");
        }

        return files >= 1 ? files : throw EngineException.InvalidParameter("max-file cannot be less than 1");
    }

    private static bool Compressed(IReadOnlyDictionary<string, string> options, bool absent) => options.GetValueOrDefault("compress", "") switch
    {
        "" => absent,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        var text => throw EngineException.InvalidParameter($"invalid value '{text}' for log opt 'compress': must be true or false"),
    };
}
