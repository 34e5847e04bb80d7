using System.IO.Compression;
using Rtd.Client.Containers.Copy;
using Rtd.Client.Engine;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Builds;

/// <summary>Has the daemon build an image: sends the context while it is read, and shows what comes back.</summary>
internal static class ImageBuild
{
    public static int Run(ClientContext context, ImageBuildOptions options, List<string> arguments)
    {
        BuildOptions build = options.Build;
        Refuse(build);
        BuildDestination[] destinations = [.. build.Outputs.Select(BuildDestination.Parse)];
        Array.ForEach(destinations, destination => destination.Check(context));
        TextSink sink = destinations.Any(destination => destination.IsStandardOutput) ? context.Err : context.Out;
        bool isLive = BuildProgress.IsLive(build.Progress, sink);
        KeyValuePair<string, string>[] headers = [.. RegistryConfig.Fields(context), .. BuildSecrets.Fields(build.Secrets)];
        using BuildSource source = BuildSource.Open(arguments[0], build.File);
        IdFile idFile = IdFile.Clear(build.IdFile);
        string path = BuildRequest.Path(context, options, source);
        using CountingStream? counted = source.Archive is null ? null : new CountingStream(build.Compress ? Compressed(source.Archive) : source.Archive);
        string id = Build(context, path, headers, counted, build.Quiet ? new QuietView(sink, context.Err) : isLive ? new LiveView(sink) : new PlainView(sink));
        idFile.Write(id);
        foreach (BuildDestination destination in destinations)
        {
            destination.Write(context, id);
        }

        return 0;
    }

    private static string Build(ClientContext context, string path, KeyValuePair<string, string>[] headers, CountingStream? archive, BuildView view)
    {
        using (view)
        {
            try
            {
                view.Begin(archive is null ? null : () => archive.Count);
                using EngineResponse response = archive is null
                    ? context.Engine.Send("POST", path, null, headers)
                    : context.Engine.Upload(path, "application/x-tar", archive, headers);
                return new BuildMessages(view).Read(response.Body);
            }
            catch (EngineConnectionException) when (archive?.Failure is { } failure)
            {
                throw failure; // why the connection was cut: the context cannot be read
            }
        }
    }

    private static void Refuse(BuildOptions build)
    {
        if (build.Squash)
        {
            throw new ClientException("--squash is not supported: layers stay as the Dockerfile's steps make them; a last stage with COPY --from=… / / has one");
        }

        if (build.Agents.Any())
        {
            throw new ClientException("--ssh is not supported: the classic build protocol cannot forward an agent; use --secret");
        }
    }

    private static Stream Compressed(Stream archive) => ProducedStream.Of(output =>
    {
        using GZipStream compressed = new(output, CompressionLevel.Fastest, leaveOpen: true);
        archive.CopyTo(compressed);
    });
}
