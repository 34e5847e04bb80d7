using Xunit;

namespace Rtd.Tests.Integration.Networking;

/// <summary>A test that makes network namespaces: it needs root.</summary>
internal sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root, to make network namespaces";
        }
    }
}
