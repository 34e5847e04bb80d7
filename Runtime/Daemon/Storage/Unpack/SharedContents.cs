using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>
/// What whoever writes a layer's archive knows besides: of which files its members are copies. The unpacking has those share their data where the file
/// system can (reflinks), instead of writing it once more. The archive's bytes are read and hashed all the same.
/// </summary>
/// <remarks>
/// The files must not change while the archive is written; contexts and layers never do. Not hard links: the inode of a file in a layer is a lower
/// file of overlay mounts, its owner, mode and times are the layer's own, and removing or committing one layer must not touch another's.
/// </remarks>
internal sealed class SharedContents : IDisposable
{
    /// <summary>In bytes: below, a write costs no more than the two calls.</summary>
    public const long Least = 64 << 10;

    private readonly ConcurrentDictionary<string, SafeFileHandle> _files = [];
    private volatile bool _isImpossible;

    /// <summary>Says whose content the member that is written next has.</summary>
    /// <param name="path">Of the member, in bytes, as the archive names it.</param>
    /// <param name="open">Opens the file for reading; called where it may be of use.</param>
    public void Offer(ReadOnlySpan<byte> path, Func<SafeFileHandle> open)
    {
        if (!_isImpossible && !_files.TryAdd(Encoding.Latin1.GetString(path), open()))
        {
            throw new InvalidOperationException("a member was offered twice");
        }
    }

    /// <summary>Gives a new file the content that was offered for a path; false when it is to be written.</summary>
    /// <param name="size">What the archive says; a file of another size is not the one.</param>
    public bool TryShare(ReadOnlySpan<byte> path, SafeFileHandle target, long size)
    {
        if (size < Least || _files.IsEmpty || !_files.TryRemove(Encoding.Latin1.GetString(path), out SafeFileHandle? file))
        {
            return false;
        }

        using (file)
        {
            if ((long)Libc.fstat(file.Fd(), "shared file").stx_size != size)
            {
                return false;
            }

            // Another file system, or one that cannot: that is so for the others too.
            _isImpossible = Libc.try_ficlone(target.Fd(), file.Fd()) != 0;
            return !_isImpossible;
        }
    }

    public void Dispose()
    {
        foreach (SafeFileHandle file in _files.Values)
        {
            file.Dispose();
        }
    }
}
