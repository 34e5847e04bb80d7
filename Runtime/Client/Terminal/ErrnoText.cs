using System.Runtime.InteropServices;

namespace Rtd.Client.Terminal;

internal static class ErrnoText
{
    /// <summary>The C library's words for an errno, first letter lower-cased as Go prints them.</summary>
    public static string Of(int errno)
    {
        string text = Marshal.GetPInvokeErrorMessage(errno);
        return text.Length == 0 ? $"errno {errno}" : char.ToLowerInvariant(text[0]) + text[1..];
    }
}
