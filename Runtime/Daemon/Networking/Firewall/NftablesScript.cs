using System.Runtime.ExceptionServices;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>A script on its way through the thread of <see cref="Nftables"/>. No task: who completes one may start a thread, which that thread must not.</summary>
/// <param name="text">UTF-8 with a zero at its end.</param>
internal sealed class NftablesScript(byte[] text)
{
    private readonly ManualResetEventSlim _ended = new();
    private Exception? _broken;

    public byte[] Text => text;

    public bool Failed { get; private set; }

    /// <summary>What nft prints, of a script that failed its complaint.</summary>
    public string Output { get; private set; } = "";

    public void End(bool failed, string output)
    {
        (Failed, Output) = (failed, output);
        _ended.Set();
    }

    public void Break(Exception failure)
    {
        _broken = failure;
        _ended.Set();
    }

    /// <summary>Until it has ended; throws what has broken it.</summary>
    public void Wait()
    {
        _ended.Wait();
        if (_broken is not null)
        {
            ExceptionDispatchInfo.Throw(_broken);
        }
    }
}
