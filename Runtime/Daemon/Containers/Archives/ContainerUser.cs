using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>The user that a container runs as, as numbers.</summary>
internal sealed record ContainerUser(uint Uid, uint Gid)
{
    /// <summary>Resolves <c>USER[:GROUP]</c>, names or numbers, with the container's own passwd and group; without a group it is the user's, or 0.</summary>
    public static ContainerUser Find(ContainerRoot root, string text)
    {
        string[] parts = text.Split(':', 2);
        string[]? account = AccountFile.Find((path, flags) => root.TryOpen(path, flags), "etc/passwd", 7, parts[0]);
        uint uid = AccountFile.Number(parts[0]) ?? AccountFile.Number(account?[2])
            ?? throw EngineException.InvalidParameter($"unable to find user {parts[0]}: no matching entries in passwd file");
        if (parts.Length == 1)
        {
            return new ContainerUser(uid, AccountFile.Number(account?[3]) ?? 0);
        }

        uint gid = AccountFile.Number(parts[1]) ?? AccountFile.Number(AccountFile.Find((path, flags) => root.TryOpen(path, flags), "etc/group", 3, parts[1])?[2])
            ?? throw EngineException.InvalidParameter($"unable to find group {parts[1]}: no matching entries in group file");
        return new ContainerUser(uid, gid);
    }
}
