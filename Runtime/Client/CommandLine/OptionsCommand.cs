using System.Diagnostics.CodeAnalysis;

namespace Rtd.Client.CommandLine;

/// <summary>A verb whose options are a class of their own; the class is only looked at when the verb is in use.</summary>
internal sealed class OptionsCommand<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
    string[] names, string usage, string summary, ArgumentCount arguments, Func<ClientContext, TOptions, List<string>, int> action)
    : Command(names, usage, summary, arguments)
    where TOptions : class, new()
{
    public override FlagSet Flags() => new(typeof(TOptions));

    public override int Run(ClientContext context, string name, ReadOnlySpan<string> args)
    {
        ParsedOptions<TOptions>? parsed = OptionsParser.Parse<TOptions>(Flags(), args, Interspersed);
        if (parsed is null)
        {
            HelpPrinter.PrintCommand(context.Out, this, name);
            return 0;
        }

        if (Arguments.Complaint(parsed.Arguments.Count) is { } complaint)
        {
            throw HelpPrinter.WrongArguments(this, name, complaint);
        }

        return action(context, parsed.Options, parsed.Arguments);
    }
}
