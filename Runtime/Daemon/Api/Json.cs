using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;
using JsonException = Newtonsoft.Json.JsonException;
using JsonSerializer = Newtonsoft.Json.JsonSerializer;

namespace Rtd.Daemon.Api;

/// <summary>Docker's JSON, in and out: names as they are in the models, times as Go prints them, nulls written unless a model says otherwise.</summary>
internal static class Json
{
    /// <summary>Deeper than any document of the API; a guard against stack use by nested input.</summary>
    public const int MaxDepth = 64;

    /// <summary>The least that a StreamWriter takes. It makes its buffers for each document, of which most are small; behind it all is in memory.</summary>
    private const int CharsAtOnce = 128;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly JsonSerializer s_writer = JsonSerializer.Create(new JsonSerializerSettings
    {
        Formatting = Formatting.None,
        Converters = { new GoTimeConverter(), new SortedMapConverter(), new ContainerSummaryConverter() },
    });

    // Go leaves a field alone when the document says null, and knows nothing of $type and $ref.
    private static readonly JsonSerializer s_reader = JsonSerializer.Create(new JsonSerializerSettings
    {
        NullValueHandling = NullValueHandling.Ignore,
        MetadataPropertyHandling = MetadataPropertyHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        ObjectCreationHandling = ObjectCreationHandling.Replace,
        MaxDepth = MaxDepth,
        Converters = { new GoTimeConverter(), new StringMapConverter() },
    });

    /// <summary>The document and a newline, as Go's encoder ends every value.</summary>
    public static byte[] Encode(object? value)
    {
        using PooledBuffer document = new();
        Encode(value, document);
        return document.Written.ToArray();
    }

    /// <summary>As <see cref="Encode(object?)"/>, for answers that are sent and forgotten.</summary>
    public static void Encode(object? value, PooledBuffer document)
    {
        using StreamWriter text = new(document, s_utf8, CharsAtOnce, leaveOpen: true);
        s_writer.Serialize(text, value);
        text.Write('\n');
    }

    /// <summary>Reads one whole document. Anything but strict JSON of the right shape is an invalid parameter, in dockerd's words.</summary>
    public static T Decode<T>(ReadOnlySpan<byte> document)
    {
        CheckSyntax(document);
        using JsonTextReader reader = new(new StringReader(Encoding.UTF8.GetString(document))) { MaxDepth = MaxDepth };
        try
        {
            return s_reader.Deserialize<T>(reader) ?? throw EngineException.InvalidParameter("invalid JSON: got null where an object is needed");
        }
        catch (Exception mismatch) when (mismatch is JsonException or FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            throw EngineException.InvalidParameter($"invalid JSON: {Describe(mismatch)}", mismatch);
        }
    }

    /// <summary>Newtonsoft takes comments, single quotes and unquoted names; Go, and so every Docker client, does not.</summary>
    private static void CheckSyntax(ReadOnlySpan<byte> document)
    {
        if (!Utf8.IsValid(document))
        {
            throw EngineException.InvalidParameter("invalid JSON: the document is not UTF-8");
        }

        Utf8JsonReader reader = new(document, new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true });
        try
        {
            ulong arrays = 0; // a bit for each level: is it an array?
            do
            {
                if (!reader.Read())
                {
                    throw EngineException.InvalidParameter("invalid JSON: got EOF while reading request body");
                }

                switch (reader.TokenType)
                {
                    case JsonTokenType.StartArray:
                        arrays |= 1UL << reader.CurrentDepth;
                        break;
                    case JsonTokenType.StartObject:
                        arrays &= ~(1UL << reader.CurrentDepth);
                        break;
                    case JsonTokenType.Null when reader.CurrentDepth > 0 && (arrays & (1UL << (reader.CurrentDepth - 1))) != 0:
                        // No list of the API has a meaning for it, and nobody who reads one expects it.
                        throw EngineException.InvalidParameter($"invalid JSON: a list holds null, at byte {reader.TokenStartIndex}");
                }
            }
            while (reader.CurrentDepth > 0 || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray);
        }
        catch (System.Text.Json.JsonException error)
        {
            throw EngineException.InvalidParameter(SyntaxMessage(error, reader.CurrentDepth, document), error);
        }

        if (document[(int)reader.BytesConsumed..].IndexOfAnyExcept(" \t\r\n"u8) >= 0)
        {
            throw EngineException.InvalidParameter("unexpected content after JSON");
        }
    }

    private static string SyntaxMessage(System.Text.Json.JsonException error, int depth, ReadOnlySpan<byte> document)
    {
        if (document.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return "invalid JSON: got EOF while reading request body";
        }

        // The depth of the last token that was taken: one less than what it opened.
        return depth >= MaxDepth - 1
            ? $"invalid JSON: nested deeper than {MaxDepth} levels"
            : $"invalid JSON: syntax error at line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}";
    }

    /// <summary>What does not fit, without the serialiser's type names; our converters' own words as they are.</summary>
    private static string Describe(Exception mismatch) => mismatch switch
    {
        JsonSerializationException { Path: { Length: > 0 } path } => $"value of \"{path}\" has the wrong type",
        JsonReaderException { Path: { Length: > 0 } path } => $"value of \"{path}\" has the wrong type",
        JsonSerializationException when mismatch.Message.StartsWith("Cannot deserialize", StringComparison.Ordinal) => "document has the wrong type",
        _ => mismatch.Message,
    };
}
