namespace Rtd.Client.CommandLine;

/// <summary>The command line itself is wrong: the message is followed by the verb's usage.</summary>
internal sealed class UsageException(string message) : ClientException(message, 125);
