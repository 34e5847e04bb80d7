using Rtd.Daemon.Containers.Archives;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Files;

/// <summary>Whose files become.</summary>
internal sealed record FileOwner(uint Uid, uint Gid)
{
    public static FileOwner Root { get; } = new(0, 0);

    /// <summary>Reads <c>--chown=USER[:GROUP]</c> with the image's own passwd and group; without a group it is the one of the user's name or number, as for Docker.</summary>
    /// <exception cref="EngineException">Invalid parameter: there is no such user or group.</exception>
    public static FileOwner Parse(FileTree image, string text)
    {
        string[] parts = text.Split(':', 2);
        (string user, string group) = parts.Length == 2 ? (parts[0], parts[1]) : (text, text);
        return new FileOwner(Id(image, "etc/passwd", 7, user, "user", "uid"), Id(image, "etc/group", 3, group, "group", "gid"));
    }

    private static uint Id(FileTree image, string file, int fields, string name, string kind, string id)
    {
        int Open(byte[] path, int flags) => image.TryOpen(BytePath.FromBytes(path.AsSpan(..^1)), flags);
        string[]? line = AccountFile.Number(name) is null && name.Length > 0 ? AccountFile.Find(Open, file, fields, name) : null;
        return AccountFile.Number(name) ?? (line?[0] == name ? AccountFile.Number(line[2]) : null)
            ?? throw EngineException.InvalidParameter($"unable to convert uid/gid chown string to host mapping: can't find {id} for {kind} {name}: no such {kind}: {name}");
    }
}
