using Microsoft.Win32.SafeHandles;

namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>The json-file driver: Docker's line format, in files that are rotated.</summary>
/// <remarks>
/// One lock guards the writer's state; it is held for memory copies and write(2), and by readers only to learn how far they may read and to open
/// files. Reading itself is by fd and offset, so that no reader is in the writer's way and rotation is in no reader's way.
/// </remarks>
internal sealed partial class JsonFileLog(string path, JsonFileOptions options) : ILogDriver
{
    private readonly Lock _lock = new();
    private readonly JsonLineEncoder _encoder = new(options.Attributes);

    /// <summary>The current file once something was written.</summary>
    private SafeFileHandle? _file;

    /// <summary>Bytes in the current file that readers may see: always whole lines.</summary>
    private long _size;

    /// <summary>Whether <see cref="_size"/> is true: since the first write, also after closing.</summary>
    private bool _sizeKnown;

    /// <summary>Number of the current file; the rotated ones count down from it.</summary>
    private long _generation;

    /// <summary>Completed at the next change when a reader waits.</summary>
    private TaskCompletionSource? _wake;

    private readonly LogLoss _loss = new();

    private bool _disposed;

    /// <summary>The driver's: json-file or local, which differ in their defaults.</summary>
    public string Name { get; init; } = LogDrivers.Default;

    public bool CanRead => true;

    /// <summary>The current file, as <c>inspect</c> shows it.</summary>
    public string Path { get; } = path;

    /// <summary>Messages that could not be kept, because the disk was full or failed.</summary>
    public long LostMessages => _loss.Messages;

    /// <summary>Why the last of them were lost.</summary>
    public string? LastError { get; private set; }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                FlushBuffer();
                ReleaseBuffer();
                _disposed = true;
                _file?.Dispose();
                _file = null;
                _loss.TellRest(Path);
                Wake();
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Where a rotated file is: 0 is the current one.</summary>
    private string PathOf(long age) => age == 0 ? Path : $"{Path}.{age}";

    private string CompressedPathOf(long age) => PathOf(age) + ".gz";

    private void Wake()
    {
        _wake?.TrySetResult();
        _wake = null;
    }
}
