using System.Text.RegularExpressions;

namespace Rtd.Daemon.Images;

/// <summary>Addresses in messages, logs and histories: who is let in by them is nobody's business.</summary>
internal static partial class ShownAddress
{
    /// <summary>Takes names and passwords out of all addresses in a text, as BuildKit does: of <c>ssh://git@host</c>, which is no secret, nothing.</summary>
    public static string In(string text) => Credentials().Replace(text, credentials =>
        credentials.Groups["password"].Success ? "://xxxxx:xxxxx@" : credentials.Groups["user"].Value is "git" or "" ? credentials.Value : "://xxxxx@");

    /// <summary>Up to the last at sign before the path, as servers and git read it.</summary>
    [GeneratedRegex("""://(?<user>[^/?#\s:'"]*)(?<password>:[^/?#\s]*)?@""")]
    private static partial Regex Credentials();
}
