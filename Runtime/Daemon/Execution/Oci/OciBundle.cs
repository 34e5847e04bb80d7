using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution.Oci;

/// <summary>The directory that an OCI runtime is given for a container, and the runtime's own beside it.</summary>
internal sealed class OciBundle : IDisposable
{
    /// <summary>Beside the bundles: a directory for each runtime.</summary>
    public const string StateDirectory = "state";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Socket paths are short: 107 bytes.</summary>
    private const int ShortId = 12;

    private readonly string _directory;
    private readonly string _state;
    private Socket? _console;

    private OciBundle(string directory, string state)
    {
        _directory = directory;
        _state = state;
    }

    public string Directory => _directory;

    public string PidFile => Path.Combine(_directory, "pid");

    public string ConsoleSocket => Path.Combine(_directory, "tty");

    /// <summary>What stands before every command of the runtime.</summary>
    public IReadOnlyList<string> GlobalArguments(OciRuntime runtime) =>
        [.. runtime.Arguments, "--root", _state, "--log", LogFile, "--log-format", "json"];

    private string LogFile => Path.Combine(_directory, "log.json");

    /// <param name="root">Of all bundles and states, in the exec root.</param>
    /// <param name="runtime">Whose state it is.</param>
    /// <param name="id">The container's.</param>
    public static OciBundle Create(string root, string runtime, string id)
    {
        OciBundle bundle = new(Path.Combine(root, id[..ShortId]), Path.Combine(root, StateDirectory, runtime));
        System.IO.Directory.CreateDirectory(root, OwnerOnly);
        bundle.Remove(id);
        System.IO.Directory.CreateDirectory(bundle._directory, OwnerOnly);
        System.IO.Directory.CreateDirectory(bundle._state, OwnerOnly);
        return bundle;
    }

    public void Write(JObject configuration) => File.WriteAllText(Path.Combine(_directory, "config.json"), configuration.ToString(Formatting.None));

    /// <summary>Before the runtime is told to create: it connects and sends the terminal's master.</summary>
    public void ListenForTerminal()
    {
        _console = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _console.Bind(new UnixDomainSocketEndPoint(ConsoleSocket));
        _console.Listen(1);
    }

    /// <summary>After the runtime has created: what it has sent by then.</summary>
    public async Task<SafeFileHandle> TakeTerminalAsync(CancellationToken cancellation)
    {
        using Socket connection = await _console!.AcceptAsync(cancellation);
        List<SafeFileHandle> received = [];
        byte[] name = new byte[4096];
        int count;
        while ((count = Libc.try_recvmsg((int)connection.Handle, name, received)) == -Libc.EAGAIN)
        {
            await connection.ReceiveAsync(Memory<byte>.Empty, cancellation);
        }

        return received is [{ } master] ? master : throw EngineException.System($"the runtime sent {received.Count} fds as the terminal ({count})");
    }

    /// <summary>The last thing that the runtime complained of; null when it said nothing.</summary>
    public string? LastError()
    {
        string? last = null;
        foreach (string line in File.Exists(LogFile) ? File.ReadLines(LogFile) : [])
        {
            try
            {
                JObject entry = JObject.Parse(line);
                last = (string?)entry["level"] == "error" ? (string?)entry["msg"] : last;
            }
            catch (JsonReaderException)
            {
                last = line;
            }
        }

        return last;
    }

    /// <summary>Removes what a runtime that was asked to delete may have left, and the bundle.</summary>
    public void Remove(string id)
    {
        foreach (string directory in (string[])[_directory, Path.Combine(_state, id)])
        {
            if (System.IO.Directory.Exists(directory))
            {
                System.IO.Directory.Delete(directory, recursive: true);
            }
        }
    }

    public void Dispose() => _console?.Dispose();
}
