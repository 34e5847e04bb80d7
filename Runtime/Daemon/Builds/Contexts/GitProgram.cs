using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Images;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary>The host's git in one directory.</summary>
internal sealed class GitProgram
{
    /// <summary>What is kept of its words, in bytes.</summary>
    private const int MaxWords = 4096;

    private static readonly string[] s_paths = ["/usr/bin/git", "/usr/local/bin/git"];

    /// <summary>No configuration of anybody's, no questions, and no protocol but those of the network.</summary>
    private static readonly string[] s_environment =
    [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/nonexistent",
        "LC_ALL=C",
        "GIT_CONFIG_NOSYSTEM=1",
        "GIT_CONFIG_GLOBAL=/dev/null",
        "GIT_TERMINAL_PROMPT=0",
        "GIT_ALLOW_PROTOCOL=http:https:git:ssh",
        "GIT_SSH_COMMAND=ssh -oBatchMode=yes",
    ];

    private readonly string _path;
    private readonly string _directory;

    private GitProgram(string path, string directory)
    {
        _path = path;
        _directory = directory;
    }

    /// <exception cref="EngineException">System: it is not installed.</exception>
    public static GitProgram Find(string directory) => new(
        s_paths.FirstOrDefault(File.Exists) ?? throw EngineException.System("a git repository cannot be the context: git is not installed where the daemon runs"),
        directory);

    /// <summary>Runs it to its end; killed when that is cancelled.</summary>
    /// <exception cref="EngineException">Invalid parameter: it failed; with its words.</exception>
    public async Task RunAsync(CancellationToken cancelled, params IReadOnlyList<string> arguments)
    {
        using SafeFileHandle nothing = Libc.open("/dev/null", Libc.O_RDWR);
        using SafeFileHandle words = Libc.memfd_create("git");
        Libc.try_ftruncate(words.Fd(), MaxWords);
        Libc.fcntl(words.Fd(), Libc.F_ADD_SEALS, Libc.F_SEAL_GROW | Libc.F_SEAL_SHRINK | Libc.F_SEAL_SEAL);
        using IoSource process = IoLoop.Shared.Register(Spawner.Spawn(new SpawnRequest
        {
            ExecutableFd = Libc.AT_FDCWD,
            Path = _path,
            Arguments = ["git", "-C", _directory, "-c", "core.hooksPath=/dev/null", "-c", "protocol.file.allow=never", .. arguments],
            Environment = s_environment,
            Fds = [(nothing, 0), (nothing, 1), (words, 2)],
        }).Pidfd);
        int code = await EndAsync(process, cancelled);
        cancelled.ThrowIfCancellationRequested();
        if (code != 0)
        {
            byte[] said = new byte[MaxWords];
            int length = Math.Max(Libc.try_pread(words.Fd(), said, 0), 0);
            string text = Encoding.UTF8.GetString(said, 0, length).Trim('\0', '\n').ReplaceLineEndings("; ");
            throw EngineException.InvalidParameter($"unable to prepare context: git {arguments[0]} failed with exit code {code}: {ShownAddress.In(text)}");
        }
    }

    /// <summary>It is reaped also when nobody wants its result any more.</summary>
    private static async Task<int> EndAsync(IoSource process, CancellationToken cancelled)
    {
        await using CancellationTokenRegistration kill = cancelled.Register(() => _ = Libc.try_pidfd_send_signal(process.Handle.Fd(), Libc.SIGKILL));
        int? code;
        while ((code = Libc.waitid_pidfd(process.Handle.Fd(), block: false)) is null)
        {
            await process.ReadableAsync();
        }

        return code.Value;
    }
}
