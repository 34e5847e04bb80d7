using Rtd.Protocol.Spec;

namespace Rtd.Init;

/// <summary>The environment with HOME, which only the image's passwd knows.</summary>
internal static class ProcessEnvironment
{
    public static IReadOnlyList<string> Complete(ProcessSpec process, Identity identity) =>
        process.Environment.Any(static entry => entry.StartsWith("HOME=", StringComparison.Ordinal))
            ? process.Environment
            : [.. process.Environment, "HOME=" + identity.Home];
}
