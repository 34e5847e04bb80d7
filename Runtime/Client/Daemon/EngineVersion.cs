using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.Engine;
using Rtd.Client.Json;
using Rtd.Client.Templates;

namespace Rtd.Client.Daemon;

/// <summary>Shows the versions of client and daemon. A daemon that is not there fails the verb after the client's own lines.</summary>
internal static class EngineVersion
{
    public static int Run(ClientContext context, FormatOptions options, List<string> arguments)
    {
        Template? template = ObjectTemplate.Parse(options.Format);
        JsonDocument? server = null;
        ClientException? failure = null;
        try
        {
            server = context.Engine.GetJson("/version");
        }
        catch (ClientException reason)
        {
            failure = reason;
        }

        using (server)
        {
            JsonObject client = ClientSide(server is null ? EngineClient.NewestVersion : context.Engine.Version);
            if (template is not null)
            {
                context.Out.WriteLine(Render(template, client, server));
            }
            else
            {
                Print(context, client, server?.RootElement ?? default);
            }
        }

        return failure is null ? 0 : throw failure;
    }

    private static JsonObject ClientSide(string apiVersion) => new()
    {
        ["Version"] = ClientVersion.Number,
        ["ApiVersion"] = apiVersion,
        ["DefaultAPIVersion"] = EngineClient.NewestVersion,
        ["GitCommit"] = "",
        ["GoVersion"] = "",
        ["Os"] = "linux",
        ["Arch"] = Architecture(),
        ["BuildTime"] = "",
        ["Context"] = "default",
    };

    private static string Architecture() => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static string Render(Template template, JsonObject client, JsonDocument? server)
    {
        StringBuilder json = new();
        json.Append("{\"Client\":").Append(client.ToJsonString()).Append(",\"Server\":");
        if (server is null)
        {
            json.Append("null");
        }
        else
        {
            JsonText.Compact(server.RootElement, json);
        }

        using JsonDocument document = JsonDocument.Parse(json.Append('}').ToString());
        return template.Render(new TypedObject(document.RootElement, "system.versionInfo"));
    }

    private static void Print(ClientContext context, JsonObject client, JsonElement server)
    {
        string api = (string)client["ApiVersion"]!;
        context.Out.WriteLine("Client:");
        Line(context, 1, "Version:", ClientVersion.Number);
        Line(context, 1, "API version:", api == EngineClient.NewestVersion ? api : $"{api} (downgraded from {EngineClient.NewestVersion})");
        Line(context, 1, "OS/Arch:", $"linux/{(string)client["Arch"]!}");
        Line(context, 1, "Context:", "default");
        if (server.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        string platform = server.Member("Platform").Text("Name");
        context.Out.WriteLine();
        context.Out.WriteLine(platform.Length > 0 ? $"Server: {platform}" : "Server:");
        bool hasEngine = false;
        foreach (JsonElement component in server.Member("Components").Items())
        {
            hasEngine |= component.Text("Name") == "Engine";
            PrintComponent(context, component);
        }

        if (!hasEngine)
        {
            PrintEngine(context, server);
        }
    }

    private static void PrintComponent(ClientContext context, JsonElement component)
    {
        JsonElement details = component.Member("Details");
        context.Out.WriteLine($" {component.Text("Name")}:");
        Line(context, 2, "Version:", component.Text("Version"));
        if (component.Text("Name") == "Engine")
        {
            PrintDetails(context, details);
            Line(context, 2, "Experimental:", details.Text("Experimental") == "true" ? "true" : "false");
        }
        else
        {
            foreach (JsonProperty detail in details.Members().OrderBy(detail => detail.Name, StringComparer.Ordinal))
            {
                Line(context, 2, detail.Name + ":", detail.Value.GetString() ?? "");
            }
        }
    }

    private static void PrintDetails(ClientContext context, JsonElement details)
    {
        Line(context, 2, "API version:", $"{details.Text("ApiVersion")} (minimum version {details.Text("MinAPIVersion")})");
        OptionalLine(context, "Go version:", details.Text("GoVersion"));
        OptionalLine(context, "Git commit:", details.Text("GitCommit"));
        OptionalLine(context, "Built:", BuildTime(details.Text("BuildTime")));
        Line(context, 2, "OS/Arch:", $"{details.Text("Os")}/{details.Text("Arch")}");
    }

    private static void PrintEngine(ClientContext context, JsonElement server)
    {
        context.Out.WriteLine(" Engine:");
        Line(context, 2, "Version:", server.Text("Version"));
        PrintDetails(context, server);
        Line(context, 2, "Experimental:", server.Flag("Experimental") ? "true" : "false");
    }

    private static string BuildTime(string text) =>
        Formatting.GoTime.Parse(text) is { } moment ? moment.ToUniversalTime().ToString("ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture) : text;

    private static void OptionalLine(ClientContext context, string name, string value)
    {
        if (value.Length > 0)
        {
            Line(context, 2, name, value);
        }
    }

    private static void Line(ClientContext context, int indent, string name, string value) =>
        context.Out.WriteLine(new string(' ', indent) + name.PadRight(19 - indent) + value);
}
