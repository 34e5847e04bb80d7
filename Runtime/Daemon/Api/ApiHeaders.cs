using System.Text;
using Microsoft.AspNetCore.Http;
using Rtd.Daemon.Startup;

namespace Rtd.Daemon.Api;

/// <summary>The headers of every answer, hijacked ones included.</summary>
internal static class ApiHeaders
{
    /// <summary>Clients take the server's system from this form, <c>Docker/VERSION (linux)</c>, so it is kept.</summary>
    public static string Server { get; } = $"Docker/{ProductVersion.Number} (linux)";

    public static void Apply(IHeaderDictionary headers)
    {
        headers.Server = Server;
        headers["Api-Version"] = ApiVersion.Newest;
        headers["Ostype"] = "linux";
        headers["Docker-Experimental"] = "false";
    }

    /// <summary>The same as lines of a head that is written by hand.</summary>
    public static StringBuilder AppendApiHeaders(this StringBuilder head) => head
        .Append("Api-Version: ").Append(ApiVersion.Newest).Append("\r\n")
        .Append("Docker-Experimental: false\r\n")
        .Append("Ostype: linux\r\n")
        .Append("Server: ").Append(Server).Append("\r\n");
}
