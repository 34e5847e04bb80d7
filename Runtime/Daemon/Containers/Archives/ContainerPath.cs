using System.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>A path in a container as clients of <c>/archive</c> write it: taken from the root, cleaned, but with what its end says kept.</summary>
internal sealed class ContainerPath
{
    private ContainerPath(string clean, string end)
    {
        Clean = clean;
        Text = clean.EndsWith('/') && end.StartsWith('/') ? clean + end[1..] : clean + end;
    }

    /// <summary>Absolute, without ".", ".." and a slash at the end.</summary>
    public string Clean { get; }

    /// <summary>The same with the "/" or "/." that the client wrote at the end: both ask for a directory, the latter for what is in it.</summary>
    public string Text { get; }

    /// <summary>What an archive of it begins with: the last component, "." for what is in a directory, "/" for the root.</summary>
    public string Base => Text.EndsWith("/.", StringComparison.Ordinal) ? "."
        : Clean == "/" ? "/"
        : Clean[(Clean.LastIndexOf('/') + 1)..];

    /// <summary>Relative to the root, zero-terminated; a link as last component is meant itself unless <see cref="MustBeDirectory"/>.</summary>
    public byte[] Bytes => [.. Encoding.UTF8.GetBytes(Clean[1..]), 0];

    public bool MustBeDirectory => Text.Length > Clean.Length || Clean == "/";

    /// <summary>The directory it is in, zero-terminated and relative to the root.</summary>
    public byte[] Directory => [.. Encoding.UTF8.GetBytes(Clean[1..Math.Max(1, Clean.LastIndexOf('/'))]), 0];

    /// <exception cref="EngineException">Invalid parameter: absent or with a NUL.</exception>
    public static ContainerPath Parse(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            throw EngineException.InvalidParameter("bad parameter: path cannot be empty");
        }

        if (path.Contains('\0'))
        {
            throw EngineException.InvalidParameter("bad parameter: path contains a NUL byte");
        }

        Stack<string> components = new();
        foreach (string component in path.Split('/'))
        {
            if (component == "..")
            {
                components.TryPop(out _);
            }
            else if (component is not ("" or "."))
            {
                components.Push(component);
            }
        }

        bool content = path == "." || path.EndsWith("/.", StringComparison.Ordinal);
        return new ContainerPath("/" + string.Join('/', components.Reverse()), content ? "/." : path.EndsWith('/') ? "/" : "");
    }
}
