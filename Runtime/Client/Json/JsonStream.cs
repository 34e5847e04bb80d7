using System.Text.Json;
using Rtd.Client.Engine;

namespace Rtd.Client.Json;

/// <summary>JSON values one after another, as they come: progress messages, events.</summary>
internal static class JsonStream
{
    /// <summary>Each value as soon as it is complete; white space between them, or none, does not matter.</summary>
    /// <exception cref="EngineConnectionException">Something in the stream is not JSON, or it ends inside a value.</exception>
    public static IEnumerable<JsonDocument> Read(Stream stream)
    {
        byte[] buffer = new byte[8192];
        int used = 0;
        while (true)
        {
            while (TryTake(buffer.AsSpan(0, used), out JsonDocument? document, out int consumed))
            {
                buffer.AsSpan(consumed, used - consumed).CopyTo(buffer);
                used -= consumed;
                yield return document!;
            }

            if (used == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int count = stream.Read(buffer.AsSpan(used));
            if (count == 0)
            {
                if (!buffer.AsSpan(0, used).Trim(" \t\r\n"u8).IsEmpty)
                {
                    throw new EngineConnectionException("the daemon's stream ended inside a message");
                }

                yield break;
            }

            used += count;
        }
    }

    private static bool TryTake(ReadOnlySpan<byte> data, out JsonDocument? document, out int consumed)
    {
        document = null;
        consumed = 0;
        if (data.Trim(" \t\r\n"u8).IsEmpty)
        {
            return false;
        }

        try
        {
            Utf8JsonReader reader = new(data, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
            if (!JsonDocument.TryParseValue(ref reader, out document))
            {
                return false;
            }

            consumed = (int)reader.BytesConsumed;
            return true;
        }
        catch (JsonException)
        {
            throw new EngineConnectionException("the daemon's stream is not JSON");
        }
    }
}
