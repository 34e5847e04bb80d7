using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>
/// Lets a thread make files as the root of a user namespace: on a mount with mapped ids nobody else can (EOVERFLOW). All capabilities stay.
/// </summary>
internal readonly struct AsRoot : IDisposable
{
    private readonly bool _changed;

    private AsRoot(bool changed)
    {
        _changed = changed;
    }

    /// <summary>From here on, until it is disposed on the same thread.</summary>
    /// <param name="maps">null leaves all as it is.</param>
    public static AsRoot Of(IdMaps? maps)
    {
        if (maps is null)
        {
            return default;
        }

        Libc.setfsids(maps.RootUid, maps.RootGid);
        Libc.raise_capabilities();
        return new AsRoot(true);
    }

    public void Dispose()
    {
        if (_changed)
        {
            Libc.setfsids(0, 0);
            Libc.raise_capabilities();
        }
    }
}
