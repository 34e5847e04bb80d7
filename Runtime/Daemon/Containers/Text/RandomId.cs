using System.Security.Cryptography;

namespace Rtd.Daemon.Containers.Text;

/// <summary>Ids of containers, execs and anonymous volumes: 64 hex digits.</summary>
internal static class RandomId
{
    /// <summary>Digits of the short form that lists and host names show.</summary>
    public const int ShortLength = 12;

    /// <summary>A new id whose short form is not all decimal: such a host name would read as a number.</summary>
    public static string Create()
    {
        while (true)
        {
            string id = RandomNumberGenerator.GetHexString(64, lowercase: true);
            if (id.AsSpan(0, ShortLength).IndexOfAnyExceptInRange('0', '9') >= 0)
            {
                return id;
            }
        }
    }

    public static string Short(string id) => id.Length > ShortLength ? id[..ShortLength] : id;
}
