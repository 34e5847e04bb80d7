using Microsoft.Win32.SafeHandles;

namespace Rtd.Daemon.Execution.Supervision;

/// <summary>What the supervisor is to know and hold of a process.</summary>
/// <param name="Key">What it is: see <see cref="HoldingKeys"/>.</param>
/// <param name="Notes">The daemon's own, given back to the next one.</param>
/// <param name="Spool">The directory that output is drained into while there is no daemon; empty lets it go.</param>
/// <param name="Fds">By the names of <see cref="Protocol.Supervision.HeldFds"/>.</param>
internal sealed record Holding(string Key, string Notes, string Spool, IReadOnlyList<(string Name, SafeFileHandle Fd)> Fds);
