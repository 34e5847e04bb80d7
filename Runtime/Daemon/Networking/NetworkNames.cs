using System.Text.RegularExpressions;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking;

/// <summary>What networks may be called: a name is part of answers of the resolver, of paths and messages.</summary>
internal static partial class NetworkNames
{
    private const int MaxLength = 255;

    public static void Validate(string name)
    {
        if (name.Trim().Length == 0)
        {
            throw EngineException.InvalidParameter("invalid network name: name is empty");
        }

        if (name.Length > MaxLength || !Pattern().IsMatch(name))
        {
            throw EngineException.InvalidParameter($"invalid network name \"{name}\": only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_.-]*\\z")]
    private static partial Regex Pattern();
}
