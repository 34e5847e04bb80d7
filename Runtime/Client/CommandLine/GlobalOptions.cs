using CommandLine;

namespace Rtd.Client.CommandLine;

/// <summary>Options before the verb.</summary>
internal sealed partial class GlobalOptions
{
    [Option("config", MetaValue = "string", HelpText = "Directory of the client's config.json (default \"~/.docker\")")]
    public string? Config { get; set; }

    [Option('c', "context", MetaValue = "string", HelpText = "Named contexts are not supported: only \"default\" is taken")]
    public string? Context { get; set; }

    [Option('D', "debug", HelpText = "Accepted for compatibility: the client has no debug output")]
    public bool Debug { get; set; }

    [Option('H', "host", MetaValue = "list", HelpText = "Daemon's address: unix://PATH or tcp://HOST:PORT (default $RTD_HOST, $DOCKER_HOST or \"unix:///run/rtd.sock\")")]
    public IEnumerable<string> Hosts { get; set; } = [];

    [Option('l', "log-level", MetaValue = "string", HelpText = "Accepted for compatibility (\"debug\", \"info\", \"warn\", \"error\", \"fatal\")")]
    public string? LogLevel { get; set; }

    [Option("tls", HelpText = "Use TLS to the daemon; implied by --tlsverify")]
    public bool Tls { get; set; }

    [Option("tlscacert", MetaValue = "string", HelpText = "Trust daemons whose certificates this CA signed (default \"ca.pem\" in $DOCKER_CERT_PATH or \"~/.docker\")")]
    public string? TlsCaCert { get; set; }

    [Option("tlscert", MetaValue = "string", HelpText = "The client's certificate (default \"cert.pem\" there)")]
    public string? TlsCert { get; set; }

    [Option("tlskey", MetaValue = "string", HelpText = "The certificate's key (default \"key.pem\" there)")]
    public string? TlsKey { get; set; }

    [Option("tlsverify", HelpText = "Use TLS and verify the daemon (default $DOCKER_TLS_VERIFY)")]
    public bool TlsVerify { get; set; }

    [Option('v', "version", HelpText = "Print the client's version and exit")]
    public bool Version { get; set; }
}
