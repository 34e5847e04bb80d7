using Xunit;

namespace Rtd.Tests.Integration.Networking;

/// <summary>Tests that count the process's fds run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UndisturbedCollection
{
    public const string Name = "network, undisturbed";
}
