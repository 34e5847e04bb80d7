namespace Rtd.Client.Templates;

/// <summary>A function's argument is of another type; Go blames the argument, not the call.</summary>
internal sealed class WrongTypeException(string message) : Exception(message);
