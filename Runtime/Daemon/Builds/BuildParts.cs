using Rtd.Daemon.Builds.Contexts;
using Rtd.Daemon.Builds.Mounts;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Builds;

/// <summary>The other parts of the daemon that builds are made of.</summary>
/// <param name="Caches">What RUN mounts from one build to the next.</param>
internal sealed record BuildParts(ImageService Images, ContainerService Containers, IImageUsage Usage, BuildDirectory Directory, CacheMounts Caches, SecretFiles Secrets);
