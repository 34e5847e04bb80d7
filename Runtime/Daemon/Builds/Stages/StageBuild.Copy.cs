using System.Globalization;
using System.Text;
using Rtd.Daemon.Builds.Contexts;
using Rtd.Daemon.Builds.Dockerfiles;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Files;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Unpack;
using Rtd.Protocol.Patterns;
using Rtd.Protocol.Text;

namespace Rtd.Daemon.Builds.Stages;

internal sealed partial class StageBuild
{
    private async Task CopyAsync(CopyInstruction copy)
    {
        Image? from = copy.From is null ? null : await FindSourceAsync(copy.From);
        using ImageTree? source = copy.From is null ? null : new ImageTree(session.Parts.Images.Storage, from);
        using ImageView image = new(OpenImage);
        CopyOptions options = Options(image, copy.Chown, copy.Chmod, copy.Exclude) with { Parents = copy.Parents };
        SourceSelection selection = new(source?.Tree ?? ContextTree, isContext: copy.From is null, options);
        List<CopySource> sources = await Blocking(() => copy.Sources.Paths.SelectMany(path => Select(copy, selection, path)).ToList());
        await CommitFilesAsync(copy, copy.Chown, copy.Sources, sources, options, image);
    }

    private async Task AddAsync(AddInstruction add)
    {
        using ImageView image = new(OpenImage);
        CopyOptions options = Options(image, add.Chown, add.Chmod, add.Exclude);
        SourceSelection selection = new(ContextTree, isContext: true, options);
        List<CopySource> sources = [];
        try
        {
            foreach (string path in add.Sources.Paths)
            {
                RefuseRepository(path, add.KeepGitDirectory);
                if (RemoteSource.Is(path))
                {
                    sources.Add(await new RemoteSource(session.Parts.Directory, output).DownloadAsync(path, add, options, cancelled));
                    continue;
                }

                sources.AddRange(await Blocking(() => Select(add, selection, path)));
            }

            sources = await Blocking(() => sources.ConvertAll(source => WithUnpacking(source, add.Unpack)));
            await CommitFilesAsync(add, add.Chown, add.Sources, sources, options, image);
        }
        finally
        {
            foreach (CopySource source in sources)
            {
                await (source.Downloaded?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
        }
    }

    /// <summary>Rather than a page that a web server shows at its address.</summary>
    private static void RefuseRepository(string path, bool keepsGitDirectory)
    {
        bool isAddress = path.Contains("://", StringComparison.Ordinal) || path.StartsWith("git@", StringComparison.Ordinal);
        if (keepsGitDirectory || (isAddress && GitAddress.TryParse(path) is not null))
        {
            throw EngineException.InvalidParameter($"ADD failed: a git repository ({ShownAddress.In(path)}) cannot be added: make it the context, or clone it in a RUN");
        }
    }

    private static IReadOnlyList<CopySource> Select(Instruction instruction, SourceSelection selection, string path)
    {
        try
        {
            return selection.Select(path);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.InvalidParameter)
        {
            throw EngineException.InvalidParameter($"{instruction.Keyword} failed: {error.Message}", error);
        }
    }

    private FileTree ContextTree => new(session.Context.Tree.Directory);

    private ImageTree OpenImage() => new(session.Parts.Images.Storage, _image);

    private async Task<Image?> FindSourceAsync(string from)
    {
        if (session.Plan.FindSource(_stage, from) is { } other)
        {
            return (await session.ResultOf(other, output, cancelled)).Image;
        }

        try
        {
            return session.Pin(await session.Bases.GetAsync(from, null, output, cancelled));
        }
        catch (EngineException error)
        {
            throw new EngineException(error.Kind, $"invalid from flag value {from}: {error.Message}", error);
        }
    }

    private async Task CommitFilesAsync(Instruction instruction, string? chown, FileSources words, List<CopySource> sources, CopyOptions options, ImageView image)
    {
        sources.AddRange(words.Documents.Select(document => Document(document, options)));
        if (sources.Count == 0)
        {
            throw EngineException.InvalidParameter($"{instruction.Keyword} failed: no source files were specified");
        }

        CopyDestination destination = CopyDestination.Parse(words.Destination, _config.WorkingDir);
        if (sources.Count > 1 && !destination.MustBeDirectory)
        {
            throw EngineException.InvalidParameter($"When using {instruction.Keyword} with more than one source file, the destination must be a directory and end with a /");
        }

        string hash = await Blocking(() => ContentHash.Of(sources, cancelled));
        string createdBy = Comment($"{instruction.Keyword} {(chown is { Length: > 0 } ? $"--chown={chown}" : "")}{hash} in {words.Destination} ");
        await CommitAsync(createdBy, [options.Parents ? "parents" : ""], async details =>
        {
            using SharedContents shared = new();
            CopyLayer layer = new(image.Tree, sources, destination, options, options.Owner ?? FileOwner.Root, new FreeRoom(session.Context.Tree.Directory, "what ADD unpacks"));
            return await CommitLayerAsync(details, archive => layer.Write(archive, shared, cancelled), shared);
        });
    }

    private static CopySource WithUnpacking(CopySource source, bool? unpack)
    {
        bool wanted = unpack ?? source.Downloaded is null;
        return wanted && !source.IsDirectory && SourceArchive.Is(source.Files[0]) ? source with { IsArchive = true } : source;
    }

    private static CopySource Document(Heredoc document, CopyOptions options)
    {
        byte[] content = Encoding.UTF8.GetBytes(document.Body);
        return new CopySource
        {
            Name = BytePath.FromText(document.Name),
            IsDirectory = false,
            Files =
            [
                new LayerFile
                {
                    Path = "",
                    Type = TarEntryType.File,
                    Mode = options.Mode ?? 0x1A4,
                    Owner = options.Owner ?? FileOwner.Root,
                    Size = content.Length,
                    Content = content,
                },
            ],
        };
    }

    private static CopyOptions Options(ImageView image, string? chown, string? chmod, IReadOnlyList<string> exclude)
    {
        IgnorePatterns patterns = ContextRules.Of(exclude);
        return new CopyOptions
        {
            Owner = chown is { Length: > 0 } ? FileOwner.Parse(image.Tree, chown) : null,
            Mode = chmod is { Length: > 0 } ? Mode(chmod) : null,
            Excludes = exclude.Count == 0 ? _ => false : path => patterns.Excludes(BytePath.Show(path)),
            MayIncludeBelow = exclude.Any(pattern => pattern.StartsWith('!')),
        };
    }

    private static uint Mode(string text)
    {
        bool octal = text.Length is > 0 and <= 5 && !text.AsSpan().ContainsAnyExceptInRange('0', '7');
        return octal && Convert.ToUInt32(text, 8) is <= 0xFFF and uint mode
            ? mode
            : throw EngineException.InvalidParameter(string.Create(CultureInfo.InvariantCulture, $"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777"));
    }

    private Task<T> Blocking<T>(Func<T> work) => Task.Factory.StartNew(work, cancelled, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
