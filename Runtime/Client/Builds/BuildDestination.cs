using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.Containers.Copy;
using Rtd.Client.Engine;
using Rtd.Client.Images;
using Rtd.Client.Json;
using Rtd.Client.Terminal;
using Rtd.Protocol.Text;

namespace Rtd.Client.Builds;

/// <summary><c>--output</c>: the result's files as a directory or an archive here. They come from a container that is made of the image for that and never runs.</summary>
internal sealed record BuildDestination(string Type, string Path)
{
    /// <summary><c>type=local,dest=DIR</c>, <c>type=tar,dest=FILE</c>; short for these DIR and -.</summary>
    /// <exception cref="ClientException">The type is unknown or the place is missing.</exception>
    public static BuildDestination Parse(string text)
    {
        string[] fields = Fields(text);
        if (fields is [var only] && !only.Contains('='))
        {
            return only == "-" ? new BuildDestination("tar", "-") : new BuildDestination("local", only);
        }

        string type = "", path = "";
        foreach (string field in fields)
        {
            int equals = field.IndexOf('=');
            switch (equals < 0 ? "" : field[..equals].ToLowerInvariant())
            {
                case "type":
                    type = field[(equals + 1)..];
                    break;
                case "dest":
                    path = field[(equals + 1)..];
                    break;
                case "":
                    throw new ClientException($"invalid value {field}");
                default:
                    throw new ClientException($"unknown attribute \"{field[..equals]}\" of --output: type and dest are known");
            }
        }

        return type switch
        {
            "local" when path.Length == 0 => throw new ClientException("dest is required for local exporter"),
            "local" or "tar" => new BuildDestination(type, path.Length == 0 ? "-" : path),
            "image" or "docker" when path.Length == 0 => new BuildDestination("image", ""), // where it is anyway
            "" => throw new ClientException("type is required for output"),
            _ => throw new ClientException($"output type \"{type}\" is not supported: local and tar are"),
        };
    }

    /// <summary>Standard output is the archive's, and nothing else may be written there.</summary>
    public bool IsStandardOutput => Type == "tar" && Path == "-";

    private string? File => Type == "tar" && Path != "-" ? Path : null;

    /// <summary>Before anything is built for it.</summary>
    /// <exception cref="ClientException">An archive cannot go there.</exception>
    public void Check(ClientContext context)
    {
        if (Type == "tar")
        {
            ArchiveOutput.Check(context, File, "failed to write output", mayBeDevice: true);
        }
    }

    /// <exception cref="ClientException">It cannot be written.</exception>
    public void Write(ClientContext context, string image)
    {
        if (Type == "image")
        {
            return;
        }

        JsonObject request = new() { ["Image"] = image, ["Cmd"] = JsonLists.Of(["/"]), ["NetworkDisabled"] = true };
        using JsonDocument created = context.Engine.PostJson("/containers/create", request);
        string container = created.RootElement.Text("Id");
        void Remove() => context.Engine.Delete(new QueryString($"/containers/{container}").Add("force", true).Add("v", true).ToString()).Dispose();
        using Interruption interruption = new(Remove);
        try
        {
            using EngineResponse response = context.Engine.Send("GET", $"/containers/{container}/export?image=1");
            Write(response.Body);
        }
        finally
        {
            Remove();
        }
    }

    private void Write(Stream archive)
    {
        if (Type == "tar")
        {
            ArchiveOutput.Copy(archive, File);
            return;
        }

        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException($"failed to write output: {failure.Message}");
        }

        new LocalUnpack(System.IO.Path.GetFullPath(Path), isContents: true).Run(archive);
    }

    private static string[] Fields(string text)
    {
        try
        {
            return [.. Csv.Split(text)];
        }
        catch (FormatException bad)
        {
            throw new ClientException($"failed to parse output: {bad.Message}");
        }
    }
}
