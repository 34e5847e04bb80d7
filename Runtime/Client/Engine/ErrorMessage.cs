using System.Text;
using System.Text.Json;

namespace Rtd.Client.Engine;

internal static class ErrorMessage
{
    /// <summary>The daemon's message from an error answer; a body that is not the usual JSON is given as it is.</summary>
    public static string Read(EngineResponse response)
    {
        string text = Encoding.UTF8.GetString(response.Body.ReadAll()).Trim();
        if (text.Length == 0)
        {
            return $"request returned status {response.Status} without a message";
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("message", out JsonElement message)
                ? (message.GetString() ?? text).Trim()
                : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
