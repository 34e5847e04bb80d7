using Rtd.Client.CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of run: those of a container, and how to stay with it.</summary>
internal sealed class RunOptions : ContainerOptions
{
    private readonly OptionPart<StayOptions> _stay = new();

    public StayOptions Stay => _stay.Value;

    public override IReadOnlyList<OptionPart> Parts
    {
        get
        {
            IReadOnlyList<OptionPart> parts = base.Parts;
            return [parts[0], _stay, .. parts.Skip(1)];
        }
    }
}
