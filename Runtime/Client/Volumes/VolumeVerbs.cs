using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Volumes;

/// <summary>Makes and removes volumes.</summary>
internal static class VolumeVerbs
{
    public static int Create(ClientContext context, VolumeCreateOptions options, List<string> arguments)
    {
        if (options.Name is not null && arguments.Count > 0)
        {
            throw new ClientException("conflicting options: cannot specify a volume-name through both --name and as a positional arg");
        }

        JsonObject body = new() { ["Driver"] = options.Driver, ["DriverOpts"] = JsonLists.Map(options.Options), ["Labels"] = JsonLists.Map(options.Labels) };
        body.AddText("Name", arguments.Count > 0 ? arguments[0] : options.Name);
        using JsonDocument answer = context.Engine.PostJson("/volumes/create", body);
        context.Out.WriteLine(answer.RootElement.Text("Name"));
        return 0;
    }

    public static int Remove(ClientContext context, VolumeRemoveOptions options, List<string> arguments) => context.ForEach(arguments, name =>
    {
        context.Engine.Delete(new QueryString($"/volumes/{QueryString.Segment(name)}").Add("force", options.Force).ToString()).Dispose();
        context.Out.WriteLine(name);
    });
}
