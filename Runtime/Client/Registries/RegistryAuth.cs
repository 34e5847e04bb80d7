namespace Rtd.Client.Registries;

internal static class RegistryAuth
{
    /// <summary>The X-Registry-Auth field for a registry. Credentials that cannot be had are told of, and none are sent: the image may be public.</summary>
    public static KeyValuePair<string, string> Field(ClientContext context, string registry)
    {
        Credentials credentials;
        try
        {
            credentials = CredentialStore.For(context.Config, registry).Get(registry);
        }
        catch (ClientException failure)
        {
            context.Complain("WARNING: " + failure.Message);
            credentials = Credentials.None;
        }

        return new KeyValuePair<string, string>("X-Registry-Auth", credentials.ToHeader());
    }
}
