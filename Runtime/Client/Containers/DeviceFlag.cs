using System.Text.Json.Nodes;

namespace Rtd.Client.Containers;

/// <summary>--device: path[:path-inside[:permissions]], or a CDI device's name.</summary>
internal static class DeviceFlag
{
    /// <summary>Whether the text names a device of the Container Device Interface: vendor/class=name.</summary>
    public static bool IsCdi(string text)
    {
        int equals = text.IndexOf('=');
        int slash = text.IndexOf('/');
        return slash > 0 && equals > slash + 1 && equals < text.Length - 1 && text[0] != '/';
    }

    /// <exception cref="ClientException">The text has more than three parts or bad permissions.</exception>
    public static JsonObject Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 3 || text.Length == 0)
        {
            throw new ClientException($"bad format for path: {text}");
        }

        string inside = parts[0];
        string permissions = "rwm";
        if (parts.Length > 1)
        {
            (inside, permissions) = parts.Length == 2 && IsPermissions(parts[1]) ? (parts[0], parts[1]) : (parts[1].Length > 0 ? parts[1] : parts[0], permissions);
        }

        if (parts.Length == 3)
        {
            permissions = IsPermissions(parts[2]) ? parts[2] : throw new ClientException($"bad mode specified: {parts[2]}");
        }

        return new JsonObject { ["PathOnHost"] = parts[0], ["PathInContainer"] = inside, ["CgroupPermissions"] = permissions };
    }

    private static bool IsPermissions(string text) =>
        text.Length is > 0 and <= 3 && text.All(letter => letter is 'r' or 'w' or 'm') && text.Distinct().Count() == text.Length;
}
