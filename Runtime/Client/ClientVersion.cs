using System.Reflection;

namespace Rtd.Client;

internal static class ClientVersion
{
    /// <summary>The version the build was given.</summary>
    public static string Number { get; } = typeof(ClientVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
