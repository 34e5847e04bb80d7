using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Rtd.Tests.Integration.EndToEnd.Builds;

/// <summary>An image as lines of text: what its files add to or take from its base's, and its configuration.</summary>
internal static class ImageListing
{
    private const int LongestText = 160;

    /// <summary>What engines put into every container.</summary>
    private static readonly string[] s_engines = ["dev", "proc", "sys", ".dockerenv", "etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab"];

    private static readonly string[] s_configuration =
        ["User", "ExposedPorts", "Env", "Cmd", "Healthcheck", "Volumes", "WorkingDir", "Entrypoint", "OnBuild", "Labels", "StopSignal", "Shell"];

    /// <summary>A line for each file of an exported container, by path: kind, mode, owner, and what is in it.</summary>
    public static SortedDictionary<string, string> Files(Stream archive)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        using TarReader reader = new(archive);
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            string path = Clean(entry.Name);
            // The directory alone of /etc is theirs too: in an image made from nothing it is only there for their files.
            if (path is not ("" or "etc") && !s_engines.Any(own => path == own || path.StartsWith(own + "/", StringComparison.Ordinal)))
            {
                files[path] = entry.EntryType == TarEntryType.HardLink ? files[Clean(entry.LinkName)] : Line(entry);
            }
        }

        return files;
    }

    public static List<string> Changes(SortedDictionary<string, string> before, SortedDictionary<string, string> after)
    {
        List<string> lines = [.. before.Keys.Where(path => !after.ContainsKey(path)).Select(path => $"- /{path}")];
        lines.AddRange(after.Where(file => before.GetValueOrDefault(file.Key) != file.Value).Select(file => $"+ /{file.Key} {file.Value}"));
        return lines;
    }

    /// <param name="image">An answer of image inspect.</param>
    public static IEnumerable<string> Configuration(JObject image)
    {
        if ((string?)image["Author"] is { Length: > 0 } author)
        {
            yield return $"Author {author}";
        }

        foreach (string name in s_configuration)
        {
            JToken? value = image["Config"]![name];
            if (value is not null && value.Type != JTokenType.Null && (value is not JContainer { Count: 0 }) && (value.Type != JTokenType.String || ((string)value!).Length > 0))
            {
                yield return $"{name} {Sorted(value).ToString(Formatting.None)}";
            }
        }
    }

    /// <summary>A star at the end of a written line stands for anything.</summary>
    public static void AssertSame(IEnumerable<string> written, IEnumerable<string> actual)
    {
        string[] expected = [.. written];
        IEnumerable<string> shown = actual.Select((line, i) =>
            i < expected.Length && expected[i].EndsWith(" *", StringComparison.Ordinal) && line.StartsWith(expected[i][..^1], StringComparison.Ordinal) ? expected[i] : line);
        Assert.Equal(string.Join('\n', expected), string.Join('\n', shown));
    }

    private static string Clean(string name) => (name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name).Trim('/');

    private static string Line(TarEntry entry)
    {
        string owner = string.Create(CultureInfo.InvariantCulture, $"{Convert.ToString((int)entry.Mode, 8).PadLeft(4, '0')} {entry.Uid}:{entry.Gid}");
        return entry.EntryType switch
        {
            TarEntryType.Directory => $"directory {owner}",
            TarEntryType.SymbolicLink => $"link {entry.LinkName}",
            TarEntryType.Fifo => $"pipe {owner}",
            TarEntryType.CharacterDevice or TarEntryType.BlockDevice when entry is PosixTarEntry device => $"device {owner} {device.DeviceMajor}:{device.DeviceMinor}",
            _ => $"file {owner} {Content(entry)}",
        };
    }

    private static string Content(TarEntry entry)
    {
        using MemoryStream content = new();
        entry.DataStream?.CopyTo(content);
        string text = Encoding.UTF8.GetString(content.ToArray());
        return content.Length <= LongestText && !text.Contains('\uFFFD') ? JsonConvert.ToString(text) : $"{content.Length} bytes";
    }

    private static JToken Sorted(JToken value) => value switch
    {
        JObject map => new JObject(map.Properties().OrderBy(property => property.Name, StringComparer.Ordinal).Select(property => new JProperty(property.Name, Sorted(property.Value)))),
        JArray list => new JArray(list.Select(Sorted)),
        _ => value,
    };
}
