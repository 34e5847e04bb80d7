using System.Runtime.InteropServices;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Storage.Compression;

/// <summary>Loads a system library when the first archive needs it, so that the daemon starts without it.</summary>
internal static class NativeLibraryLoad
{
    /// <summary>The library, or an error that tells the user what is missing.</summary>
    public static nint Open(string file, string format) => NativeLibrary.TryLoad(file, out nint library)
        ? library
        : throw new EngineException(ErrorKind.NotImplemented, $"cannot read {format} archives: {file} is not installed on this host");
}
