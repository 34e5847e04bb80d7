namespace Rtd.Client.CommandLine;

/// <summary>A verb whose options are one class; the class is only looked at when the verb is in use.</summary>
internal sealed class OptionsCommand<TOptions>(
    string[] names, string usage, string summary, ArgumentCount arguments, Func<ClientContext, TOptions, List<string>, int> action)
    : Command(names, usage, summary, arguments)
    where TOptions : class, IOptionTable<TOptions>, new()
{
    public override FlagSet Flags() => new([new OptionPart<TOptions>()]);

    public override int Run(ClientContext context, string name, ReadOnlySpan<string> args)
    {
        OptionPart<TOptions> part = new();
        return Parse(context, name, [part], args) is { } given ? action(context, part.Value, given) : 0;
    }
}
