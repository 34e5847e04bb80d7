using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Links: <c>container</c> or <c>container:alias</c>.</summary>
internal static class LinkSpecs
{
    public static (string Target, string Alias) Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 2 || parts[0].Trim('/').Length == 0)
        {
            throw EngineException.InvalidParameter($"bad format for links: {text}");
        }

        // Docker shows links as /target:/container/alias; programs hand that form back.
        string target = parts[0].TrimStart('/');
        string alias = parts.Length == 2 ? parts[1][(parts[1].LastIndexOf('/') + 1)..] : target;
        return alias.Length > 0 ? (target, alias) : throw EngineException.InvalidParameter($"bad format for links: {text}");
    }
}
