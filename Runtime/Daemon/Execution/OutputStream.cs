namespace Rtd.Daemon.Execution;

/// <summary>Docker's stream numbers, as in the multiplexed frame header. A terminal's output is stdout.</summary>
internal enum OutputStream : byte
{
    Stdin = 0,
    Stdout = 1,
    Stderr = 2,
    Systemerr = 3,
}
