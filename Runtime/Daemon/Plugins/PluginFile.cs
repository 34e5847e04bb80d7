namespace Rtd.Daemon.Plugins;

/// <summary>A plugin's <c>.json</c> file, as Docker defines it.</summary>
internal sealed class PluginFile
{
    public string Name { get; set; } = "";

    public string Addr { get; set; } = "";

    public PluginTls? TLSConfig { get; set; }
}
