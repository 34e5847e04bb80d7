using Rtd.Daemon.Errors;
using Rtd.Daemon.Logging.Remote;
using Rtd.Daemon.Security;

namespace Rtd.Daemon.Logging.Syslog;

/// <summary>Options of the syslog driver.</summary>
/// <param name="Facility">0 to 23 (RFC 5424, 6.2.1).</param>
internal sealed record SyslogOptions(CollectorAddress Address, int Facility, SyslogFormat Format, TlsFiles Tls)
{
    private const int DefaultPort = 514;

    private static readonly string[] s_facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "", "", "", "",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    public static SyslogOptions Parse(LogOptions options)
    {
        options.RefuseUnknown(
            "syslog-address", "syslog-facility", "syslog-format", "syslog-tls-ca-cert", "syslog-tls-cert", "syslog-tls-key", "syslog-tls-skip-verify");

        // Without an address: the machine's own syslog, as logger(1) finds it.
        CollectorAddress address = CollectorAddress.Parse(options.Text("syslog-address") ?? "unixgram:///dev/log", "syslog-address", DefaultPort, "udp", "tcp", "tcp+tls", "unix", "unixgram");
        return new SyslogOptions(
            address,
            FacilityOf(options.Text("syslog-facility") ?? "daemon"),
            options.OneOf("syslog-format", "local", "rfc3164", "rfc5424", "rfc5424micro") switch
            {
                "local" => SyslogFormat.Local,
                "rfc5424" => SyslogFormat.Rfc5424,
                "rfc5424micro" => SyslogFormat.Rfc5424Micro,
                _ => SyslogFormat.Rfc3164,
            },
            new TlsFiles(options.Text("syslog-tls-ca-cert"), options.Text("syslog-tls-cert"), options.Text("syslog-tls-key"), options.Flag("syslog-tls-skip-verify")));
    }

    private static int FacilityOf(string text)
    {
        int facility = int.TryParse(text, out int number) ? number : Array.IndexOf(s_facilities, text);
        return facility is >= 0 and <= 23 ? facility : throw EngineException.InvalidParameter($"invalid syslog facility: {text}");
    }
}
