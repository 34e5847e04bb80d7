namespace Rtd.Daemon.Images.Registry;

/// <summary>A manifest or index as the registry keeps it.</summary>
/// <param name="MediaType">What it is, by its header or its own words.</param>
/// <param name="Digest">Of the content, computed here.</param>
internal sealed record RemoteManifest(string MediaType, string Digest, byte[] Content);
