using Xunit;

namespace Rtd.Tests.Integration.Storage;

/// <summary>A test that makes devices, foreign owners and mounts, so it needs root.</summary>
public sealed class StorageFactAttribute : FactAttribute
{
    public StorageFactAttribute()
    {
        if (Environment.UserName != "root")
        {
            Skip = "needs root: it makes device nodes, foreign owners and mounts";
        }
    }
}
