using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Images;

/// <summary>Removes images, or names of images.</summary>
internal static class ImageRemove
{
    public static int Run(ClientContext context, ImageRemoveOptions options, List<string> arguments)
    {
        int exitCode = 0;
        foreach (string name in arguments)
        {
            try
            {
                Remove(context, options, name);
            }
            catch (EngineException failure)
            {
                context.Complain(failure.Message);
                exitCode = options.Force && failure.Status == 404 ? exitCode : 1;
            }
        }

        return exitCode;
    }

    private static void Remove(ClientContext context, ImageRemoveOptions options, string name)
    {
        string path = new QueryString($"/images/{QueryString.Segment(name)}").Add("force", options.Force).Add("noprune", options.NoPrune).ToString();
        using JsonDocument answer = context.Engine.Delete(path);
        foreach (JsonElement entry in answer.RootElement.Items())
        {
            bool isDeleted = entry.Text("Deleted").Length > 0;
            context.Out.WriteLine(isDeleted ? "Deleted: " + entry.Text("Deleted") : "Untagged: " + entry.Text("Untagged"));
        }
    }
}
