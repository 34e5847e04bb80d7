using NLog;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Registry;

/// <summary>Finds the endpoint of a registry that works, by doing the work there.</summary>
internal sealed class RegistryConnector(RegistryOptions options)
{
    private static readonly Logger s_log = LogManager.GetLogger("registry");

    private volatile RegistryOptions _options = options;

    /// <summary>What is asked for now; set by a reload.</summary>
    public RegistryOptions Options
    {
        get => _options;
        set => _options = value;
    }

    /// <summary>Runs an operation on the first endpoint that takes it: mirrors are passed over for any reason, others when they cannot be reached.</summary>
    /// <param name="domain">The registry's name in references.</param>
    public async Task<T> RunAsync<T>(
        string domain, RegistryCredentials credentials, bool forPush, Func<RegistrySession, Task<T>> operation, CancellationToken cancelled)
    {
        RegistryOptions options = _options;
        IReadOnlyList<RegistryEndpoint> endpoints = await RegistryEndpoints.ForAsync(domain, options, forPush, cancelled);
        for (int i = 0; ; i++)
        {
            // A mirror is another registry: it is not told the password of this one.
            using RegistrySession session = new(endpoints[i], endpoints[i].IsMirror ? RegistryCredentials.Anonymous : credentials, options);
            try
            {
                return await operation(session);
            }
            catch (Exception failure) when (i + 1 < endpoints.Count && !cancelled.IsCancellationRequested && IsReasonToGoOn(session, failure))
            {
                s_log.Debug("{Endpoint} is passed over: {Reason}", endpoints[i].Url, failure.Message);
            }
        }
    }

    /// <summary>Whoever can break a connection must not be able to turn it into one without TLS: only an endpoint that never answered is passed over.</summary>
    private static bool IsReasonToGoOn(RegistrySession session, Exception failure) =>
        (failure is RegistryUnreachableException && !session.HasAnswered)
        || (session.Endpoint.IsMirror && failure is (RegistryException or IOException or EngineException));
}
