using System.Text.Json.Nodes;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Networks;

/// <summary>Connects, disconnects and removes.</summary>
internal static class NetworkVerbs
{
    public static int Connect(ClientContext context, NetworkConnectOptions options, List<string> arguments)
    {
        JsonObject addresses = [];
        addresses.AddText("IPv4Address", options.Ip);
        addresses.AddText("IPv6Address", options.Ip6);
        addresses.AddList("LinkLocalIPs", options.LinkLocalIps);
        JsonObject endpoint = [];
        if (addresses.Count > 0)
        {
            endpoint["IPAMConfig"] = addresses;
        }

        endpoint.AddList("Aliases", options.Aliases);
        endpoint.AddList("Links", options.Links);
        endpoint.AddMap("DriverOpts", options.DriverOptions);
        endpoint.AddNumber("GwPriority", options.GatewayPriority);
        context.Engine.Post($"/networks/{QueryString.Segment(arguments[0])}/connect", new JsonObject { ["Container"] = arguments[1], ["EndpointConfig"] = endpoint });
        return 0;
    }

    public static int Disconnect(ClientContext context, NetworkDisconnectOptions options, List<string> arguments)
    {
        context.Engine.Post($"/networks/{QueryString.Segment(arguments[0])}/disconnect", new JsonObject { ["Container"] = arguments[1], ["Force"] = options.Force });
        return 0;
    }

    public static int Remove(ClientContext context, NetworkRemoveOptions options, List<string> arguments)
    {
        int exitCode = 0;
        foreach (string name in arguments)
        {
            try
            {
                context.Engine.Delete($"/networks/{QueryString.Segment(name)}").Dispose();
                context.Out.WriteLine(name);
            }
            catch (EngineException failure)
            {
                bool isForgiven = options.Force && failure.Status == 404;
                exitCode = isForgiven ? exitCode : 1;
                context.Complain(failure.Message);
            }
        }

        return exitCode == 0 ? 0 : throw new ClientException("exit status 1");
    }
}
