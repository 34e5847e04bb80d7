using System.Diagnostics;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Logging;

/// <summary>A real rsyslogd inside a test host, which listens on UDP and TCP port 5514 and on a socket, and writes what comes to a file.</summary>
internal sealed class Rsyslog : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _file;

    private Rsyslog(Process process, string file)
    {
        _process = process;
        _file = file;
    }

    /// <summary>Where scripts/test unpacks Debian's package: installed it would start a service.</summary>
    public static string Directory { get; } = Path.Combine(Tree.Top, "obj", "rsyslog");

    /// <summary>Priority, program name and text of each message.</summary>
    public string[] Messages => File.Exists(_file) ? File.ReadAllLines(_file) : [];

    public static async Task<Rsyslog> StartAsync(TestHost host)
    {
        string root = host.Root;
        string file = Path.Combine(root, "messages");
        File.Delete(file);
        File.Delete(Path.Combine(root, "log.sock"));
        await File.WriteAllTextAsync(Path.Combine(root, "rsyslog.conf"), $$"""
            global(workDirectory="{{root}}" parser.permitSlashInProgramName="on")
            module(load="imudp") input(type="imudp" address="127.0.0.1" port="5514")
            module(load="imtcp") input(type="imtcp" address="127.0.0.1" port="5514")
            module(load="imuxsock" SysSock.Use="off") input(type="imuxsock" Socket="{{root}}/log.sock" RateLimit.Interval="0")
            template(name="short" type="string" string="%pri% %programname%%msg:::sp-if-no-1st-sp%%msg%\n")
            *.* action(type="omfile" file="{{file}}" template="short")
            """);
        Process process = Command.Start(host.InsideAndOwned(
            ["env", $"LD_LIBRARY_PATH={Directory}/usr/lib/x86_64-linux-gnu:{Directory}/lib/x86_64-linux-gnu", $"{Directory}/usr/sbin/rsyslogd", "-n",
             "-f", $"{root}/rsyslog.conf", "-i", $"{root}/rsyslog.pid", "-M", $"{Directory}/usr/lib/x86_64-linux-gnu/rsyslog"]));
        await Eventually.HoldsAsync("rsyslogd listens", () => File.Exists(Path.Combine(root, "log.sock")) || process.HasExited);
        return process.HasExited ? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync()) : new Rsyslog(process, file);
    }

    public async ValueTask DisposeAsync()
    {
        _ = Libc.kill(_process.Id, Libc.SIGTERM);
        await _process.WaitForExitAsync().WaitAsync(Command.Patience);
        _process.Dispose();
    }
}
