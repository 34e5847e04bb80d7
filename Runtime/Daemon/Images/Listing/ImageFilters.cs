using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Listing;

/// <summary>Docker's <c>filters</c> query: <c>{"key":["value"]}</c>, or <c>{"key":{"value":true}}</c> of old clients.</summary>
internal sealed class ImageFilters
{
    private readonly Dictionary<string, List<string>> _values = [];

    /// <param name="allowed">The keys that the caller understands.</param>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static ImageFilters Parse(string? json, params ReadOnlySpan<string> allowed)
    {
        ImageFilters filters = new();
        if (string.IsNullOrEmpty(json))
        {
            return filters;
        }

        foreach ((string key, JToken? values) in ParseObject(json))
        {
            if (!allowed.Contains(key))
            {
                throw EngineException.InvalidParameter($"invalid filter '{key}'");
            }

            filters._values[key] = values switch
            {
                JArray array => array.Values<string?>().OfType<string>().ToList(),
                JObject set => set.Properties().Where(property => property.Value is JValue { Value: true }).Select(property => property.Name).ToList(),
                _ => throw Invalid(json),
            };
        }

        return filters;
    }

    public IReadOnlyList<string> this[string key] => _values.TryGetValue(key, out List<string>? values) ? values : [];

    public bool Has(string key) => this[key].Count > 0;

    /// <summary>A filter that is true or false, or null when it is absent.</summary>
    public bool? Bool(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        bool isTrue = this[key].All(value => value is "1" or "true" or "True" or "TRUE" or "t" or "T");
        bool isFalse = this[key].All(value => value is "0" or "false" or "False" or "FALSE" or "f" or "F");
        return isTrue || isFalse ? isTrue : throw EngineException.InvalidParameter($"invalid filter '{key}=[{string.Join(' ', this[key])}]'");
    }

    /// <summary>A point in time: seconds since 1970, RFC 3339, or a Go duration before now (<c>1h30m</c>). Null when it is absent.</summary>
    public DateTimeOffset? Time(string key) => this[key] switch
    {
        [] => null,
        [string text] => ParseTime(text) ?? throw EngineException.InvalidParameter($"invalid filter '{key}={text}': not a time"),
        _ => throw EngineException.InvalidParameter($"more than one {key} filter specified"),
    };

    /// <summary>True when the labels have every <c>key</c> or <c>key=value</c> of the filter.</summary>
    public bool MatchesLabels(IReadOnlyDictionary<string, string>? labels) => this["label"].All(wanted => HasLabel(labels, wanted));

    /// <summary>True when the labels have none of the <c>label!</c> filter.</summary>
    public bool MatchesNoLabels(IReadOnlyDictionary<string, string>? labels) => !this["label!"].Any(unwanted => HasLabel(labels, unwanted));

    private static bool HasLabel(IReadOnlyDictionary<string, string>? labels, string wanted)
    {
        string[] pair = wanted.Split('=', 2);
        return labels is not null && labels.TryGetValue(pair[0], out string? value) && (pair.Length == 1 || pair[1] == value);
    }

    private static JObject ParseObject(string json)
    {
        try
        {
            return JObject.Parse(json);
        }
        catch (JsonException error)
        {
            throw EngineException.InvalidParameter("invalid filter", error);
        }
    }

    private static EngineException Invalid(string json) => EngineException.InvalidParameter($"invalid filter: {json}");

    private static DateTimeOffset? ParseTime(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < 253402300800)
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        }

        if (ParseDuration(text) is { } duration)
        {
            return DateTimeOffset.UtcNow - duration;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
    }

    private static TimeSpan? ParseDuration(string text)
    {
        double seconds = 0;
        int start = 0;
        while (start < text.Length)
        {
            int end = start;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            {
                end++;
            }

            int unitEnd = end;
            while (unitEnd < text.Length && char.IsAsciiLetter(text[unitEnd]))
            {
                unitEnd++;
            }

            double? unit = text[end..unitEnd] switch { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, "us" => 1e-6, "ns" => 1e-9, _ => null };
            if (unit is null || !double.TryParse(text.AsSpan(start, end - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            {
                return null;
            }

            seconds += value * unit.Value;
            start = unitEnd;
        }

        return text.Length > 0 && seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
