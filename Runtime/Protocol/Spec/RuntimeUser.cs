namespace Rtd.Protocol.Spec;

/// <summary>Who the user of a container is in numbers, looked up in its root file system.</summary>
/// <param name="Groups">All supplementary groups, the primary one included.</param>
internal sealed record RuntimeUser(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Home);
