using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Logging;

/// <summary>A theory that needs rsyslog on top of what <see cref="RootTheoryAttribute"/> needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RsyslogTheoryAttribute : TheoryAttribute
{
    public RsyslogTheoryAttribute() => Skip = Prerequisites.Missing
        ?? (File.Exists(Path.Combine(Rsyslog.Directory, "usr/sbin/rsyslogd")) ? null : "not installed: obj/rsyslog (scripts/test fetches it)");
}
