using System.IO.Compression;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Logging.Remote;

namespace Rtd.Daemon.Logging.Gelf;

/// <summary>Options of the gelf driver.</summary>
/// <param name="Compression">gzip, zlib or none; of datagrams only.</param>
internal sealed record GelfOptions(CollectorAddress Address, string Compression, CompressionLevel Level, RemoteLogOptions Queue)
{
    /// <summary>As Docker's, when one of the two is given.</summary>
    private const int DefaultReconnects = 3, DefaultDelaySeconds = 1;

    public static GelfOptions Parse(LogOptions options, RemoteLogOptions queue)
    {
        options.RefuseUnknown("gelf-address", "gelf-compression-level", "gelf-compression-type", "gelf-tcp-max-reconnect", "gelf-tcp-reconnect-delay");
        string text = options.Text("gelf-address") ?? throw EngineException.InvalidParameter("gelf-address is a required parameter");
        CollectorAddress address = CollectorAddress.Parse(text, "gelf-address", 12201, "udp", "tcp");
        if (!address.IsDatagram && (options.Text("gelf-compression-type") ?? options.Text("gelf-compression-level")) is not null)
        {
            throw EngineException.InvalidParameter("compression is only supported on UDP");
        }

        int level = options.Number("gelf-compression-level") ?? 1;
        return new GelfOptions(
            address,
            options.OneOf("gelf-compression-type", "gzip", "gzip", "zlib", "none"),
            level switch
            {
                0 => CompressionLevel.NoCompression,
                < 6 => CompressionLevel.Fastest,
                < 9 => CompressionLevel.Optimal,
                9 => CompressionLevel.SmallestSize,
                _ => throw EngineException.InvalidParameter($"unknown value \"{level}\" for log opt \"gelf-compression-level\" for gelf log driver"),
            },
            Reconnecting(options, address, queue));
    }

    /// <summary>Without these options there is no end of trying, in growing pauses; with one of them it is as Docker has it. Datagrams have no connection.</summary>
    private static RemoteLogOptions Reconnecting(LogOptions options, CollectorAddress address, RemoteLogOptions queue)
    {
        int? reconnects = Count(options, "gelf-tcp-max-reconnect");
        int? delay = Count(options, "gelf-tcp-reconnect-delay");
        if (address.IsDatagram || (reconnects ?? delay) is null)
        {
            return queue;
        }

        TimeSpan pause = TimeSpan.FromSeconds(delay ?? DefaultDelaySeconds);
        return queue with { MaxRetries = reconnects ?? DefaultReconnects, Retry = pause, LongestRetry = pause };
    }

    private static int? Count(LogOptions options, string key)
    {
        try
        {
            return options.Number(key);
        }
        catch (EngineException)
        {
            throw EngineException.InvalidParameter($"{key} must be a positive integer");
        }
    }
}
