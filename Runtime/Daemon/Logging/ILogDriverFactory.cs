namespace Rtd.Daemon.Logging;

/// <summary>Makes log drivers by their name in <c>HostConfig.LogConfig.Type</c>.</summary>
internal interface ILogDriverFactory
{
    /// <summary>Throws an invalid parameter error for an unknown driver or an option that the driver does not take.</summary>
    void Validate(string driver, IReadOnlyDictionary<string, string> options);

    /// <summary>Opens a container's log for writing and reading, or only for reading when the container does not run.</summary>
    /// <param name="directory">The container's own directory.</param>
    ILogDriver Create(string driver, IReadOnlyDictionary<string, string> options, string containerId, string directory, bool tty);

    /// <summary>The file that inspect shows as LogPath; "" when the driver has none.</summary>
    string LogPath(string driver, string containerId, string directory);
}
