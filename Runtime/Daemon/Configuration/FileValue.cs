using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Rtd.Daemon.Configuration;

/// <summary>Turns a value of the file into what the flag of the same option would give.</summary>
internal static class FileValue
{
    public static object Read(OptionInfo option, JToken value) => option.Kind switch
    {
        OptionKind.Flag => value.Type == JTokenType.Boolean ? value.Value<bool>() : throw WrongType(option, "true or false"),
        OptionKind.Number => value.Type == JTokenType.Integer && value.Value<long>() is >= int.MinValue and <= int.MaxValue and long number
            ? (int)number
            : throw WrongType(option, "an integer"),
        OptionKind.Text => ReadText(option, value),
        _ => ReadList(option, value),
    };

    /// <summary>A size may also be a number of bytes.</summary>
    private static string ReadText(OptionInfo option, JToken value) => value.Type switch
    {
        JTokenType.String => value.Value<string>()!,
        JTokenType.Integer when option.Long == "default-shm-size" => value.Value<long>().ToString(CultureInfo.InvariantCulture),
        _ => throw WrongType(option, "a string"),
    };

    /// <summary>A list of strings, or the object forms that Docker's file has for some options.</summary>
    private static string[] ReadList(OptionInfo option, JToken value) => (option.Long, value) switch
    {
        ("log-opt", JObject map) => map.Properties().Select(pair => $"{pair.Name}={Text(option, pair.Value)}").ToArray(),
        ("default-ulimit", JObject map) => map.Properties().Select(pair => Ulimit(option, pair)).ToArray(),
        ("default-network-opt", JObject drivers) => drivers.Properties().SelectMany(driver => NetworkOptions(option, driver)).ToArray(),
        ("default-address-pool", JArray pools) => pools.Select(pool => AddressPool(option, pool)).ToArray(),
        ("add-runtime", JObject runtimes) => runtimes.Properties().Select(runtime => Runtime(option, runtime)).ToArray(),
        ("add-runtime" or "log-opt" or "default-ulimit" or "default-network-opt", _) => throw WrongType(option, "an object"),
        (_, JArray list) => list.Select(item => Text(option, item)).ToArray(),
        _ => throw WrongType(option, "a list of strings"),
    };

    private static string Text(OptionInfo option, JToken value) =>
        value.Type == JTokenType.String ? value.Value<string>()! : throw WrongType(option, "made of strings");

    private static IEnumerable<string> NetworkOptions(OptionInfo option, JProperty driver) => driver.Value is JObject map
        ? map.Properties().Select(pair => $"{driver.Name}={pair.Name}={Text(option, pair.Value)}")
        : throw WrongType(option, "an object of objects, by driver");

    /// <summary><c>name=path</c>, and behind it arguments with a NUL before each, which nobody can type.</summary>
    private static string Runtime(OptionInfo option, JProperty runtime)
    {
        if (runtime.Value is not JObject { } fields || fields["path"] is not { Type: JTokenType.String } path)
        {
            throw WrongType(option, "an object of { \"path\", \"runtimeArgs\" } by name; shims (runtimeType) are not available in this version of rtd");
        }

        return string.Concat(((IEnumerable<JToken>?)(fields["runtimeArgs"] as JArray) ?? []).Select(argument => '\0' + Text(option, argument)).Prepend($"{runtime.Name}={path}"));
    }

    private static string Ulimit(OptionInfo option, JProperty pair) =>
        pair.Value is JObject limit && limit["Soft"] is { Type: JTokenType.Integer } soft && limit["Hard"] is { Type: JTokenType.Integer } hard
            ? $"{pair.Name}={soft}:{hard}"
            : throw WrongType(option, "an object of { \"Name\", \"Soft\", \"Hard\" } by name");

    private static string AddressPool(OptionInfo option, JToken pool) =>
        pool is JObject fields && fields["base"] is { Type: JTokenType.String } network && fields["size"] is { Type: JTokenType.Integer } size
            ? $"base={network},size={size}"
            : throw WrongType(option, "a list of { \"base\", \"size\" }");

    private static ConfigurationException WrongType(OptionInfo option, string expected) =>
        new($"value of \"{option.Key}\" must be {expected}") { IsAboutFile = true };
}
