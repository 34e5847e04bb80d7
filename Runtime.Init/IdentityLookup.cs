using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Resolves Docker's user string with the image's passwd and group.</summary>
/// <remarks>What reads as a number is a number and never looked up as a name (CVE-2024-40635, CVE-2016-3697): out of range is an error, not root.</remarks>
internal static class IdentityLookup
{
    public static Identity Find(int root, string user, IReadOnlyList<string> additionalGroups)
    {
        (string userPart, string? groupPart) = Split(user);
        List<string[]> passwd = AccountFile.Read(root, "etc/passwd", 7);
        List<string[]> groups = AccountFile.Read(root, "etc/group", 4);

        (uint uid, string[]? entry) = FindUser(userPart, passwd);
        uint gid = groupPart is not null ? FindGroup(groupPart, groups)
            : entry is not null && TryNumber(entry[3], out uint primary) ? primary : 0;

        SortedSet<uint> all = [gid];
        if (groupPart is null && entry is not null)
        {
            AddMemberships(all, entry[0], groups);
        }

        foreach (string group in additionalGroups)
        {
            all.Add(FindGroup(group, groups));
        }

        string home = entry is { } found && found[5].Length > 0 ? found[5] : "/";
        return new Identity(uid, gid, [.. all], home);
    }

    private static (string User, string? Group) Split(string user)
    {
        // As docker: a half that is empty is one that is not given.
        int colon = user.IndexOf(':');
        return colon < 0 ? (user, null) : (user[..colon], colon == user.Length - 1 ? null : user[(colon + 1)..]);
    }

    private static (uint Uid, string[]? Entry) FindUser(string user, List<string[]> passwd)
    {
        if (user.Length == 0 || IsNumber(user))
        {
            uint uid = user.Length == 0 ? 0 : Number(user, "user");
            return (uid, passwd.Find(line => TryNumber(line[2], out uint id) && id == uid));
        }

        string[]? entry = passwd.Find(line => line[0] == user);
        return entry is not null && TryNumber(entry[2], out uint named)
            ? (named, entry)
            : throw new InitException(Libc.EINVAL, $"unable to find user {user}: no matching entries in passwd file");
    }

    private static uint FindGroup(string group, List<string[]> groups)
    {
        if (IsNumber(group))
        {
            return Number(group, "group");
        }

        string[]? entry = groups.Find(line => line[0] == group);
        return entry is not null && TryNumber(entry[2], out uint gid)
            ? gid
            : throw new InitException(Libc.EINVAL, $"unable to find group {group}: no matching entries in group file");
    }

    private static void AddMemberships(SortedSet<uint> all, string name, List<string[]> groups)
    {
        foreach (string[] line in groups)
        {
            if (line[3].Split(',').Contains(name) && TryNumber(line[2], out uint gid))
            {
                all.Add(gid);
            }
        }
    }

    /// <summary>Anything that reads as a number, also with a sign, is one: a negative id is out of range, not a name that passwd may map to root.</summary>
    private static bool IsNumber(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan().TrimStart("+-");
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    private static uint Number(string digits, string what) => TryNumber(digits, out uint number)
        ? number
        : throw new InitException(Libc.EINVAL, $"{what} id {digits} is out of range: must be 0 to 2147483647");

    private static bool TryNumber(string digits, out uint number) =>
        uint.TryParse(digits, System.Globalization.NumberStyles.None, null, out number) && number <= int.MaxValue;
}
