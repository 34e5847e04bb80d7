using Xunit;

namespace Rtd.Tests.Integration.Security;

/// <summary>A comparison with a profile that is not part of this tree.</summary>
internal sealed class ReferenceProfileFactAttribute : FactAttribute
{
    public const string Variable = "RTD_SECCOMP_REFERENCE";

    public ReferenceProfileFactAttribute()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Skip = $"{Variable} does not name a profile to compare with";
        }
    }
}
