using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>A theory that sets a daemon's clock: libfaketime does, without the machine's.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClockTheoryAttribute : TheoryAttribute
{
    public ClockTheoryAttribute() => Skip = Prerequisites.Missing ?? (Library is null ? "not installed: libfaketime (scripts/test installs it)" : null);

    /// <summary>What is preloaded.</summary>
    internal static string? Library { get; } = Directory.GetDirectories("/usr/lib", "*-linux-gnu*").Select(directory => $"{directory}/faketime/libfaketimeMT.so.1").FirstOrDefault(File.Exists);
}
