using System.Buffers;
using System.Globalization;
using System.Text;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging.Remote;

namespace Rtd.Daemon.Logging.Syslog;

/// <summary>Lines in the formats of RFC 3164 and RFC 5424, framed as their transports want it.</summary>
/// <param name="tag">Program name and message id.</param>
internal sealed class SyslogSender(SyslogOptions options, string tag) : StreamSender(options.Address, options.Tls)
{
    private const int Error = 3, Information = 6;

    private readonly string _tag = Clean(tag);

    /// <summary>RFC 5425 (TLS) counts octets; over plain TCP, where RFC 6587 knows both ways, a line ends with its newline, as Docker does it.</summary>
    private bool CountsOctets => options.Address.IsTls && options.Format is SyslogFormat.Rfc5424 or SyslogFormat.Rfc5424Micro;

    protected override void Encode(RemoteEntry entry, IBufferWriter<byte> output)
    {
        byte[] head = Encoding.UTF8.GetBytes(Head(entry));
        int length = head.Length + entry.Data.Length + 1;
        if (CountsOctets)
        {
            output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length} ")));
        }

        output.Write(head);
        output.Write(entry.Data);
        output.Write("\n"u8);
    }

    private string Head(RemoteEntry entry)
    {
        int priority = (options.Facility * 8) + (entry.Stream == OutputStream.Stderr ? Error : Information);
        string host = Environment.MachineName;
        int pid = Environment.ProcessId;
        DateTimeOffset local = entry.Time.ToLocalTime();
        return options.Format switch
        {
            SyslogFormat.Local => string.Create(CultureInfo.InvariantCulture, $"<{priority}>{Stamp(local)} {_tag}[{pid}]: "),
            SyslogFormat.Rfc3164 => string.Create(CultureInfo.InvariantCulture, $"<{priority}>{Stamp(local)} {host} {_tag}[{pid}]: "),
            SyslogFormat.Rfc5424 => string.Create(CultureInfo.InvariantCulture, $"<{priority}>1 {local:yyyy-MM-ddTHH:mm:sszzz} {host} {_tag} {pid} {_tag} - "),
            _ => string.Create(CultureInfo.InvariantCulture, $"<{priority}>1 {local:yyyy-MM-ddTHH:mm:ss.ffffffzzz} {host} {_tag} {pid} {_tag} - "),
        };
    }

    /// <summary>RFC 3164, 4.1.2: the day of the month has a space in front where it has one digit.</summary>
    private static string Stamp(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time:MMM} {time.Day,2} {time:HH:mm:ss}");

    /// <summary>A space or a control character would end the field; RFC 5424 has room for 48 octets, and rsyslog for more.</summary>
    private static string Clean(string tag) => string.Concat(tag.Select(c => c is <= ' ' or '\x7f' ? '_' : c));
}
