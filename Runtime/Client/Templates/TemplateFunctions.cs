using System.Globalization;
using System.Net;
using System.Text;

namespace Rtd.Client.Templates;

/// <summary>The functions of Go's templates and those docker adds. "and" and "or" are the executor's, since they stop at the first answer.</summary>
internal static class TemplateFunctions
{
    private static readonly HashSet<string> s_names =
    [
        "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery", "call",
        "json", "split", "join", "title", "lower", "upper", "pad", "truncate",
    ];

    public static bool Exists(string name) => s_names.Contains(name);

    /// <summary>Whether a value counts as true: not empty, not zero, not nil.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        JsonView view => !view.IsNull && (!view.IsArray || view.Element.GetArrayLength() > 0) && (!view.IsObject || view.Element.EnumerateObject().Any()),
        IReadOnlyList<object?> list => list.Count > 0,
        _ => true,
    };

    /// <exception cref="ArgumentException">The arguments do not fit; the message is Go's.</exception>
    public static object? Call(string name, ReadOnlySpan<object?> arguments)
    {
        CheckCount(name, arguments.Length);
        return name switch
        {
            "not" => !IsTrue(arguments[0]),
            "eq" => EqualsAny(arguments),
            "ne" => !AreEqual(arguments[0], arguments[1]),
            "lt" => Compare(arguments) < 0,
            "le" => Compare(arguments) <= 0,
            "gt" => Compare(arguments) > 0,
            "ge" => Compare(arguments) >= 0,
            "len" => Length(arguments[0]),
            "index" => Index(arguments),
            "slice" => Slice(arguments),
            "print" => Print(arguments),
            "println" => string.Join(' ', arguments.ToArray().Select(Shown)) + "\n",
            "printf" => GoPrint.Format(Word(arguments[0]), arguments[1..]),
            "html" => WebUtility.HtmlEncode(Print(arguments)).Replace("&quot;", "&#34;", StringComparison.Ordinal),
            "js" => Script(Print(arguments)),
            "urlquery" => Uri.EscapeDataString(Print(arguments)).Replace("%20", "+", StringComparison.Ordinal),
            "call" => throw new ArgumentException($"non-function of type {GoPrint.TypeName(arguments[0])}"),
            "json" => Json(arguments[0]),
            "split" => Word(arguments[0]).Split(Word(arguments[1])).Cast<object?>().ToArray(),
            "join" => string.Join(Word(arguments[1]), Words(arguments[0])),
            "title" => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(Word(arguments[0])),
            "lower" => Word(arguments[0]).ToLowerInvariant(),
            "upper" => Word(arguments[0]).ToUpperInvariant(),
            "pad" => Pad(Word(arguments[0]), (int)Number(arguments[1]), (int)Number(arguments[2])),
            "truncate" => Truncate(Word(arguments[0]), (int)Number(arguments[1])),
            _ => throw new ArgumentException($"unknown function {name}"),
        };
    }

    private static void CheckCount(string name, int count)
    {
        (int least, int most) = name switch
        {
            "not" or "len" or "json" or "title" or "lower" or "upper" => (1, 1),
            "eq" => (2, int.MaxValue),
            "ne" or "lt" or "le" or "gt" or "ge" or "split" or "join" or "truncate" => (2, 2),
            "pad" => (3, 3),
            "index" or "slice" or "printf" or "call" => (1, int.MaxValue),
            _ => (0, int.MaxValue),
        };
        if (count < least || count > most)
        {
            string want = most == int.MaxValue ? $"at least {least}" : least.ToString(CultureInfo.InvariantCulture);
            throw new WrongArgumentCountException($"wrong number of args for {name}: want {want} got {count}");
        }
    }

    private static string Json(object? value)
    {
        StringBuilder json = new();
        GoPrint.Json(json, value);
        return json.ToString();
    }

    private static bool EqualsAny(ReadOnlySpan<object?> arguments)
    {
        foreach (object? other in arguments[1..])
        {
            if (AreEqual(arguments[0], other))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AreEqual(object? left, object? right) => (Scalar(left), Scalar(right)) switch
    {
        (null, null) => true,
        (long a, double b) => a == b,
        (double a, long b) => a == b,
        (JsonView or IReadOnlyList<object?>, _) or (_, JsonView or IReadOnlyList<object?>) => throw new ArgumentException("non-comparable type"),
        var (a, b) => Equals(a, b),
    };

    private static object? Scalar(object? value) => value is JsonView { IsNull: true } ? null : value;

    private static int Compare(ReadOnlySpan<object?> arguments) => (arguments[0], arguments[1]) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (long a, long b) => a.CompareTo(b),
        (double a, double b) => a.CompareTo(b),
        _ => throw new ArgumentException("incompatible types for comparison"),
    };

    private static long Length(object? value) => value switch
    {
        string text => Encoding.UTF8.GetByteCount(text),
        JsonView { IsArray: true } view => view.Element.GetArrayLength(),
        JsonView { IsObject: true } view => view.Element.EnumerateObject().Count(),
        JsonView => 0,
        IReadOnlyList<object?> list => list.Count,
        null => throw new ArgumentException("len of nil pointer"),
        _ => throw new ArgumentException($"len of type {(value is long ? "int" : GoPrint.TypeName(value))}"),
    };

    private static object? Index(ReadOnlySpan<object?> arguments)
    {
        object? value = arguments[0];
        foreach (object? key in arguments[1..])
        {
            value = IndexOne(value, key);
        }

        return value;
    }

    private static object? IndexOne(object? value, object? key)
    {
        switch (value, key)
        {
            case (null, _):
                throw new ArgumentException("index of untyped nil");
            case (JsonView { IsObject: true } map, string name):
                return map.Entry(name);
            case (JsonView { IsNull: true } map, string name):
                return map.Entry(name);
            case (JsonView { IsArray: true } array, long position):
                return JsonView.Of(array.Element[Position(position, array.Element.GetArrayLength())], "");
            case (JsonView { IsNull: true }, long position):
                return Position(position, 0);
            case (IReadOnlyList<object?> list, long position):
                return list[Position(position, list.Count)];
            case (string text, long position):
                return (long)Encoding.UTF8.GetBytes(text)[Position(position, Encoding.UTF8.GetByteCount(text))];
            case (JsonView { IsArray: true } or IReadOnlyList<object?> or string, _):
                throw new ArgumentException($"cannot index slice/array with type {GoPrint.TypeName(key)}");
            case (JsonView, _):
                throw new ArgumentException($"value has type {GoPrint.TypeName(key)}; should be string");
            case (ITemplateObject item, string name) when item.TryGet(name, [], out object? field):
                return field;
            default:
                throw new ArgumentException($"can't index item of type {GoPrint.TypeName(value)}");
        }
    }

    private static int Position(long position, int count) =>
        position >= 0 && position < count ? (int)position : throw new ArgumentException($"index out of range: {position}");

    private static object? Slice(ReadOnlySpan<object?> arguments)
    {
        if (arguments[0] is string text)
        {
            (int from, int to) = Bounds(arguments, text.Length);
            return text[from..to];
        }

        object?[] items = arguments[0] switch
        {
            JsonView { IsArray: true } view => view.Entries().Select(entry => entry.Value).ToArray(),
            IReadOnlyList<object?> list => list.ToArray(),
            _ => throw new ArgumentException($"can't slice item of type {GoPrint.TypeName(arguments[0])}"),
        };
        (int first, int end) = Bounds(arguments, items.Length);
        return items[first..end];
    }

    private static (int From, int To) Bounds(ReadOnlySpan<object?> arguments, int length)
    {
        long from = arguments.Length > 1 ? Number(arguments[1]) : 0;
        long to = arguments.Length > 2 ? Number(arguments[2]) : length;
        if (from < 0 || from > length || to < 0 || to > length)
        {
            throw new ArgumentException($"index out of range: {(from < 0 || from > length ? from : to)}");
        }

        return from <= to ? ((int)from, (int)to) : throw new ArgumentException($"invalid slice index: {from} > {to}");
    }

    /// <summary>fmt.Sprint: a space between operands when neither is a string.</summary>
    private static string Print(ReadOnlySpan<object?> arguments)
    {
        StringBuilder text = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i > 0 && arguments[i] is not string && arguments[i - 1] is not string)
            {
                text.Append(' ');
            }

            GoPrint.Value(text, arguments[i]);
        }

        return text.ToString();
    }

    private static string Shown(object? value) => GoPrint.Value(value);

    private static string Script(string text)
    {
        StringBuilder escaped = new();
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '\\' or '\'' or '"' => escaped.Append('\\').Append(letter),
                '<' or '>' or '&' or '=' or < ' ' => escaped.Append("\\u").Append(((int)letter).ToString("X4", CultureInfo.InvariantCulture)),
                _ => escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }

    private static string Pad(string text, int before, int after) =>
        text.Length == 0 ? text : new string(' ', Math.Max(0, before)) + text + new string(' ', Math.Max(0, after));

    private static string Truncate(string text, int length)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length < length ? text : Encoding.UTF8.GetString(bytes, 0, Math.Max(0, length));
    }

    private static string Word(object? value) =>
        value as string ?? throw new WrongTypeException($"wrong type for value; expected string; got {GoPrint.TypeName(value)}");

    private static IEnumerable<string> Words(object? value) => value switch
    {
        JsonView { IsArray: true } view => view.Entries().Select(entry => Word(entry.Value)),
        JsonView { IsNull: true } => [],
        IReadOnlyList<object?> list => list.Select(Word),
        _ => throw new WrongTypeException($"wrong type for value; expected []string; got {GoPrint.TypeName(value)}"),
    };

    private static long Number(object? value) =>
        value is long number ? number : throw new WrongTypeException($"wrong type for value; expected int; got {GoPrint.TypeName(value)}");
}
