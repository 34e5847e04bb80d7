using Rtd.Client.Configuration;
using Rtd.Client.Engine;
using Rtd.Client.Terminal;

namespace Rtd.Client;

/// <summary>What every verb works with: the daemon, the standard streams and the user's settings.</summary>
internal sealed class ClientContext(Func<EngineClient> connect, TextSink output, TextSink error, Func<ConfigFile> config)
{
    private readonly Lazy<EngineClient> _engine = new(connect);
    private readonly Lazy<ConfigFile> _config = new(config);

    /// <summary>The daemon's API. Nothing is connected before the first request.</summary>
    public EngineClient Engine => _engine.Value;

    public TextSink Out { get; } = output;

    public TextSink Err { get; } = error;

    /// <summary>The user's config.json, read when first asked for.</summary>
    public ConfigFile Config => _config.Value;

    /// <summary>A line on standard error at once, after what standard output already has.</summary>
    public void Complain(string line)
    {
        Out.Flush();
        Err.WriteLine(line);
        Err.Flush();
    }

    /// <summary>Does the same for each argument; failures are told one by one and make the whole fail.</summary>
    public int ForEach(IEnumerable<string> items, Action<string> action)
    {
        int exitCode = 0;
        foreach (string item in items)
        {
            try
            {
                action(item);
            }
            catch (EngineException failure)
            {
                Complain(failure.Message);
                exitCode = 1;
            }
        }

        return exitCode;
    }
}
