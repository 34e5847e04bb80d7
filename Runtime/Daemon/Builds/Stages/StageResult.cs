using Rtd.Daemon.Builds.Dockerfiles.Arguments;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Builds.Stages;

/// <summary>What a stage has made.</summary>
/// <param name="Image">Null when it is still nothing.</param>
/// <param name="Variables">For a stage that begins with it.</param>
internal sealed record StageResult(Image? Image, StageVariables Variables);
