using Rtd.Client.Configuration;
using Rtd.Client.Engine;

namespace Rtd.Client.CommandLine;

/// <summary>The command line cut in two: options for the client as a whole, and the verb with its own.</summary>
internal sealed class GlobalArguments
{
    private readonly GlobalOptions _options;

    private GlobalArguments(GlobalOptions options, string[] rest, bool wantsHelp)
    {
        _options = options;
        Rest = rest;
        WantsHelp = wantsHelp;
    }

    /// <summary>The verb and what follows it.</summary>
    public string[] Rest { get; }

    public bool WantsHelp { get; }

    public bool WantsVersion => _options.Version;

    public string ConfigDirectory =>
        _options.Config
        ?? (Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } directory ? directory : Path.Combine(Home, ".docker"));

    private static string Home => Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : "/root";

    public static GlobalArguments Read(string[] args)
    {
        // Most lines begin with the verb: the options class is then not looked at.
        if (args.Length == 0 || !args[0].StartsWith('-'))
        {
            return new GlobalArguments(new GlobalOptions(), args, wantsHelp: false);
        }

        OptionPart<GlobalOptions> part = new();
        List<string>? rest = OptionsParser.Parse([part], args, interspersed: false);
        if (rest is null)
        {
            return new GlobalArguments(new GlobalOptions(), [], wantsHelp: true);
        }

        CheckLogLevel(part.Value.LogLevel);
        return new GlobalArguments(part.Value, [.. rest], wantsHelp: false);
    }

    /// <summary>The daemon's client for -H, RTD_HOST, DOCKER_HOST or the default socket, in this order.</summary>
    /// <exception cref="ClientException">The address is malformed, or asks for what is not supported.</exception>
    public EngineClient Connect(Func<ConfigFile> config)
    {
        RefuseContexts();
        EngineTls? tls = ChooseTls();
        return new EngineClient(EngineHost.Parse(ChooseHost(), tls), FixedVersion()) { ExtraHeaders = config().HttpHeaders };
    }

    private static void CheckLogLevel(string? level)
    {
        if (level is not (null or "trace" or "debug" or "info" or "warn" or "warning" or "error" or "fatal" or "panic"))
        {
            throw new ClientException($"Unable to parse logging level: {level}");
        }
    }

    private static string? FixedVersion() =>
        Environment.GetEnvironmentVariable("DOCKER_API_VERSION") is { Length: > 0 } version ? version.TrimStart('v') : null;

    private string ChooseHost()
    {
        string[] hosts = [.. _options.Hosts];
        if (hosts.Length > 1)
        {
            throw new ClientException("Specify only one -H");
        }

        string? given = hosts.FirstOrDefault(host => host.Length > 0);
        return given
            ?? (Environment.GetEnvironmentVariable("RTD_HOST") is { Length: > 0 } own ? own : null)
            ?? (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } docker ? docker : EngineHost.Default);
    }

    /// <summary>As docker: verification means TLS; a certificate of the client's own is optional unless it was named.</summary>
    private EngineTls? ChooseTls()
    {
        bool verify = _options.TlsVerify || Environment.GetEnvironmentVariable("DOCKER_TLS_VERIFY") is { Length: > 0 };
        if (!verify && !_options.Tls)
        {
            return null;
        }

        string directory = Environment.GetEnvironmentVariable("DOCKER_CERT_PATH") is { Length: > 0 } path ? path : ConfigDirectory;
        return new EngineTls(
            verify,
            _options.TlsCaCert ?? Path.Combine(directory, "ca.pem"),
            _options.TlsCert ?? Present(Path.Combine(directory, "cert.pem")),
            _options.TlsKey ?? Present(Path.Combine(directory, "key.pem")));
    }

    private static string? Present(string file) => File.Exists(file) ? file : null;

    private void RefuseContexts()
    {
        string? context = _options.Context ?? Environment.GetEnvironmentVariable("DOCKER_CONTEXT");
        if (context is { Length: > 0 } and not "default")
        {
            throw new ClientException($"context \"{context}\": named contexts are not supported, use -H or RTD_HOST");
        }
    }
}
