namespace Rtd.Daemon.Api.Models;

/// <summary>One registry.</summary>
internal sealed record RegistryIndexInfo(string Name, IReadOnlyList<string> Mirrors, bool Secure, bool Official);
