using Rtd.Client.Engine;

namespace Rtd.Client.Images;

/// <summary>Makes an image from a tar archive: a file, standard input, or a URL that the daemon fetches.</summary>
internal static class ImageImport
{
    public static int Run(ClientContext context, ImportOptions options, List<string> arguments)
    {
        string source = arguments[0];
        bool isUrl = source.StartsWith("http://", StringComparison.Ordinal) || source.StartsWith("https://", StringComparison.Ordinal);
        string path = Path(options, isUrl ? source : "-", arguments.Count > 1 ? arguments[1] : "");
        return isUrl ? Fetch(context, path) : Upload(context, path, source);
    }

    private static int Upload(ClientContext context, string path, string source)
    {
        using Stream upload = source == "-" ? UploadSource.OpenStandardInput() : UploadSource.OpenFile(source);
        using EngineResponse response = context.Engine.Upload(path, "text/plain", upload);
        new ProgressPrinter(context.Out).Print(response.Body);
        return 0;
    }

    private static int Fetch(ClientContext context, string path)
    {
        using EngineResponse response = context.Engine.Send("POST", path);
        new ProgressPrinter(context.Out).Print(response.Body);
        return 0;
    }

    private static string Path(ImportOptions options, string source, string reference)
    {
        QueryString query = new QueryString("/images/create").Add("fromSrc", source).Add("repo", reference).Add("message", options.Message).Add("platform", options.Platform?.ToLowerInvariant());
        foreach (string change in options.Changes)
        {
            query.Add("changes", change);
        }

        return query.ToString();
    }
}
