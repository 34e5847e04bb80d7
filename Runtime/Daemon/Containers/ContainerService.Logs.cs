using System.Net;
using System.Text;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Logging;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>Opens a container's log for reading. A follow of a container that does not run ends at the end of the log.</summary>
    public LogReader OpenLogs(string reference, LogReadOptions options)
    {
        Container container = _store.Get(reference);
        return OpenLogs(container, container.Run, options);
    }

    /// <summary>What <c>details</c> puts before each line: the attributes that the log's options ask for, as <c>key=value,key=value </c>, escaped.</summary>
    public byte[] LogDetails(string reference)
    {
        ContainerRecord record = _store.Get(reference).Record;
        IEnumerable<string> attributes = LogAttributes.Build(record.HostConfig.LogConfig.Config ?? [], ContainerLauncher.ContextOf(record))
            .Select(attribute => $"{WebUtility.UrlEncode(attribute.Key)}={WebUtility.UrlEncode(attribute.Value)}");
        return Encoding.UTF8.GetBytes(string.Join(',', attributes) + " ");
    }

    private LogReader OpenLogs(Container container, ContainerRun? run, LogReadOptions options)
    {
        ILogDriver log = run?.Log ?? _launcher.OpenLog(container.Record);
        if (log.CanRead)
        {
            return new LogReader(log, owned: run is null, options with { Follow = options.Follow && run is not null }, container.Record.Config.Tty);
        }

        throw new EngineException(ErrorKind.NotImplemented, "configured logging driver does not support reading");
    }
}
