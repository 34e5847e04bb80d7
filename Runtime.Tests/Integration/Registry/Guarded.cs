using System.Text;
using Microsoft.AspNetCore.Http;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Tests.Integration.Registry;

/// <summary>Guards for a fake registry's door.</summary>
internal static class Guarded
{
    public static RegistryCredentials Credentials(string user, string password) => new() { Username = user, Password = password };

    /// <summary>Basic authorization.</summary>
    public static Func<HttpContext, Task<bool>> ByPassword(string user, string password)
    {
        string expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        return async context =>
        {
            if (context.Request.Headers.Authorization == expected)
            {
                return false;
            }

            context.Response.Headers.WWWAuthenticate = "Basic realm=\"fake\"";
            await FakeRegistry.RefuseAsync(context, 401, "UNAUTHORIZED", "authentication required");
            return true;
        };
    }
}
