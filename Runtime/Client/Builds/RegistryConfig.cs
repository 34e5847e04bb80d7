using System.Text;
using System.Text.Json.Nodes;
using Rtd.Client.Registries;

namespace Rtd.Client.Builds;

/// <summary>The X-Registry-Config field: the user's credentials for all registries, since only the daemon knows which base images need.</summary>
internal static class RegistryConfig
{
    /// <summary>None when there are no credentials.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Fields(ClientContext context)
    {
        JsonObject all = [];
        foreach (string registry in context.Config.Registries)
        {
            try
            {
                Credentials credentials = CredentialStore.For(context.Config, registry).Get(registry);
                if (credentials != Credentials.None)
                {
                    all[registry] = credentials.ToJson();
                }
            }
            catch (ClientException failure)
            {
                context.Complain("WARNING: " + failure.Message);
            }
        }

        return all.Count == 0 ? [] : [new("X-Registry-Config", Convert.ToBase64String(Encoding.UTF8.GetBytes(all.ToJsonString())).Replace('+', '-').Replace('/', '_'))];
    }
}
