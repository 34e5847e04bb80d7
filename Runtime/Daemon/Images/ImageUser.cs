namespace Rtd.Daemon.Images;

/// <summary>A container that was made from an image.</summary>
internal sealed record ImageUser(string ContainerId, bool IsRunning);
