using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary>A fact that needs a real registry besides what all end-to-end tests need.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RegistryFactAttribute : FactAttribute
{
    public RegistryFactAttribute() => Skip = Prerequisites.Missing ?? RegistryServer.Missing;
}
