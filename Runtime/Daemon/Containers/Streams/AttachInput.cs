namespace Rtd.Daemon.Containers.Streams;

/// <summary>How an attached client's input is treated.</summary>
/// <param name="CloseStdin">The client's end of input closes the process's stdin; otherwise it ends the attachment.</param>
/// <param name="Keys">The detach sequence, for a terminal.</param>
internal sealed record AttachInput(bool CloseStdin, DetachKeys? Keys);
