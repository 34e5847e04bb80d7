namespace Rtd.Daemon.Api.Models;

/// <summary>The answer of <c>POST /auth</c>.</summary>
internal sealed record LoginResult(string Status, string IdentityToken);
