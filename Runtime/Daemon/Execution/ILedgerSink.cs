using Rtd.Daemon.Logging;

namespace Rtd.Daemon.Execution;

/// <summary>A sink that says in a ledger what it has dealt with.</summary>
internal interface ILedgerSink : IOutputSink
{
    /// <summary>null when the log cannot be cut back: then a kill of the daemon may lose or double what was under way.</summary>
    OutputLedger? Ledger { get; }

    /// <summary>Output that was read at another time, by the supervisor.</summary>
    ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data, DateTimeOffset at);
}
