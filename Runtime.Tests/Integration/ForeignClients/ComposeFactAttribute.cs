using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.ForeignClients;

/// <summary>A fact that needs Debian's docker-compose on top of what <see cref="RootFactAttribute"/> needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ComposeFactAttribute : FactAttribute
{
    public ComposeFactAttribute() => Skip = Prerequisites.Missing ?? (Prerequisites.Which("docker-compose") is null ? "not installed: docker-compose" : null);
}
