using Rtd.Daemon.Images.Archives;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>What a registry has under a name.</summary>
/// <param name="Descriptor">Of the manifest or index.</param>
/// <param name="Platforms">What there is an image for.</param>
internal sealed record RemoteDescription(OciDescriptor Descriptor, IReadOnlyList<OciPlatform> Platforms);
