using Xunit;

namespace Rtd.Tests.Integration.Networking;

/// <summary>As <see cref="NetworkFactAttribute"/>, with cases.</summary>
internal sealed class NetworkTheoryAttribute : TheoryAttribute
{
    public NetworkTheoryAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root, to make network namespaces";
        }
    }
}
