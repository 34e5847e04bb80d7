using System.Security.Cryptography;
using System.Text;

namespace Rtd.Daemon.Storage.Layers;

/// <summary>Chain ids as the OCI image spec defines them.</summary>
internal static class ChainId
{
    public const string Empty = "";

    /// <summary>The chain id of a layer on top of a chain.</summary>
    public static string On(string parent, string diffId) => parent.Length == 0
        ? diffId
        : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{parent} {diffId}")));

    /// <summary>The chain id of a whole stack, lowest first; empty for no layers.</summary>
    public static string Of(IEnumerable<string> diffIds) => diffIds.Aggregate(Empty, On);

    /// <summary>True for <c>sha256:</c> and 64 lower-case hexadecimal digits: only such a digest ever becomes a file name.</summary>
    public static bool IsDigest(string? text) => text is { Length: 71 } && text.StartsWith("sha256:", StringComparison.Ordinal)
        && !text.AsSpan(7).ContainsAnyExcept("0123456789abcdef");
}
