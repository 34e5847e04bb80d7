using System.Text;
using Rtd.Protocol.Syscalls;

namespace Rtd.Tests.Integration.Security.Mounts;

/// <summary>Exchanges two names of a directory as fast as the kernel does it, as a hostile container with the same volume would.</summary>
internal sealed class ExchangeLoop : IDisposable
{
    private const uint RENAME_EXCHANGE = 2;

    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;
    private long _exchanges;

    public ExchangeLoop(string one, string other)
    {
        byte[] first = Encoding.UTF8.GetBytes(one + "\0");
        byte[] second = Encoding.UTF8.GetBytes(other + "\0");
        _thread = new Thread(() =>
        {
            while (!_end.IsCancellationRequested)
            {
                if (Libc.try_renameat2(Libc.AT_FDCWD, first, Libc.AT_FDCWD, second, RENAME_EXCHANGE) == 0)
                {
                    _exchanges++;
                }
            }
        })
        { Name = "exchange loop" };
        _thread.Start();
    }

    /// <summary>How often it has exchanged them; read after the end.</summary>
    public long Exchanges => _exchanges;

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _end.Dispose();
    }
}
