namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>Tests that load the machine run alone, after the others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Heavy
{
    public const string Name = "heavy";
}
