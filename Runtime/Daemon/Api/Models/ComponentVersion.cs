namespace Rtd.Daemon.Api.Models;

/// <summary>One part of the product with whatever is to be told of it.</summary>
internal sealed record ComponentVersion(string Name, string Version, IReadOnlyDictionary<string, string> Details);
