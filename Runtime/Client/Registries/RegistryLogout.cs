using Rtd.Client.CommandLine;

namespace Rtd.Client.Registries;

/// <summary>Forgets a registry's credentials, under each of the names that clients have kept them by.</summary>
internal static class RegistryLogout
{
    public static int Run(ClientContext context, NoOptions options, List<string> arguments)
    {
        string key = RegistryAddress.Key(arguments.FirstOrDefault());
        context.Out.WriteLine($"Removing login credentials for {key}");
        string[] names = key == RegistryAddress.DefaultIndex ? [key] : [.. new[] { arguments[0], key, "http://" + key, "https://" + key }.Distinct()];
        List<string> failures = [];
        foreach (string name in names)
        {
            try
            {
                CredentialStore.For(context.Config, name).Erase(name);
            }
            catch (ClientException failure)
            {
                failures.Add($"{name}: {failure.Message}");
            }
        }

        if (failures.Count == names.Length)
        {
            context.Complain("WARNING: could not erase credentials:\n" + string.Join('\n', failures));
        }

        return 0;
    }
}
