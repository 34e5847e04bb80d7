using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary>A git repository as the address of a context: <c>https://host/path.git#ref:directory</c>.</summary>
/// <param name="Repository">What git takes.</param>
/// <param name="Reference">A branch, a tag or a commit; empty for the repository's own.</param>
/// <param name="Directory">In the repository; empty for all of it.</param>
internal sealed record GitAddress(string Repository, string Reference, string Directory)
{
    private static readonly string[] s_schemes = ["https://", "http://", "git://", "ssh://", "git@", "github.com/"];

    /// <summary>Null for an address that is no repository.</summary>
    /// <exception cref="EngineException">Invalid parameter: a reference or directory that git could take for something else, or that leads out.</exception>
    public static GitAddress? TryParse(string address)
    {
        int hash = address.IndexOf('#');
        (string repository, string fragment) = hash < 0 ? (address, "") : (address[..hash], address[(hash + 1)..]);
        bool isWeb = repository.StartsWith("http", StringComparison.Ordinal);
        bool isGit = s_schemes.Any(scheme => repository.StartsWith(scheme, StringComparison.Ordinal)) && (!isWeb || repository.EndsWith(".git", StringComparison.Ordinal));
        if (!isGit)
        {
            return null;
        }

        string[] parts = fragment.Split(':', 2);
        string directory = parts.Length > 1 ? parts[1] : "";
        if (parts[0].StartsWith('-') || repository.Any(char.IsControl) || parts[0].Any(c => char.IsControl(c) || c == ' '))
        {
            throw EngineException.InvalidParameter($"invalid git reference: \"{parts[0]}\"");
        }

        if (directory.Split('/').Contains("..") || directory.Contains('\0'))
        {
            throw EngineException.InvalidParameter($"invalid subdirectory of a git context: \"{directory}\" leads out of the repository");
        }

        return new GitAddress(repository.StartsWith("github.com/", StringComparison.Ordinal) ? "https://" + repository : repository, parts[0], directory.Trim('/'));
    }
}
