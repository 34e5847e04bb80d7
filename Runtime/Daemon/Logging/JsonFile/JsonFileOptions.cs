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
    /// <summary>The JSON object that goes into every entry as <c>attrs</c>; empty for none.</summary>
    public byte[] Attributes { get; init; } = [];

    private const long DefaultSize = 10_000_000;
    private const int DefaultFiles = 3;

    public static JsonFileOptions Parse(IReadOnlyDictionary<string, string> options, LogContext context)
    {
        foreach (string key in options.Keys)
        {
            if (key is not ("max-size" or "max-file" or "compress") && !LogAttributes.Options.Contains(key))
            {
                throw EngineException.InvalidParameter($"unknown log opt '{key}' for json-file log driver");
            }
        }

        long? size = Size(options);
        int files = Files(options, size);
        CheckCompress(options);
        SortedDictionary<string, string> attributes = LogAttributes.Build(options, context);
        return new JsonFileOptions(size, files)
        {
            Attributes = attributes.Count == 0 ? [] : Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(attributes)),
        };
    }

    private static long? Size(IReadOnlyDictionary<string, string> options)
    {
        if (!options.TryGetValue("max-size", out string? text))
        {
            return DefaultSize;
        }

        if (text == "-1")
        {
            return null;
        }

        long size = HumanSize.Parse(text);
        return size > 0 ? size : throw EngineException.InvalidParameter("max-size must be a positive number");
    }

    /// <summary>A size without a number of files means one file, as with Docker.</summary>
    private static int Files(IReadOnlyDictionary<string, string> options, long? size)
    {
        if (!options.TryGetValue("max-file", out string? text))
        {
            return size is null || options.ContainsKey("max-size") ? 1 : DefaultFiles;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int files))
        {
            throw EngineException.InvalidParameter($"invalid max-file value \"{text}\": not a number");
        }

        return files >= 1 ? files : throw EngineException.InvalidParameter("max-file cannot be less than 1");
    }

    private static void CheckCompress(IReadOnlyDictionary<string, string> options)
    {
        if (options.TryGetValue("compress", out string? text) && text is not ("false" or "0" or "f" or "F" or "False" or "FALSE"))
        {
            throw EngineException.InvalidParameter("log opt 'compress' is not supported: rotated files are kept as they are, so that reading can seek in them");
        }
    }
}
