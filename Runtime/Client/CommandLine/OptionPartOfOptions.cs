namespace Rtd.Client.CommandLine;

/// <inheritdoc/>
internal sealed class OptionPart<TOptions> : OptionPart
    where TOptions : class, IOptionTable<TOptions>, new()
{
    /// <summary>The options; as they are without any given, until <see cref="Bind"/>.</summary>
    public TOptions Value { get; } = new();

    public override void Bind(Flag flag, IReadOnlyList<string> values) => TOptions.Set(Value, flag.Number, values);

    protected override Flag[] ReadFlags() => TOptions.Flags(this);
}
