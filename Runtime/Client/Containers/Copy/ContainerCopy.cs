using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Images;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers.Copy;

/// <summary>Copies files between a container and here, by docker's rules of what a destination means.</summary>
internal static class ContainerCopy
{
    public static int Run(ClientContext context, CopyOptions options, List<string> arguments)
    {
        CopyPlace source = CopyPlace.Parse(arguments[0]);
        CopyPlace target = CopyPlace.Parse(arguments[1]);
        if (source.Container is null && target.Container is null)
        {
            throw new ClientException("must specify at least one container source");
        }

        if (source.Container is not null && target.Container is not null)
        {
            throw new ClientException("copying between containers is not supported");
        }

        if (arguments.Any(argument => argument.Length == 0) || source.Container == "" || target.Container == "")
        {
            throw new ClientException("source and destination of a copy cannot be empty");
        }

        return source.Container is null ? CopyIn(context, options, source, target) : CopyOut(context, options, source, target);
    }

    private static int CopyOut(ClientContext context, CopyOptions options, CopyPlace source, CopyPlace target)
    {
        string name = source.BaseName;
        if (options.FollowLink && PathStat.Find(context.Engine, source) is { IsLink: true } link)
        {
            source = link.Follow(source);
        }

        LocalTarget? place = target.IsStream ? null : LocalTarget.Look(target);
        using EngineResponse response = context.Engine.Send("GET", PathStat.ArchivePath(source).ToString());
        if (place is null)
        {
            CopyToOutput(response.Body);
            return 0;
        }

        bool isDirectory = PathStat.Read(response.Head).IsDirectory;
        CountingStream counted = new(response.Body);
        new LocalUnpack(place.RootFor(name, isDirectory, source.IsContents), source.IsContents && isDirectory).Run(counted);
        Tell(context, options, counted.Count, target.Path);
        return 0;
    }

    private static int CopyIn(ClientContext context, CopyOptions options, CopyPlace source, CopyPlace target)
    {
        PathStat? stat = PathStat.Find(context.Engine, target);
        if (stat is { IsLink: true })
        {
            target = stat.Follow(target);
            stat = PathStat.Find(context.Engine, target);
        }

        bool intoDirectory = stat is { IsDirectory: true };
        if (source.IsStream)
        {
            if (!intoDirectory)
            {
                throw new ClientException($"destination \"{target.Container}:{target.Path}\" must be a directory");
            }

            using Stream input = UploadSource.OpenStandardInput();
            Upload(context, options, target, input);
            return 0;
        }

        LocalSource local = LocalSource.Look(source, options.FollowLink);
        if (stat is { IsDirectory: false } && local.IsDirectory)
        {
            throw new ClientException("cannot copy directory");
        }

        if (stat is null && target.IsDirectory && !local.IsDirectory)
        {
            throw new ClientException("no such directory");
        }

        CopyPlace parent = intoDirectory ? target : target with { Path = Path.GetDirectoryName(Path.GetFullPath(target.Trimmed, "/")) ?? "/" };
        string? root = !intoDirectory ? target.BaseName : source.IsContents ? null : local.Name;
        CountingStream counted = new(ProducedStream.Of(output => local.WriteTo(output, root)));
        Upload(context, options, parent, counted);
        Tell(context, options, counted.Count, $"{target.Container}:{target.Path}");
        return 0;
    }

    private static void Upload(ClientContext context, CopyOptions options, CopyPlace directory, Stream archive)
    {
        string path = PathStat.ArchivePath(directory).Add("noOverwriteDirNonDir", "true").Add("copyUIDGID", options.Archive).ToString();
        using EngineResponse response = context.Engine.Upload(path, "application/x-tar", archive, "PUT");
        response.Body.ReadAll();
    }

    private static void CopyToOutput(Stream archive)
    {
        byte[] buffer = new byte[128 * 1024];
        int count;
        while ((count = archive.Read(buffer)) > 0)
        {
            StandardStreams.WriteOutput(buffer.AsSpan(0, count));
        }
    }

    private static void Tell(ClientContext context, CopyOptions options, long bytes, string target)
    {
        // As docker does: who reads it by a program wants no message.
        if (!options.Quiet && context.Err.IsTerminal)
        {
            context.Complain($"Successfully copied {HumanSize.Decimal(bytes, 3)} to {target}");
        }
    }
}
