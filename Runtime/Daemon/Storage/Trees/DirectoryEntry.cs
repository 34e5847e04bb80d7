namespace Rtd.Daemon.Storage.Trees;

/// <summary>A name in a directory: zero-terminated bytes, and the DT_* type that the file system told (DT_UNKNOWN when it did not).</summary>
internal readonly record struct DirectoryEntry(byte[] Name, byte Type);
