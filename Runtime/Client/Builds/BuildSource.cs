namespace Rtd.Client.Builds;

/// <summary>What a build is made from, as the daemon gets it.</summary>
/// <param name="Dockerfile">Its path in the context; empty for the usual one.</param>
/// <param name="Remote">Where the daemon is to get the context from; empty when it is sent.</param>
/// <param name="Archive">The context to send, or null.</param>
internal sealed record BuildSource(string Dockerfile, string Remote, Stream? Archive) : IDisposable
{
    private const string Unprepared = "unable to prepare context: ";

    /// <param name="context">A directory, an address, or - for standard input.</param>
    /// <param name="file">What -f says, or null.</param>
    /// <exception cref="ClientException">There is no such context or Dockerfile.</exception>
    public static BuildSource Open(string context, string? file)
    {
        if (context == "-")
        {
            return file == "-"
                ? throw new ClientException("invalid argument: can't use stdin for both build context and dockerfile")
                : Prepared(() => StandardInputContext.Open(file));
        }

        if (Directory.Exists(context))
        {
            return Prepared(() => DirectoryContext.Open(context, file));
        }

        if (!IsGit(context) && !IsUrl(context))
        {
            throw new ClientException($"{Unprepared}path \"{context}\" not found");
        }

        return file == "-"
            ? throw new ClientException("the Dockerfile of a remote context cannot come from standard input")
            : new BuildSource(file ?? "", context, null);
    }

    public void Dispose() => Archive?.Dispose();

    private static BuildSource Prepared(Func<BuildSource> open)
    {
        try
        {
            return open();
        }
        catch (ClientException failure)
        {
            throw new ClientException(failure.Message.StartsWith("error checking context", StringComparison.Ordinal) ? failure.Message : Unprepared + failure.Message);
        }
    }

    private static bool IsUrl(string text) => text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal);

    private static bool IsGit(string text)
    {
        string address = text.Split('#')[0];
        return (IsUrl(text) && address.EndsWith(".git", StringComparison.Ordinal))
            || text.StartsWith("git://", StringComparison.Ordinal)
            || text.StartsWith("git@", StringComparison.Ordinal)
            || text.StartsWith("ssh://", StringComparison.Ordinal)
            || text.StartsWith("github.com/", StringComparison.Ordinal);
    }
}
