namespace Rtd.Daemon.Api.Models;

/// <summary>The commit a part was built from; empty for a part that this engine does not have.</summary>
internal sealed record CommitInfo(string ID);
