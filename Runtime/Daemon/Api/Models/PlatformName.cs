namespace Rtd.Daemon.Api.Models;

/// <summary>The product as a whole.</summary>
internal sealed record PlatformName(string Name);
