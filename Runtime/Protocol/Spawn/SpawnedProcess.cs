using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Spawn;

/// <summary>A child: its pid in our pid namespace, and the pidfd by which it is signalled and reaped. The owner must reap it.</summary>
internal readonly record struct SpawnedProcess(int Pid, SafeFileHandle Pidfd);
