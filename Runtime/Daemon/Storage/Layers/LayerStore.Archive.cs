using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Layers;

internal sealed partial class LayerStore
{
    /// <exception cref="EngineException">System: the layer's archive cannot be made again.</exception>
    public void CheckArchive(Layer layer)
    {
        if (!HasArchive(layer))
        {
            throw EngineException.System($"layer {layer.DiffId} cannot be saved: its archive had several entries of one name");
        }
    }

    private bool HasArchive(Layer layer) => File.Exists(Path.Combine(_layout.Layer(layer.ChainId), TapeName));

    /// <summary>Writes the layer's archive as it was, byte for byte; the caller holds the layer.</summary>
    public void WriteArchive(Layer layer, Stream output, CancellationToken cancelled)
    {
        using SafeFileHandle root = Libc.open(_layout.Diff(layer.ChainId), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        TarTape.Play(Path.Combine(_layout.Layer(layer.ChainId), TapeName), new ArchiveOutput(root, output, cancelled));
    }

    private sealed class ArchiveOutput(SafeFileHandle root, Stream output, CancellationToken cancelled) : ITarTape
    {
        private readonly byte[] _buffer = new byte[128 * 1024];

        public void Raw(ReadOnlySpan<byte> bytes)
        {
            cancelled.ThrowIfCancellationRequested();
            output.Write(bytes);
        }

        public void Content(ReadOnlySpan<byte> path, long size)
        {
            byte[] name = [.. path, 0];
            int fd = Libc.try_openat2(root.Fd(), name, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK, 0, Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS);
            using SafeFileHandle file = fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat2", -fd, RawName.Show(name));
            for (long offset = 0; offset < size;)
            {
                cancelled.ThrowIfCancellationRequested();
                int read = RandomAccess.Read(file, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, size - offset)), offset);
                if (read == 0)
                {
                    throw new InvalidDataException($"{RawName.Show(name)} is shorter than it was");
                }

                output.Write(_buffer.AsSpan(0, read));
                offset += read;
            }
        }
    }
}
