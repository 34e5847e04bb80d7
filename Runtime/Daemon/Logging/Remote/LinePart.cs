namespace Rtd.Daemon.Logging.Remote;

/// <summary>Which part of a long line a message is, so that a collector can join it.</summary>
/// <param name="Id">The same for all parts of a line.</param>
/// <param name="Number">From 1.</param>
internal sealed record LinePart(string Id, int Number, bool Last);
