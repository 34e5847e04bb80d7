using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary>Gets a context by the host's git, without a working tree, hooks, or any protocol that reads the host's own files (CVE-2022-39253).</summary>
internal sealed class GitCheckout(ContextReader contexts, BuildDirectory directory)
{
    private const string Head = "FETCH_HEAD";

    /// <exception cref="EngineException">System: git is missing. Invalid parameter: what git says.</exception>
    public async Task<BuildContext> OpenAsync(GitAddress address, string dockerfile, CancellationToken cancelled)
    {
        await using PrivateTree repository = directory.NewTree();
        GitProgram git = GitProgram.Find(repository.Path);
        await git.RunAsync(cancelled, "init", "--quiet", "--bare", "--template=", ".");
        string reference = address.Reference.Length > 0 ? address.Reference : "HEAD";
        await git.RunAsync(cancelled, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", address.Repository, reference);

        // A directory that is a link is no tree for git: it cannot lead out.
        string archive = Path.Combine(repository.Path, "context.tar");
        await git.RunAsync(cancelled, "archive", "--format=tar", "--output=" + archive, address.Directory.Length > 0 ? $"{Head}:{address.Directory}" : Head);
        return await Task.Factory.StartNew(
            () =>
            {
                using FileStream content = File.OpenRead(archive);
                return contexts.Unpack(content, dockerfile, cancelled);
            },
            cancelled,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }
}
