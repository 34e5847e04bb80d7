namespace Rtd.Client.CommandLine;

/// <summary>A verb whose options are spread over several classes.</summary>
internal sealed class CompositeCommand<TOptions>(string[] names, string usage, string summary, ArgumentCount arguments, Func<ClientContext, TOptions, List<string>, int> action)
    : Command(names, usage, summary, arguments)
    where TOptions : IOptionParts, new()
{
    public override FlagSet Flags() => new(new TOptions().Parts);

    public override int Run(ClientContext context, string name, ReadOnlySpan<string> args)
    {
        TOptions options = new();
        return Parse(context, name, options.Parts, args) is { } given ? action(context, options, given) : 0;
    }
}
