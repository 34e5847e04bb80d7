using Xunit;

namespace Rtd.Tests.Integration.Cgroups;

/// <summary>A test that needs root.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root";
        }
    }
}
