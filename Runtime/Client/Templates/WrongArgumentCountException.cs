namespace Rtd.Client.Templates;

/// <summary>Too few or too many arguments for a function; Go names the function, not the call.</summary>
internal sealed class WrongArgumentCountException(string message) : Exception(message);
