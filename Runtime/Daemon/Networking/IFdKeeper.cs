using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Daemon.Networking;

/// <summary>Keeps sockets open beyond the daemon's end (live restore): who connects meanwhile waits for the next daemon.</summary>
internal interface IFdKeeper
{
    /// <param name="target">Where connections of a listening TCP socket lead, which are served meanwhile; null: they wait.</param>
    void Keep(string name, SafeHandle fd, IPEndPoint? target = null);

    void Drop(string name);

    /// <summary>What a former daemon had kept; null when there is none of that name.</summary>
    SafeFileHandle? TakeKept(string name);
}
