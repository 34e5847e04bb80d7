using Newtonsoft.Json.Linq;

namespace Rtd.Daemon.Volumes;

/// <summary>A volume as its driver knows it.</summary>
/// <param name="Name">The volume's name.</param>
/// <param name="Mountpoint">A host path, or "" while it has none.</param>
/// <param name="Created">When it was made, if the driver keeps that.</param>
/// <param name="Status">What the driver has to say about it, for inspect.</param>
internal sealed record DriverVolume(string Name, string Mountpoint, DateTimeOffset? Created = null, JObject? Status = null);
