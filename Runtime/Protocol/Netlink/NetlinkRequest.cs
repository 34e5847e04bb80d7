namespace Rtd.Protocol.Netlink;

/// <summary>Where a request stands in its batch, and what to call it in an error.</summary>
/// <param name="Tolerated">An errno that counts as success; 0 for none.</param>
internal readonly record struct NetlinkRequest(int Offset, string Operation, string Subject, int Tolerated);
