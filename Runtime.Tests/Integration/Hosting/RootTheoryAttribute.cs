namespace Rtd.Tests.Integration.Hosting;

/// <summary>A theory that needs root, the kernel and the published binaries; skipped with the reason where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = Prerequisites.Missing;
}
