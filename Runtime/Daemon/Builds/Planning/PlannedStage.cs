using Rtd.Daemon.Builds.Dockerfiles;

namespace Rtd.Daemon.Builds.Planning;

/// <summary>A stage that is to be built.</summary>
internal sealed class PlannedStage
{
    public required Stage Stage { get; init; }

    /// <summary>What FROM says, with variables put in.</summary>
    public required string Base { get; init; }

    /// <summary>The stage it begins with; null when that is an image or nothing.</summary>
    public required Stage? BaseStage { get; init; }

    /// <summary>The number of its FROM among all steps.</summary>
    public int FirstStep { get; set; }
}
