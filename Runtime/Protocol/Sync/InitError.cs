namespace Rtd.Protocol.Sync;

/// <summary>A step of rtinit that failed.</summary>
/// <param name="Step">What it was doing.</param>
/// <param name="Errno">0 when it was not a system call.</param>
/// <param name="Message">One line with call and subject.</param>
internal sealed record InitError(InitStep Step, int Errno, string Message);
