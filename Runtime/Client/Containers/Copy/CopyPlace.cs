namespace Rtd.Client.Containers.Copy;

/// <summary>One side of a copy: a path here, in a container, or a stream.</summary>
/// <param name="Container">null for the client's side.</param>
/// <param name="Path">As it was written; "-" is a standard stream.</param>
internal readonly record struct CopyPlace(string? Container, string Path)
{
    public const string Stream = "-";

    public bool IsStream => Container is null && Path == Stream;

    /// <summary>The directory itself is not copied, only what is in it.</summary>
    public bool IsContents => Path is "." or "/" || Path.EndsWith("/.", StringComparison.Ordinal);

    /// <summary>A path that can only be a directory.</summary>
    public bool IsDirectory => IsContents || Path.EndsWith('/');

    /// <summary>The last part of the path.</summary>
    public string BaseName => System.IO.Path.GetFileName(Trimmed);

    /// <summary>The path without a last slash.</summary>
    public string Trimmed => Path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";

    /// <summary>Takes an argument apart. What begins with / or . is always a path here, even with a colon in it.</summary>
    public static CopyPlace Parse(string argument)
    {
        int colon = argument.IndexOf(':');
        return colon < 0 || argument[0] is '/' or '.' ? new CopyPlace(null, argument) : new CopyPlace(argument[..colon], argument[(colon + 1)..]);
    }
}
