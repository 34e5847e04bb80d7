using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api;

/// <summary>The API versions spoken: what is advertised, what is accepted, and the answers to all else.</summary>
internal static class ApiVersion
{
    public const string Newest = "1.51";

    public const string Oldest = "1.24";

    private static readonly Version s_newest = new(Newest);
    private static readonly Version s_oldest = new(Oldest);

    /// <summary>The version a path asks for; the newest for a path without one. Clients parse the words of both refusals.</summary>
    public static Version Resolve(string? text)
    {
        if (text is null)
        {
            return s_newest;
        }

        if (!Version.TryParse(text.Contains('.') ? text : text + ".0", out Version? version))
        {
            throw EngineException.InvalidParameter($"invalid API version \"{text}\"");
        }

        if (version < s_oldest)
        {
            throw EngineException.InvalidParameter(
                $"client version {text} is too old. Minimum supported API version is {Oldest}, please upgrade your client to a newer version");
        }

        return version <= s_newest
            ? version
            : throw EngineException.InvalidParameter($"client version {text} is too new. Maximum supported API version is {Newest}");
    }
}
