namespace Rtd.Client.CommandLine;

/// <summary>A verb of docker's that is refused with a clear word.</summary>
internal sealed class MissingCommand(string[] names, string summary) : Command(names, "", summary, ArgumentCount.Any)
{
    public override FlagSet Flags() => new([]);

    public override int Run(ClientContext context, string name, ReadOnlySpan<string> args) =>
        throw new ClientException($"rtctl {name}: not available in this client yet; the docker command does it against the same daemon: docker -H {context.Engine.Host.Address} {name}");
}
