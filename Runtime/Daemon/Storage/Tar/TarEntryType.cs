namespace Rtd.Daemon.Storage.Tar;

/// <summary>What an archive member becomes on disk.</summary>
internal enum TarEntryType
{
    File,
    HardLink,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Directory,
    Fifo,
}
