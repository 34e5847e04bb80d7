namespace Rtd.Init;

/// <summary>A step that cannot go on for a reason of its own rather than a system call's.</summary>
internal sealed class InitException(int errno, string message) : Exception(message)
{
    public int Errno { get; } = errno;
}
