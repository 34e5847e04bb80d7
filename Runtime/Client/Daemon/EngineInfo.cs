using System.Globalization;
using System.Text;
using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Formatting;
using Rtd.Client.Json;
using Rtd.Client.Templates;

namespace Rtd.Client.Daemon;

/// <summary>Shows what the daemon knows of itself and its host.</summary>
internal static class EngineInfo
{
    public static int Run(ClientContext context, FormatOptions options, List<string> arguments)
    {
        Template? template = ObjectTemplate.Parse(options.Format);
        if (template is null)
        {
            PrintClient(context);
        }

        using JsonDocument document = context.Engine.GetJson("/info");
        if (template is not null)
        {
            return PrintTemplate(context, template, document.RootElement);
        }

        Print(context, document.RootElement);
        return 0;
    }

    /// <summary>A template that fails still ends its line, as docker's does.</summary>
    private static int PrintTemplate(ClientContext context, Template template, JsonElement info)
    {
        try
        {
            context.Out.Write(Render(template, info));
            return 0;
        }
        finally
        {
            context.Out.WriteLine();
        }
    }

    private static string Render(Template template, JsonElement info)
    {
        StringBuilder json = new();
        JsonText.Compact(info, json);
        json.Length--;
        json.Append(",\"ClientInfo\":{\"Debug\":false,\"Version\":");
        JsonText.Quote(json, ClientVersion.Number);
        json.Append(",\"DefaultAPIVersion\":");
        JsonText.Quote(json, EngineClient.NewestVersion);
        using JsonDocument whole = JsonDocument.Parse(json.Append(",\"Context\":\"default\",\"Plugins\":[],\"Warnings\":null}}").ToString());
        return template.Render(new TypedObject(whole.RootElement, "system.dockerInfo"));
    }

    private static void PrintClient(ClientContext context)
    {
        context.Out.WriteLine("Client:");
        context.Out.WriteLine($" Version:    {ClientVersion.Number}");
        context.Out.WriteLine(" Context:    default");
        context.Out.WriteLine(" Debug Mode: false");
        context.Out.WriteLine();
        context.Out.WriteLine("Server:");
    }

    private static void Print(ClientContext context, JsonElement info)
    {
        PrintCounts(context, info);
        PrintDrivers(context, info);
        PrintSecurity(context, info);
        PrintHost(context, info);
        foreach (string warning in info.Member("Warnings").Texts())
        {
            context.Complain(warning);
        }
    }

    private static void PrintCounts(ClientContext context, JsonElement info)
    {
        foreach ((string name, string key) in new[] { (" Containers", "Containers"), ("  Running", "ContainersRunning"), ("  Paused", "ContainersPaused"), ("  Stopped", "ContainersStopped"), (" Images", "Images") })
        {
            context.Out.WriteLine($"{name}: {Number(info, key)}");
        }

        Line(context, " Server Version", info.Text("ServerVersion"));
    }

    private static void PrintDrivers(ClientContext context, JsonElement info)
    {
        Line(context, " Storage Driver", info.Text("Driver"));
        foreach (JsonElement pair in info.Member("DriverStatus").Items())
        {
            string[] texts = [.. pair.Texts()];
            context.Out.WriteLine($"  {texts.ElementAtOrDefault(0)}: {texts.ElementAtOrDefault(1)}");
        }

        Line(context, " Logging Driver", info.Text("LoggingDriver"));
        Line(context, " Cgroup Driver", info.Text("CgroupDriver"));
        Line(context, " Cgroup Version", info.Text("CgroupVersion"));
        JsonElement plugins = info.Member("Plugins");
        context.Out.WriteLine(" Plugins:");
        foreach (string kind in new[] { "Volume", "Network", "Authorization", "Log" })
        {
            Line(context, "  " + kind, string.Join(' ', plugins.Member(kind).Texts()));
        }

        PrintDevices(context, info);
        Line(context, " Swarm", info.Member("Swarm").Text("LocalNodeState"));
        Line(context, " Runtimes", string.Join(' ', info.Member("Runtimes").Members().Select(runtime => runtime.Name)));
        Line(context, " Default Runtime", info.Text("DefaultRuntime"));
        Line(context, " Init Binary", info.Text("InitBinary"));
        Line(context, " containerd version", info.Member("ContainerdCommit").Text("ID"));
        Line(context, " runc version", info.Member("RuncCommit").Text("ID"));
        Line(context, " init version", info.Member("InitCommit").Text("ID"));
    }

