using Rtd.Client.CommandLine;

namespace Rtd.Client.Builds;

/// <summary>All options of build.</summary>
internal sealed class ImageBuildOptions : IOptionParts
{
    private readonly OptionPart<BuildOptions> _build = new();
    private readonly OptionPart<BuildLimitOptions> _limits = new();

    public BuildOptions Build => _build.Value;

    public BuildLimitOptions Limits => _limits.Value;

    public IReadOnlyList<OptionPart> Parts => [_build, _limits];
}
