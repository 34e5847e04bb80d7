namespace Rtd.Daemon.Images.Changes;

/// <summary>An environment as configs hold it: a list of <c>NAME=value</c>.</summary>
internal static class ConfigEnvironment
{
    /// <returns>Null when it is not set.</returns>
    public static string? Find(IReadOnlyList<string>? environment, string name)
    {
        string? entry = environment?.LastOrDefault(entry => Names(entry, name));
        return entry is null ? null : entry.Length > name.Length ? entry[(name.Length + 1)..] : "";
    }

    /// <summary>A name keeps its place when its value changes.</summary>
    public static void Set(List<string> environment, string name, string value)
    {
        int index = environment.FindIndex(entry => Names(entry, name));
        if (index >= 0)
        {
            environment[index] = $"{name}={value}";
        }
        else
        {
            environment.Add($"{name}={value}");
        }
    }

    private static bool Names(string entry, string name) =>
        entry.StartsWith(name, StringComparison.Ordinal) && (entry.Length == name.Length || entry[name.Length] == '=');
}
