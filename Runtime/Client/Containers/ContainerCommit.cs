using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Images;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>Makes an image of what a container's file system is now.</summary>
internal static class ContainerCommit
{
    public static int Run(ClientContext context, CommitOptions options, List<string> arguments)
    {
        ImageReference? target = arguments.Count > 1 && arguments[1].Length > 0 ? ImageReference.Parse(arguments[1]) : null;
        if (target?.Digest is not null)
        {
            throw new ClientException("refusing to create a tag with a digest reference");
        }

        QueryString query = new QueryString("/commit").Add("container", arguments[0]).Add("repo", target?.FullName).Add("tag", target?.Tagged.Tag).Add("comment", options.Message).Add("author", options.Author);
        foreach (string change in options.Changes)
        {
            query.Add("changes", change);
        }

        using JsonDocument answer = context.Engine.PostJson(query.Add("pause", options.Pause == false ? "0" : null).ToString());
        context.Out.WriteLine(answer.RootElement.Text("Id"));
        return 0;
    }
}
