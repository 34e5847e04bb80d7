using System.Text;
using Rtd.Daemon.Builds.Contexts;
using Rtd.Daemon.Builds.Dockerfiles;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Dockerfiles.Mounts;
using Rtd.Daemon.Builds.Files;
using Rtd.Daemon.Builds.Output;
using Rtd.Daemon.Builds.Stages;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Changes;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Mounts;

/// <summary>What <c>RUN --mount</c> asks for: found before the step's key is known, opened when the step is really done, and gone after it.</summary>
internal sealed class StepMounts(BuildSession session, Stage stage, Image? image, string workingDirectory, IBuildOutput output) : IAsyncDisposable
{
    private const string PipesDirectory = "/dev/pipes";

    private readonly List<MountPoint> _points = [];
    private readonly List<string> _keys = [];
    private readonly Dictionary<RunMount, Image?> _images = new(ReferenceEqualityComparer.Instance);
    private readonly List<IAsyncDisposable> _opened = [];
    private readonly HashSet<string> _missing = [];

    /// <summary>For the container.</summary>
    public IReadOnlyList<MountPoint> Points => _points;

    /// <summary>What of them decides the step's result.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>A heredoc that is the command itself.</summary>
    public string? ScriptPath { get; private set; }

    /// <summary>Finds what is mounted.</summary>
    /// <exception cref="EngineException">Invalid parameter: a target or source that cannot be. Not found: a secret that is needed.</exception>
    public async Task PrepareAsync(RunInstruction run, CancellationToken cancelled)
    {
        foreach (RunMount mount in run.Mounts)
        {
            CheckTarget(mount);
            if (mount is { Type: RunMountType.Secret, Required: true } && !session.Request.Secrets.ContainsKey(mount.Id!))
            {
                throw EngineException.InvalidParameter($"secret {mount.Id}: not found");
            }

            if (mount.Type == RunMountType.Secret && mount.Environment is not null)
            {
                throw EngineException.InvalidParameter("secrets in environment variables are not supported: a container's configuration is written to the disk");
            }

            if (mount.Type is not (RunMountType.Bind or RunMountType.Cache) || (mount.Type == RunMountType.Cache && mount.From is null))
            {
                continue;
            }

            _images[mount] = mount.From is null ? null : await FindImageAsync(mount.From, cancelled);
            if (mount.Type == RunMountType.Bind)
            {
                _keys.Add(mount.From is null ? ContextHash(mount, cancelled) : _images[mount]?.Id ?? "");
            }
        }
    }

    /// <summary>Makes the sources ready.</summary>
    public async Task OpenAsync(RunInstruction run, CancellationToken cancelled)
    {
        using (ImageTree tree = new(session.Parts.Images.Storage, image))
        {
            foreach (RunMount mount in run.Mounts)
            {
                NoteMissing(tree.Tree, Target(mount));
            }
        }

        foreach (RunMount mount in run.Mounts)
        {
            await OpenAsync(mount, cancelled);
        }

        if (run.ScriptFile is { } script)
        {
            ScriptPath = $"{PipesDirectory}/{script.Name}";
            PrivateTree tree = Open(session.Parts.Directory.NewTree());
            WriteFile(tree, "script", Encoding.UTF8.GetBytes(script.Body), 0x1ED, 0, 0);
            _points.Add(Bind(Path.Combine(tree.Path, "script"), "", ScriptPath, writable: false));
        }
    }

    /// <summary>Takes out of a step's changes the places that were made for mounts only, as long as the command has put nothing there.</summary>
    public IEnumerable<TreeChange> WithoutMountPoints(IEnumerable<TreeChange> changes)
    {
        List<TreeChange> pending = [];
        foreach (TreeChange change in changes)
        {
            string path = RawName.Show(change.Path);
            pending.RemoveAll(above => !path.StartsWith(RawName.Show(above.Path) + "/", StringComparison.Ordinal));
            if (change.Kind == ChangeKind.Added && _missing.Contains(path) && (change.IsDirectory || change.Status.stx_size == 0))
            {
                if (change.IsDirectory)
                {
                    pending.Add(change);
                }

                continue;
            }

            foreach (TreeChange above in pending)
            {
                yield return above;
            }

            pending.Clear();
            yield return change;
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = _opened.Count - 1; i >= 0; i--)
        {
            await _opened[i].DisposeAsync();
        }
    }

