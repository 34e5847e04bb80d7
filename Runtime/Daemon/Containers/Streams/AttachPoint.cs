namespace Rtd.Daemon.Containers.Streams;

/// <summary>Where the log ends for a client that attaches with a replay of it.</summary>
/// <param name="Time">After everything in the log so far, before all that follows.</param>
/// <param name="Stdout">The unfinished line that is in no message yet.</param>
/// <param name="Stderr">The same of stderr.</param>
internal sealed record AttachPoint(DateTimeOffset Time, byte[] Stdout, byte[] Stderr);
