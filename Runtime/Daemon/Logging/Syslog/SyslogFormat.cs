namespace Rtd.Daemon.Logging.Syslog;

/// <summary>How a line is written for syslog.</summary>
internal enum SyslogFormat
{
    /// <summary>As syslog(3) writes to /dev/log: RFC 3164 without a host.</summary>
    Local,

    Rfc3164,

    Rfc5424,

    /// <summary>With microseconds.</summary>
    Rfc5424Micro,
}
