namespace Rtd.Tests.Integration.Hosting;

/// <summary>A fact that needs root, the kernel and the published binaries; skipped with the reason where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Prerequisites.Missing;
}
