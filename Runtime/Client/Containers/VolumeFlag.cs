namespace Rtd.Client.Containers;

/// <summary>-v: [source:]target[:options].</summary>
internal static class VolumeFlag
{
    /// <summary>The bind as the API takes it, or null for a bare target, which becomes an anonymous volume.</summary>
    /// <exception cref="ClientException">The text is empty or has too many parts.</exception>
    public static string? ToBind(string text)
    {
        if (text.Length == 0)
        {
            throw new ClientException("invalid empty volume spec");
        }

        string[] parts = text.Split(':');
        if (parts.Length > 3)
        {
            throw new ClientException($"invalid spec: {text}: too many colons");
        }

        if (parts.Length == 1)
        {
            return null;
        }

        if (parts[0].Length == 0 || parts[1].Length == 0)
        {
            throw new ClientException($"invalid spec: {text}: empty section between colons");
        }

        // Docker's client resolves "./x" and "../x"; a bare name is a volume's.
        parts[0] = parts[0].StartsWith('.') ? Path.GetFullPath(parts[0]) : parts[0];
        return string.Join(':', parts);
    }
}
