using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Runtimes;

/// <summary>Needs what the integration tests need, and one of the runtimes.</summary>
public sealed class RuntimeFactAttribute : FactAttribute
{
    public RuntimeFactAttribute() =>
        Skip = Prerequisites.Missing ?? (RuntimeFixture.Installed.Count > 0 ? null : $"none is installed of {string.Join(", ", RuntimeFixture.Known)}");
}
