namespace Rtd.Daemon.Networking.Links;

/// <summary>Network settings below <c>/proc/sys/net</c>, of the calling thread's network namespace.</summary>
internal static class Sysctl
{
    /// <summary>Writes a value unless it is there already. Returns false when the kernel has no such setting (no IPv6).</summary>
    public static bool Set(string name, string value)
    {
        string path = $"/proc/sys/net/{name}";
        if (!File.Exists(path))
        {
            return false;
        }

        if (File.ReadAllText(path).Trim() != value)
        {
            File.WriteAllText(path, value);
        }

        return true;
    }
}
