using System.IO.Compression;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Logging.Remote;

namespace Rtd.Daemon.Logging.Gelf;

/// <summary>Options of the gelf driver.</summary>
/// <param name="Compression">gzip, zlib or none; of datagrams only.</param>
internal sealed record GelfOptions(CollectorAddress Address, string Compression, CompressionLevel Level)
{
    public static GelfOptions Parse(LogOptions options)
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
            });
    }
}
