namespace Rtd.Daemon.Configuration;

/// <summary>Merges flags and file into one configuration, as dockerd does: what is said twice is an error.</summary>
internal static class ConfigLoader
{
    /// <summary>Reads the file that the flags name (or the default one, if it is there) and merges it.</summary>
    /// <exception cref="ConfigurationException">One line, with the file's name where the file is wrong.</exception>
    public static DaemonConfig Load(DaemonOptions flags)
    {
        string path = Path.GetFullPath(flags.ConfigFile ?? DaemonConfig.DefaultConfigFile);
        try
        {
            return Merge(flags, ConfigFile.Parse(ReadFile(path, named: flags.ConfigFile is not null)), path);
        }
        catch (ConfigurationException error) when (error.IsAboutFile)
        {
            throw new ConfigurationException($"unable to configure the rtd daemon with file {path}: {error.Message}", error);
        }
    }

    /// <summary>Merges two sets of options and builds the configuration.</summary>
    public static DaemonConfig Merge(DaemonOptions flags, DaemonOptions file, string path)
    {
        DaemonOptions merged = new();
        List<string> conflicts = [];
        Dictionary<string, string> origins = [];
        foreach (OptionInfo option in OptionInfo.All)
        {
            object? flag = option.Get(flags);
            object? key = option.Get(file);
            if (flag is not null && key is not null)
            {
                conflicts.Add($"{option.Key}: (from flag: {OptionInfo.Print(flag)}, from file: {OptionInfo.Print(key)})");
            }

            option.Set(merged, flag ?? key ?? (option.Kind == OptionKind.List ? Array.Empty<string>() : null));
            origins[option.Property.Name] = flag is not null || option.Key is null ? $"--{option.Long}" : $"\"{option.Key}\" in {path}";
        }

        if (conflicts.Count > 0)
        {
            throw new ConfigurationException(
                $"the following directives are specified both as a flag and in the configuration file: {string.Join(", ", conflicts)}")
            {
                IsAboutFile = true,
            };
        }

        return new ConfigBuilder(merged, origins, path).Build();
    }

    private static string ReadFile(string path, bool named)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return named ? throw new ConfigurationException("no such file or directory", absent) { IsAboutFile = true } : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(error.Message, error) { IsAboutFile = true };
        }
    }
}
