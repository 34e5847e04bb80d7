namespace Rtd.Client.CommandLine;

/// <summary>For verbs without options.</summary>
internal sealed class NoOptions : IOptionTable<NoOptions>
{
    static Flag[] IOptionTable<NoOptions>.Flags(OptionPart owner) => [];

    static void IOptionTable<NoOptions>.Set(NoOptions options, int number, IReadOnlyList<string> values) => throw new ArgumentOutOfRangeException(nameof(number));
}
