namespace Rtd.Client.CommandLine;

/// <summary>Options that are spread over several classes.</summary>
internal interface IOptionParts
{
    /// <summary>The parts, those most used first.</summary>
    IReadOnlyList<OptionPart> Parts { get; }
}
