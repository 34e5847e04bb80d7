namespace Rtd.Daemon.Security;

/// <summary>How to speak TLS to somebody: PEM files, null or empty where there is none.</summary>
/// <param name="Authority">Whom to trust; without it, whom the system trusts.</param>
internal sealed record TlsFiles(string? Authority = null, string? Certificate = null, string? Key = null, bool SkipVerify = false);
