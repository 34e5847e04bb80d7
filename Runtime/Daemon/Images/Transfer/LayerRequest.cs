using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>A layer that a pull needs.</summary>
/// <param name="ChainId">What it will be in the store.</param>
/// <param name="Parent">The chain below it; empty for the lowest.</param>
/// <param name="DiffId">What its plain archive must hash to.</param>
/// <param name="Descriptor">Its blob.</param>
/// <param name="Repository">Where to get it.</param>
/// <param name="RepositoryName">The same in full, domain first.</param>
/// <param name="Below">The download of the layer below, or null when that one is there already.</param>
internal sealed record LayerRequest(
    string ChainId, string Parent, string DiffId, OciDescriptor Descriptor, RemoteRepository Repository, string RepositoryName, LayerWatch? Below);
