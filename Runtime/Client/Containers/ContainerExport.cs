using Rtd.Client.Engine;
using Rtd.Client.Images;

namespace Rtd.Client.Containers;

/// <summary>Writes a container's file system to a tar archive.</summary>
internal static class ContainerExport
{
    public static int Run(ClientContext context, ExportOptions options, List<string> arguments)
    {
        ArchiveOutput.Check(context, options.Output, "failed to export container", mayBeDevice: true);
        using EngineResponse response = context.Engine.Send("GET", $"/containers/{QueryString.Segment(arguments[0])}/export");
        ArchiveOutput.Copy(response.Body, options.Output);
        return 0;
    }
}
