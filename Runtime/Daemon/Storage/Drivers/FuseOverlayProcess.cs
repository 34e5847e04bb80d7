using System.Text;
using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>One running fuse-overlayfs. It ends with its mount, and is reaped then whether anybody waits for it or not.</summary>
internal sealed class FuseOverlayProcess
{
    private static readonly Logger s_log = LogManager.GetLogger("storage");

    /// <summary>How long it may take once its mount should have ended.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly IoSource _pidfd;
    private readonly SafeFileHandle _words;
    private readonly string _subject;
    private readonly Lock _gate = new();
    private bool _reaped;

    /// <param name="pidfd">Taken over.</param>
    /// <param name="words">A file with its standard error, filled up with zeros; taken over.</param>
    /// <param name="subject">What it serves, for messages.</param>
    public FuseOverlayProcess(IoSource pidfd, SafeFileHandle words, string subject)
    {
        _pidfd = pidfd;
        _words = words;
        _subject = subject;
        Ended = AttendAsync();
    }

    /// <summary>Completes with what it wrote to standard error.</summary>
    public Task<string> Ended { get; }

    public void Kill()
    {
        lock (_gate)
        {
            if (!_reaped)
            {
                Libc.try_pidfd_send_signal(_pidfd.Handle.Fd(), Libc.SIGKILL);
            }
        }
    }

    /// <summary>Waits for the end that follows the end of the mount; should something hold on to that, the process is killed.</summary>
    /// <exception cref="TimeoutException">It does not even die.</exception>
    public async Task EndAsync()
    {
        try
        {
            await Ended.WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            s_log.Warn("fuse-overlayfs of {0} is killed: something still holds its file system", _subject);
            Kill();
            await Ended.WaitAsync(s_patience);
        }
    }

    private async Task<string> AttendAsync()
    {
        int? code;
        while ((code = Libc.waitid_pidfd(_pidfd.Handle.Fd(), block: false)) is null)
        {
            await _pidfd.ReadableAsync();
        }

        lock (_gate)
        {
            _reaped = true;
            _pidfd.Dispose();
        }

        string words = TakeWords();
        if (code != 0)
        {
            s_log.Error("fuse-overlayfs of {0} ended with code {1}: {2}", _subject, code, words);
        }

        return words;
    }

    private string TakeWords()
    {
        using (_words)
        {
            Span<byte> buffer = stackalloc byte[4096];
            int count = Math.Max(Libc.try_pread(_words.Fd(), buffer, 0), 0);
            return Encoding.UTF8.GetString(buffer[..count]).TrimEnd('\0', '\n').ReplaceLineEndings("; ");
        }
    }
}
