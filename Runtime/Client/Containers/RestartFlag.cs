using System.Globalization;
using System.Text.Json.Nodes;

namespace Rtd.Client.Containers;

/// <summary>--restart: a policy's name and, for on-failure, how often.</summary>
internal static class RestartFlag
{
    /// <exception cref="ClientException">The text after the colon is no number, or nothing stands before it.</exception>
    public static JsonObject Parse(string text)
    {
        string[] parts = text.Split(':', 2);
        if (parts.Length == 2 && parts[0].Length == 0)
        {
            throw new ClientException("invalid restart policy format: no policy provided before colon");
        }

        long count = 0;
        if (parts.Length == 2 && !long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out count))
        {
            throw new ClientException("invalid restart policy format: maximum retry count must be an integer");
        }

        return new JsonObject { ["Name"] = parts[0], ["MaximumRetryCount"] = count };
    }
}
