namespace Rtd.Daemon.Containers.Archives;

/// <summary>How an archive is unpacked into a container.</summary>
/// <param name="NoOverwriteDirNonDir">A directory is never replaced by something else, nor the reverse.</param>
/// <param name="Owner">Whose everything becomes; null for the owners in the archive.</param>
internal sealed record ExtractionOptions(bool NoOverwriteDirNonDir, ContainerUser? Owner);
