namespace Rtd.Client.Templates;

/// <summary>A template that cannot be read or run; the message is Go's.</summary>
internal sealed class TemplateException(string message) : Exception(message);
