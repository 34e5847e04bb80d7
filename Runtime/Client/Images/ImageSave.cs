using Rtd.Client.Engine;
using Rtd.Client.Streams;

namespace Rtd.Client.Images;

/// <summary>Writes images to a tar archive.</summary>
internal static class ImageSave
{
    public static int Run(ClientContext context, SaveOptions options, List<string> arguments)
    {
        if (options.Output is null && context.Out.IsTerminal)
        {
            throw new ClientException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }

        QueryString query = new("/images/get");
        arguments.ForEach(name => query.Add("names", name));
        using EngineResponse response = context.Engine.Send("GET", query.Add("platform", PlatformJson.Of(options.Platform)).ToString());
        if (options.Output is null)
        {
            Copy(response.Body, StandardStreams.WriteOutput);
        }
        else
        {
            CopyToFile(response.Body, options.Output);
        }

        return 0;
    }

    /// <summary>Writes beside the file and renames over it, so that a save that fails leaves no half of an archive.</summary>
    private static void CopyToFile(Stream body, string path)
    {
        string temporary = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
            {
                Copy(body, file.Write);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException($"invalid output path: {path}: {failure.Message}");
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Copy(Stream body, StreamDemultiplexer.Writer write)
    {
        byte[] buffer = new byte[64 * 1024];
        int count;
        while ((count = body.Read(buffer)) > 0)
        {
            write(buffer.AsSpan(0, count));
        }
    }
}
