namespace Rtd.Client.CommandLine;

/// <summary>Too few or too many arguments: told in full already, exit code 1 for every verb.</summary>
internal sealed class WrongArgumentsException(string message) : ClientException(message);
