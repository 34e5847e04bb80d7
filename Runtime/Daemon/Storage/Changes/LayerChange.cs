namespace Rtd.Daemon.Storage.Changes;

/// <summary>One name that differs between a container and what it was made from.</summary>
/// <param name="Path">Absolute, as the container sees it.</param>
internal sealed record LayerChange(string Path, ChangeKind Kind);
