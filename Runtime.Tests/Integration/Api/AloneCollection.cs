using Xunit;

namespace Rtd.Tests.Integration.Api;

/// <summary>Tests that look at the whole process.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
