using NLog;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>Brings the log of a container that has outlived a daemon up to date: what that one had in hand, then what the supervisor has drained.</summary>
/// <param name="spool">The directory with drained output; empty when it was let go.</param>
internal sealed class OutputRecovery(IOutputSink sink, string spool, bool terminal)
{
    private static readonly Logger s_log = LogManager.GetLogger("containers");

    public async Task RunAsync(IReadOnlyList<IOutputPump> pumps)
    {
        foreach (LedgerPump pump in pumps.OfType<LedgerPump>())
        {
            await pump.ResumeAsync();
        }

        if (spool.Length == 0 || sink is not ILedgerSink log)
        {
            return;
        }

        List<SpoolReader> readers = [];
        try
        {
            Open(readers, log, OutputStream.Stdout, terminal ? HeldFds.Terminal : HeldFds.Stdout);
            Open(readers, log, OutputStream.Stderr, HeldFds.Stderr);
            while (readers.Where(reader => reader.HasRecord).MinBy(reader => reader.Time) is { } next)
            {
                log.Ledger?.PrepareSpool(next.Stream, next.Id, next.Offset);
                await log.WriteAsync(next.Stream, next.Data, next.Time);
                next.Advance();
            }

            readers.ForEach(reader => reader.Delete());
        }
        catch (Exception failure) when (failure is IOException or SyscallException or UnauthorizedAccessException)
        {
            s_log.Error(failure, "output that was kept while there was no daemon cannot be read: {0}", spool);
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    private void Open(List<SpoolReader> readers, ILedgerSink log, OutputStream stream, string name)
    {
        OutputLedger.StreamState state = log.Ledger?.StateOf(stream) ?? default;
        if (SpoolReader.Open(Path.Combine(spool, HeldFds.SpoolName(name)), stream, state.Spool, state.SpoolOffset) is { } reader)
        {
            readers.Add(reader);
        }
    }
}
