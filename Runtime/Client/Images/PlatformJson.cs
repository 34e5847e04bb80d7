using System.Text.Json.Nodes;
using Rtd.Client.Json;

namespace Rtd.Client.Images;

internal static class PlatformJson
{
    /// <summary>A platform "os[/arch[/variant]]" as the API's queries take it: a JSON object; null for none.</summary>
    public static string? Of(string? platform)
    {
        if (string.IsNullOrEmpty(platform))
        {
            return null;
        }

        string[] parts = platform.ToLowerInvariant().Split('/');
        JsonObject json = new() { ["os"] = parts[0] };
        json.AddText("architecture", parts.Length > 1 ? parts[1] : null);
        json.AddText("variant", parts.Length > 2 ? parts[2] : null);
        return json.ToJsonString();
    }
}
