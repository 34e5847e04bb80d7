using Xunit;

namespace Rtd.Tests.Integration.Storage;

/// <summary>As <see cref="StorageFactAttribute"/>, with data.</summary>
public sealed class StorageTheoryAttribute : TheoryAttribute
{
    public StorageTheoryAttribute()
    {
        if (Environment.UserName != "root")
        {
            Skip = "needs root: it makes device nodes, foreign owners and mounts";
        }
    }
}
