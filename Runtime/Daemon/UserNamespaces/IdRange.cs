namespace Rtd.Daemon.UserNamespaces;

/// <summary>A run of ids, as a line of /proc/PID/uid_map has it.</summary>
/// <param name="Inside">The first in the user namespace.</param>
/// <param name="Outside">What that one is on the host.</param>
/// <param name="Count">How many.</param>
internal readonly record struct IdRange(uint Inside, uint Outside, uint Count);
