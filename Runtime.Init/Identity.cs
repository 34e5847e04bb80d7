namespace Rtd.Init;

/// <summary>Who the process becomes.</summary>
/// <param name="Groups">All supplementary groups, the primary one included (CVE-2022-36109).</param>
internal sealed record Identity(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Home);
