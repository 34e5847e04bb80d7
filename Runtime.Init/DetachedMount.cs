using Microsoft.Win32.SafeHandles;

namespace Rtd.Init;

/// <summary>A mount that is not attached anywhere yet, and whether its root is a directory.</summary>
internal sealed record DetachedMount(SafeFileHandle Fd, bool IsDirectory);