    private static void PrintDevices(ClientContext context, JsonElement info)
    {
        string[] directories = [.. info.Member("CDISpecDirs").Texts()];
        if (directories.Length > 0)
        {
            context.Out.WriteLine(" CDI spec directories:");
            Array.ForEach(directories, directory => context.Out.WriteLine("  " + directory));
        }
    }

    private static void PrintSecurity(ClientContext context, JsonElement info)
    {
        string[] options = [.. info.Member("SecurityOptions").Texts()];
        if (options.Length == 0)
        {
            return;
        }

        context.Out.WriteLine(" Security Options:");
        foreach (string option in options)
        {
            foreach (string pair in option.Split(','))
            {
                int equals = pair.IndexOf('=');
                string key = equals < 0 ? pair : pair[..equals];
                string value = equals < 0 ? "" : pair[(equals + 1)..];
                context.Out.WriteLine(key == "name" || equals < 0 ? "  " + (equals < 0 ? key : value) : $"   {char.ToUpperInvariant(key[0])}{key[1..]}: {value}");
            }
        }
    }

    private static void PrintHost(ClientContext context, JsonElement info)
    {
        Line(context, " Kernel Version", info.Text("KernelVersion"));
        Line(context, " Operating System", info.Text("OperatingSystem"));
        Line(context, " OSType", info.Text("OSType"));
        Line(context, " Architecture", info.Text("Architecture"));
        context.Out.WriteLine($" CPUs: {Number(info, "NCPU")}");
        context.Out.WriteLine($" Total Memory: {HumanSize.Binary(info.Number("MemTotal"))}");
        Line(context, " Name", info.Text("Name"));
        Line(context, " ID", info.Text("ID"));
        Line(context, " Docker Root Dir", info.Text("DockerRootDir"));
        context.Out.WriteLine($" Debug Mode: {Bool(info, "Debug")}");
        PrintDebug(context, info);
        Line(context, " HTTP Proxy", info.Text("HttpProxy"));
        Line(context, " HTTPS Proxy", info.Text("HttpsProxy"));
        Line(context, " No Proxy", info.Text("NoProxy"));
        PrintList(context, " Labels:", info.Member("Labels").Texts());
        context.Out.WriteLine($" Experimental: {Bool(info, "ExperimentalBuild")}");
        PrintRegistries(context, info.Member("RegistryConfig"));
        context.Out.WriteLine($" Live Restore Enabled: {Bool(info, "LiveRestoreEnabled")}");
        Line(context, " Product License", info.Text("ProductLicense"));
        PrintPools(context, info);
        context.Out.WriteLine();
    }

    private static void PrintDebug(ClientContext context, JsonElement info)
    {
        if (!info.Flag("Debug"))
        {
            return;
        }

        context.Out.WriteLine($"  File Descriptors: {Number(info, "NFd")}");
        context.Out.WriteLine($"  Goroutines: {Number(info, "NGoroutines")}");
        Line(context, "  System Time", info.Text("SystemTime"));
        context.Out.WriteLine($"  EventsListeners: {Number(info, "NEventsListener")}");
    }

    private static void PrintRegistries(ClientContext context, JsonElement registries)
    {
        IEnumerable<string> named = registries.Member("IndexConfigs").Members().Where(registry => !registry.Value.Flag("Secure")).Select(registry => registry.Name);
        PrintList(context, " Insecure Registries:", named.Concat(registries.Member("InsecureRegistryCIDRs").Texts()));
        PrintList(context, " Registry Mirrors:", registries.Member("Mirrors").Texts());
    }

    private static void PrintPools(ClientContext context, JsonElement info)
    {
        List<string> pools = [.. info.Member("DefaultAddressPools").Items().Select(pool => $"Base: {pool.Text("Base")}, Size: {Number(pool, "Size")}")];
        PrintList(context, " Default Address Pools:", pools);
    }

    private static void PrintList(ClientContext context, string title, IEnumerable<string> lines)
    {
        bool isFirst = true;
        foreach (string line in lines)
        {
            if (isFirst)
            {
                context.Out.WriteLine(title);
            }

            isFirst = false;
            context.Out.WriteLine("  " + line);
        }
    }

    private static void Line(ClientContext context, string name, string value)
    {
        if (value.Length > 0)
        {
            context.Out.WriteLine($"{name}: {value}");
        }
    }

    private static string Number(JsonElement info, string name) => info.Number(name).ToString(CultureInfo.InvariantCulture);

    private static string Bool(JsonElement info, string name) => info.Flag(name) ? "true" : "false";
}
