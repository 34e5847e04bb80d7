namespace Rtd.Daemon.Api.Transport;

/// <summary>Why an address that others can reach is not listened on.</summary>
internal static class OpenTcp
{
    public const string Refusal =
        "anyone who reaches this address is root here; use --tlsverify with --tlscacert, --tlscert and --tlskey, bind to loopback, "
        + "or set tls=false (or tlsverify=false) if that is meant";
}
