namespace Rtd.Daemon.Api.Authorization;

/// <summary>What a plugin says to either question.</summary>
internal sealed class AuthorizationAnswer
{
    public bool Allow { get; set; }

    /// <summary>Why not.</summary>
    public string? Msg { get; set; }
}
