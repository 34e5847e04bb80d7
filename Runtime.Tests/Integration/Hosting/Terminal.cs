using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Xunit.Sdk;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>A pseudo terminal and a program on it, as in a user's window: the program leads a session whose controlling terminal this is.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly TimeSpan s_lastOutput = TimeSpan.FromSeconds(5);

    private readonly SafeFileHandle _master;
    private readonly FileStream _stream;
    private readonly StringBuilder _output = new();
    private readonly Task<int> _exit;
    private readonly TaskCompletionSource _shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _commandLine;
    private readonly int _pid;

    public Terminal(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        _commandLine = string.Join(' ', command);
        _master = OpenMaster();
        Resize(24, 80);
        _pid = Spawn(command, environment, PathOfSlave(_master));
        _stream = new FileStream(_master, FileAccess.ReadWrite, bufferSize: 0);
        new Thread(ReadAll) { IsBackground = true, Name = "terminal reader" }.Start();
        _exit = Task.Factory.StartNew(WaitForChild, TaskCreationOptions.LongRunning);
    }

    /// <summary>All that was shown so far, carriage returns removed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString().Replace("\r", "", StringComparison.Ordinal);
            }
        }
    }

    public void Type(string keys) => _stream.Write(Encoding.UTF8.GetBytes(keys));

    /// <summary>Sets the window's size; the kernel sends SIGWINCH to the program.</summary>
    public unsafe void Resize(ushort rows, ushort columns)
    {
        ushort* size = stackalloc ushort[] { rows, columns, 0, 0 };
        if (Libc.ioctl((int)_master.DangerousGetHandle(), Libc.TIOCSWINSZ, size) != 0)
        {
            throw new Win32Exception();
        }
    }

    /// <summary>Waits until a text has been shown.</summary>
    public Task ShowsAsync(string text) =>
        Eventually.HoldsAsync($"'{text}' on the terminal of {_commandLine}", () => Output.Contains(text, StringComparison.Ordinal), () => $"it shows: {Output}");

    /// <summary>Waits for the program's end, until all is shown that it wrote, and returns its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        try
        {
            int code = await _exit.WaitAsync(Command.Patience);

            // A child that it left behind may keep the terminal open.
            await Task.WhenAny(_shown.Task, Task.Delay(s_lastOutput));
            return code;
        }
        catch (TimeoutException)
        {
            throw new XunitException($"hangs on its terminal: {_commandLine}\nit shows: {Output}");
        }
    }

    public void Dispose()
    {
        if (!_exit.IsCompleted)
        {
            _ = Libc.kill(_pid, Libc.SIGKILL);
        }

        _stream.Dispose();
        _master.Dispose();
    }

    private static SafeFileHandle OpenMaster()
    {
        int fd = Check(Libc.posix_openpt(Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_CLOEXEC));
        SafeFileHandle master = new(fd, ownsHandle: true);
        Check(Libc.grantpt(fd));
        Check(Libc.unlockpt(fd));
        return master;
    }

    private static unsafe string PathOfSlave(SafeFileHandle master)
    {
        byte* path = stackalloc byte[64];
        Check(Libc.ptsname_r((int)master.DangerousGetHandle(), path, 64));
        return Marshal.PtrToStringUTF8((nint)path)!;
    }

    /// <summary>posix_spawn makes the session first and opens the terminal then, which makes it the controlling one; Process.Start can do neither.</summary>
    private static unsafe int Spawn(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string slave)
    {
        byte* attributes = stackalloc byte[Libc.OpaqueSize];
        byte* actions = stackalloc byte[Libc.OpaqueSize];
        byte* signals = stackalloc byte[Libc.OpaqueSize];
        nint[] argv = ToNative(command);
        nint[] envp = ToNative(Merge(environment));
        _ = Libc.posix_spawnattr_init(attributes);
        _ = Libc.posix_spawn_file_actions_init(actions);
        try
        {
            _ = Libc.posix_spawnattr_setflags(attributes, Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK);
            _ = Libc.sigemptyset(signals);
            _ = Libc.posix_spawnattr_setsigmask(attributes, signals);
            _ = Libc.sigfillset(signals);
            _ = Libc.posix_spawnattr_setsigdefault(attributes, signals);
            _ = Libc.posix_spawn_file_actions_addopen(actions, 0, slave, Libc.O_RDWR, 0);
            _ = Libc.posix_spawn_file_actions_adddup2(actions, 0, 1);
            _ = Libc.posix_spawn_file_actions_adddup2(actions, 0, 2);
            int pid;
            int error = Libc.posix_spawn(&pid, Prerequisites.Which(command[0]) ?? command[0], actions, attributes, argv, envp);
            return error == 0 ? pid : throw new Win32Exception(error);
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
            Array.ForEach([.. argv, .. envp], Marshal.FreeCoTaskMem);
        }
    }

    private static nint[] ToNative(IEnumerable<string> strings) => [.. strings.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static IEnumerable<string> Merge(IReadOnlyDictionary<string, string> environment)
    {
        Dictionary<string, string> all = new(environment);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            all.TryAdd((string)entry.Key, (string)entry.Value!);
        }

        return all.Select(entry => $"{entry.Key}={entry.Value}");
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception();

    private void ReadAll()
    {
        byte[] buffer = new byte[4096];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        char[] characters = new char[4096];
        try
        {
            for (int count = _stream.Read(buffer); count > 0; count = _stream.Read(buffer))
            {
                int length = decoder.GetChars(buffer, 0, count, characters, 0);
                lock (_output)
                {
                    _output.Append(characters, 0, length);
                }
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // EIO: the last process has closed the terminal, or the test is over.
            return;
        }
        finally
        {
            _shown.SetResult();
        }
    }

    private unsafe int WaitForChild()
    {
        int status;
        while (Libc.waitpid(_pid, &status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != 4)
            {
                throw new Win32Exception();
            }
        }

        return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
    }
}
