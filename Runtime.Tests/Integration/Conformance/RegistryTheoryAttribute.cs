using Rtd.Tests.Integration.EndToEnd.Images;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Conformance;

/// <summary>A theory that needs a real registry besides what all end-to-end tests need.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RegistryTheoryAttribute : TheoryAttribute
{
    public RegistryTheoryAttribute() => Skip = Prerequisites.Missing ?? RegistryServer.Missing;
}
