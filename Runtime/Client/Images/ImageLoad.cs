using Rtd.Client.Engine;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>Loads images from an archive that docker save made, or an OCI layout.</summary>
internal static class ImageLoad
{
    public static int Run(ClientContext context, LoadOptions options, List<string> arguments)
    {
        if (options.Input is null && Libc.isatty(StandardStreams.Input))
        {
            throw new ClientException("requested load from stdin, but stdin is empty");
        }

        bool isQuiet = options.Quiet || !context.Out.IsTerminal;
        using Stream source = options.Input is null ? UploadSource.OpenStandardInput() : UploadSource.OpenFile(options.Input);
        string path = new QueryString("/images/load").Add("quiet", isQuiet ? "1" : "0").Add("platform", PlatformJson.Of(options.Platform)).ToString();
        using EngineResponse response = context.Engine.Upload(path, "application/x-tar", source);
        if (response.Head["Content-Type"]?.StartsWith("application/json", StringComparison.Ordinal) == true)
        {
            new ProgressPrinter(context.Out).Print(response.Body);
        }
        else
        {
            context.Out.Write(response.Body.ReadAll());
        }

        return 0;
    }
}
