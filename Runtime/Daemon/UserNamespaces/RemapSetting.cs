using System.Globalization;
using Mono.Unix.Native;
using Rtd.Daemon.Configuration;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>The value of <c>--userns-remap</c>: whose subordinate ids containers get.</summary>
/// <param name="User">A user's name.</param>
/// <param name="Group">A group's name.</param>
internal sealed record RemapSetting(string User, string Group)
{
    /// <summary>What <c>default</c> stands for; the name is Docker's, so that its ranges serve here too.</summary>
    public const string DefaultUser = "dockremap";

    private const string Default = "default";

    /// <summary>Looks the names up: <c>default</c>, <c>user</c>, <c>user:group</c>, each a name or a number.</summary>
    /// <exception cref="ConfigurationException">With Docker's words.</exception>
    public static RemapSetting Parse(string setting)
    {
        string[] parts = setting.Split(':');
        if (parts.Length > 2 || parts[0].Length == 0)
        {
            throw new ConfigurationException($"invalid user/group specification in --userns-remap: \"{setting}\"");
        }

        if (parts[0] == Default)
        {
            SubordinateUser.Ensure(DefaultUser);
        }

        string user = FindUser(parts[0] == Default ? DefaultUser : parts[0]);
        return new RemapSetting(user, parts.Length == 2 ? FindGroup(parts[1], parts[1]) : FindGroup(IsNumber(parts[0]) ? parts[0] : user, parts[0]));
    }

    /// <summary>As <see cref="Parse"/>, and makes nothing: the user that <c>default</c> stands for is made by the start.</summary>
    public static void Check(string setting)
    {
        if (setting != Default)
        {
            Parse(setting);
        }
    }

    private static string FindUser(string text)
    {
        if (IsNumber(text))
        {
            return Syscall.getpwuid(Number(text))?.pw_name ?? throw new ConfigurationException($"uid {text} has no entry in /etc/passwd: no such user");
        }

        return Syscall.getpwnam(text)?.pw_name ?? throw new ConfigurationException($"error during uid lookup for \"{text}\": no such user");
    }

    private static string FindGroup(string text, string subject)
    {
        if (IsNumber(text))
        {
            return Syscall.getgrgid(Number(text))?.gr_name ?? throw new ConfigurationException($"gid {text} has no entry in /etc/group: no such group");
        }

        return Syscall.getgrnam(text)?.gr_name ?? throw new ConfigurationException($"error during gid lookup for \"{subject}\": no such group");
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private static uint Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
        ? number
        : throw new ConfigurationException($"invalid id in --userns-remap: {text}");
}
