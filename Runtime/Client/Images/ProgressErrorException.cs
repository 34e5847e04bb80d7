namespace Rtd.Client.Images;

/// <summary>The daemon ended a progress stream with an error.</summary>
internal sealed class ProgressErrorException(string message) : ClientException(message);
