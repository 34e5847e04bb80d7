using System.Reflection;

namespace Rtd.Daemon.Startup;

/// <summary>The version this binary was built as.</summary>
internal static class ProductVersion
{
    private static readonly string[] s_parts =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Number => s_parts[0];

    /// <summary>The short commit id, or "unknown" in a build from no repository.</summary>
    public static string Commit => s_parts.Length > 1 ? s_parts[1][..Math.Min(7, s_parts[1].Length)] : "unknown";

    /// <summary>When this binary was written; builds are deterministic, so no build time is inside.</summary>
    public static DateTime BuildTime => Environment.ProcessPath is { } path ? File.GetLastWriteTimeUtc(path) : default;
}
