namespace Rtd.Daemon.Storage.Tar;

/// <summary>A time stamp: seconds since 1970, possibly negative, and nanoseconds 0..999,999,999 towards the future.</summary>
internal readonly record struct TarTime(long Seconds, long Nanoseconds);
