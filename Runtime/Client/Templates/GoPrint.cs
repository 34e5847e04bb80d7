using System.Globalization;
using System.Text;
using Rtd.Client.CommandLine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Templates;

/// <summary>Values as Go's fmt and encoding/json print them.</summary>
internal static class GoPrint
{
    /// <summary>%v; nil inside something else.</summary>
    public static void Value(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("<nil>");
                break;
            case string word:
                text.Append(word);
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case long number:
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                text.Append(GoFloat.Shortest(number));
                break;
            case JsonView view:
                view.Print(text);
                break;
            case IReadOnlyList<object?> list:
                List(text, list);
                break;
            case ITemplateObject item:
                item.WriteJson(text);
                break;
            default:
                text.Append(value);
                break;
        }
    }

    public static string Value(object? value)
    {
        StringBuilder text = new();
        Value(text, value);
        return text.ToString();
    }

    /// <summary>The type's name as %T and error messages give it.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "<nil>",
        string => "string",
        bool => "bool",
        long => "int64",
        double => "float64",
        JsonView { IsArray: true } => "[]interface {}",
        JsonView => "map[string]interface {}",
        IReadOnlyList<object?> => "[]string",
        ITemplateObject item => item.TypeName,
        _ => "interface {}",
    };

    public static void Json(StringBuilder json, object? value)
    {
        switch (value)
        {
            case null:
                json.Append("null");
                break;
            case string word:
                JsonText.Quote(json, word, escapeHtml: false);
                break;
            case JsonView view:
                view.WriteJson(json);
                break;
            case ITemplateObject item:
                item.WriteJson(json);
                break;
            case IReadOnlyList<object?> list:
                JsonList(json, list);
                break;
            default:
                Value(json, value);
                break;
        }
    }

    /// <summary>fmt.Sprintf.</summary>
    public static string Format(string format, ReadOnlySpan<object?> arguments)
    {
        StringBuilder text = new();
        int used = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            int end = i + 1;
            while (end < format.Length && "+-# 0123456789.".Contains(format[end]))
            {
                end++;
            }

            if (end >= format.Length)
            {
                text.Append("%!(NOVERB)");
                break;
            }

            Verb(text, format[(i + 1)..end], format[end], arguments, ref used);
            i = end;
        }

        AppendExtra(text, arguments, used);
        return text.ToString();
    }

    private static void AppendExtra(StringBuilder text, ReadOnlySpan<object?> arguments, int used)
    {
        if (used >= arguments.Length)
        {
            return;
        }

        text.Append("%!(EXTRA ");
        for (int i = used; i < arguments.Length; i++)
        {
            text.Append(i > used ? ", " : "").Append(TypeName(arguments[i])).Append('=');
            Value(text, arguments[i]);
        }

        text.Append(')');
    }

    private static void Verb(StringBuilder text, string flags, char verb, ReadOnlySpan<object?> arguments, ref int used)
    {
        if (verb == '%')
        {
            text.Append('%');
            return;
        }

        if (used >= arguments.Length)
        {
            text.Append("%!").Append(verb).Append("(MISSING)");
            return;
        }

        object? argument = arguments[used++];
        string digits = flags.TrimStart('+', '-', '#', ' ', '0');
        string[] sizes = digits.Split('.');
        int width = sizes[0].Length > 0 ? int.Parse(sizes[0], CultureInfo.InvariantCulture) : 0;
        int precision = sizes.Length > 1 ? (sizes[1].Length > 0 ? int.Parse(sizes[1], CultureInfo.InvariantCulture) : 0) : -1;
        string value = Convert(verb, argument, precision, flags);
        bool left = flags.Contains('-');
        bool zeros = !left && flags.TrimStart('+', '#', ' ').StartsWith('0') && argument is long or double;
        text.Append(left ? value.PadRight(width) : zeros ? PadZeros(value, width) : value.PadLeft(width));
    }

    private static string PadZeros(string value, int width) =>
        value.StartsWith('-') ? "-" + value[1..].PadLeft(width - 1, '0') : value.PadLeft(width, '0');

    private static string Convert(char verb, object? argument, int precision, string flags) => (verb, argument) switch
    {
        ('T', _) => TypeName(argument),
        ('v', _) => Signed(Value(argument), argument, flags),
        ('s', string text) => precision >= 0 && precision < text.Length ? text[..precision] : text,
        ('s', JsonView or IReadOnlyList<object?>) => Value(argument),
        ('q', string text) => GoQuote.Quote(text),
        ('x', string text) => System.Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        ('X', string text) => System.Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
        ('d', long number) => Signed(number.ToString(CultureInfo.InvariantCulture), argument, flags),
        ('x', long number) => (flags.Contains('#') ? "0x" : "") + number.ToString("x", CultureInfo.InvariantCulture),
        ('X', long number) => (flags.Contains('#') ? "0X" : "") + number.ToString("X", CultureInfo.InvariantCulture),
        ('o', long number) => System.Convert.ToString(number, 8),
        ('b', long number) => System.Convert.ToString(number, 2),
        ('c', long number) => new Rune((int)number).ToString(),
        ('U', long number) => "U+" + number.ToString("X4", CultureInfo.InvariantCulture),
        ('t', bool flag) => flag ? "true" : "false",
        ('f' or 'F', double number) => Signed(number.ToString("F" + (precision < 0 ? 6 : precision).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), argument, flags),
        ('e', double number) => Exponent(number, precision),
        ('g', double number) => precision < 0 ? GoFloat.Shortest(number) : GoFloat.General(number, Math.Max(1, precision)),
        (_, null) => $"%!{verb}(<nil>)",
        _ => $"%!{verb}({TypeName(argument)}={Value(argument)})",
    };

    private static string Signed(string text, object? argument, string flags) =>
        flags.Contains('+') && argument is long or double && !text.StartsWith('-') ? "+" + text : text;

    private static string Exponent(double number, int precision)
    {
        string text = number.ToString("e" + (precision < 0 ? 6 : precision).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        int split = text.IndexOf('e');
        int power = int.Parse(text.AsSpan(split + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return text[..split] + (power < 0 ? "e-" : "e+") + Math.Abs(power).ToString("00", CultureInfo.InvariantCulture);
    }

    private static void List(StringBuilder text, IReadOnlyList<object?> list)
    {
        text.Append('[');
        for (int i = 0; i < list.Count; i++)
        {
            text.Append(i > 0 ? " " : "");
            Value(text, list[i]);
        }

        text.Append(']');
    }

    private static void JsonList(StringBuilder json, IReadOnlyList<object?> list)
    {
        json.Append('[');
        for (int i = 0; i < list.Count; i++)
        {
            json.Append(i > 0 ? "," : "");
            Json(json, list[i]);
        }

        json.Append(']');
    }
}