    private async Task OpenAsync(RunMount mount, CancellationToken cancelled)
    {
        string target = Target(mount);
        switch (mount.Type)
        {
            case RunMountType.Tmpfs:
                string size = mount.SizeLimit > 0 ? $"size={mount.SizeLimit}" : "";
                _points.Add(new MountPoint { Type = MountPoint.Tmpfs, Destination = target, TmpfsOptions = size, Hidden = true });
                break;
            case RunMountType.Secret when session.Request.Secrets.TryGetValue(mount.Id!, out byte[]? secret):
                SecretFile file = session.Parts.Secrets.Write(secret, (uint)(mount.Mode ?? 0x100), mount.User, mount.Group);
                _opened.Add(file);
                _points.Add(Bind(file.Path, "", target, writable: false));
                break;
            case RunMountType.Cache:
                CacheMount cache = await session.Parts.Caches.OpenAsync(mount, mount.Id ?? target, CacheContent(mount), cancelled);
                _opened.Add(cache);
                _points.Add(Bind(cache.Path, "", target, !mount.ReadOnly));
                break;
            case RunMountType.Bind:
                _points.Add(await OpenBindAsync(mount, target, cancelled));
                break;
        }
    }

    private async Task<MountPoint> OpenBindAsync(RunMount mount, string target, CancellationToken cancelled)
    {
        string source = BytePath.Clean(BytePath.FromText(mount.Source ?? ""));
        if (mount is { From: null, ReadOnly: true })
        {
            PrivateTree context = session.Context.Tree;
            string found = new FileTree(context.Directory).Resolve(source, followLast: true);
            return Bind(context.Path, BytePath.Show(found), target, writable: false);
        }

        // What a command writes there is nobody's afterwards; and an image's layers are no one directory.
        PrivateTree copy = Open(session.Parts.Directory.NewTree());
        await Task.Run(() => Copy(mount, source, copy, cancelled), cancelled);
        return Bind(Path.Combine(copy.Path, "tree"), "", target, !mount.ReadOnly);
    }

    private void Copy(RunMount mount, string source, PrivateTree copy, CancellationToken cancelled)
    {
        if (mount.From is null)
        {
            TreeClone.Copy(new FileTree(session.Context.Tree.Directory), source, copy.Directory, "tree", cancelled);
            return;
        }

        using ImageTree from = new(session.Parts.Images.Storage, _images[mount]);
        TreeClone.Copy(from.Tree, source, copy.Directory, "tree", cancelled);
    }

    /// <summary>Fills a new cache.</summary>
    private Action<PrivateTree, CancellationToken>? CacheContent(RunMount mount) => mount.From is null ? null : (tree, cancelled) =>
    {
        using ImageTree from = new(session.Parts.Images.Storage, _images[mount]);
        TreeClone.Copy(from.Tree, BytePath.Clean(BytePath.FromText(mount.Source ?? "")), tree.Directory, "data", cancelled);
    };

    private async Task<Image?> FindImageAsync(string from, CancellationToken cancelled)
    {
        if (session.Plan.FindSource(stage, from) is { } other)
        {
            return (await session.ResultOf(other, output, cancelled)).Image;
        }

        return from == "scratch" ? null : session.Pin(await session.Bases.GetAsync(from, null, output, cancelled));
    }

    private string ContextHash(RunMount mount, CancellationToken cancelled)
    {
        SourceSelection selection = new(new FileTree(session.Context.Tree.Directory), isContext: true, new CopyOptions());
        string source = (mount.Source ?? "/").Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
        return ContentHash.Of(selection.Select(source), cancelled);
    }

    private string Target(RunMount mount)
    {
        string target = mount.Target ?? $"/run/secrets/{mount.Id}";
        string full = target.StartsWith('/') ? target : $"{workingDirectory}/{target}";
        return "/" + BytePath.Show(BytePath.Clean(BytePath.FromText(full)));
    }

    private void CheckTarget(RunMount mount)
    {
        string target = Target(mount);
        if (target == "/" || target.Contains('\0'))
        {
            throw EngineException.InvalidParameter($"invalid mount target \"{mount.Target}\"");
        }
    }

    private void NoteMissing(FileTree tree, string target)
    {
        for (string path = tree.Resolve(BytePath.FromText(target), followLast: true); path.Length > 0 && tree.Find(path) is null; path = BytePath.Directory(path))
        {
            _missing.Add(BytePath.Show(path));
        }
    }

    private T Open<T>(T opened)
        where T : IAsyncDisposable
    {
        _opened.Add(opened);
        return opened;
    }

    private static MountPoint Bind(string source, string subpath, string destination, bool writable) => new()
    {
        Type = MountPoint.Bind,
        Source = source,
        Subpath = subpath,
        Destination = destination,
        Writable = writable,
        Propagation = "rprivate",
        NonRecursive = true,
        Mapped = true,
        Hidden = true,
    };

    private static void WriteFile(PrivateTree tree, string name, byte[] content, uint mode, uint uid, uint gid)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = Libc.openat(
            tree.Directory.Fd(), RawName.From(name), Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, 0x180, name);
        RandomAccess.Write(file, content, 0);
        TreeAttributes.SetOwnerMode(tree.Directory.Fd(), RawName.From(name), Libc.S_IFREG, mode, uid, gid);
    }
}
