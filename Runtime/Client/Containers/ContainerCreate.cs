using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.Engine;
using Rtd.Client.Images;
using Rtd.Client.Json;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers;

/// <summary>Creates a container, pulling its image when the daemon does not have it.</summary>
internal static class ContainerCreate
{
    public static int Run(ClientContext context, CreateOptions options, List<string> arguments)
    {
        ContainerRequest request = Prepare(context, options, arguments);
        context.Out.WriteLine(Create(context, options, request));
        return 0;
    }

    /// <summary>The request, checked as docker's client checks it.</summary>
    public static ContainerRequest Prepare(ClientContext context, ContainerOptions options, List<string> arguments)
    {
        if (options.Basic.Pull is not ("always" or "missing" or "never"))
        {
            throw new ClientException($"invalid pull option: '{options.Basic.Pull}': must be one of \"always\", \"missing\" or \"never\"");
        }

        EngineClient engine = context.Engine;
        ContainerRequest request = ContainerRequest.Build(options, arguments, context.Config.ProxyEnvironment(engine.Host.Address), engine.Version);
        request.Body["HostConfig"]!["ConsoleSize"] = new JsonArray(context.Out.Rows, context.Out.Columns);
        return request;
    }

    /// <summary>The new container's id; its warnings are told.</summary>
    /// <exception cref="ClientException">The daemon refuses.</exception>
    public static string Create(ClientContext context, ContainerOptions options, ContainerRequest request)
    {
        using CidFile? file = CidFile.Open(options.Basic.CidFile);
        ImageReference? reference = IsImageId(request.Image) ? null : ImageReference.Parse(request.Image);
        if (options.Basic.Pull == "always" && reference is not null)
        {
            PullQuietly(context, options, reference);
        }

        using JsonDocument answer = CreateOrPull(context, options, request, reference);
        foreach (string warning in answer.RootElement.Member("Warnings").Texts())
        {
            context.Complain("WARNING: " + warning);
        }

        string id = answer.RootElement.Text("Id");
        file?.Write(id);
        return id;
    }

    private static JsonDocument CreateOrPull(ClientContext context, ContainerOptions options, ContainerRequest request, ImageReference? reference)
    {
        string path = new QueryString("/containers/create").Add("name", options.Basic.Name).Add("platform", options.Basic.Platform).ToString();
        try
        {
            return context.Engine.PostJson(path, request.Body);
        }
        catch (EngineException failure) when (failure.Status == 404 && reference is not null && options.Basic.Pull == "missing" && IsAboutImage(failure))
        {
            if (!options.Basic.Quiet)
            {
                context.Complain($"Unable to find image '{reference.Familiar}' locally");
            }

            PullQuietly(context, options, reference);
            return context.Engine.PostJson(path, request.Body);
        }
    }

    /// <summary>A 404 may also be about a network or a volume's container; those are not cured by a pull.</summary>
    private static bool IsAboutImage(EngineException failure) =>
        failure.Reason.Contains("no such image", StringComparison.OrdinalIgnoreCase) || failure.Reason.Contains("manifest", StringComparison.OrdinalIgnoreCase);

    /// <summary>Progress goes to standard error: standard output is the container's, or its id.</summary>
    private static void PullQuietly(ClientContext context, ContainerOptions options, ImageReference reference) =>
        ImagePull.Pull(context, reference, allTags: false, options.Basic.Platform, options.Basic.Quiet ? new DiscardingSink() : context.Err);

    private static bool IsImageId(string image) =>
        (image.Length == 64 && image.All(char.IsAsciiHexDigitLower)) || image.StartsWith("sha256:", StringComparison.Ordinal);
}
