using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>A command to run in a running container.</summary>
internal sealed class ExecCreateRequest
{
    public bool AttachStdin { get; set; }

    public bool AttachStdout { get; set; }

    public bool AttachStderr { get; set; }

    public List<int>? ConsoleSize { get; set; }

    public string DetachKeys { get; set; } = "";

    public bool Tty { get; set; }

    public List<string>? Env { get; set; }

    [JsonConverter(typeof(StringOrListConverter))]
    public List<string>? Cmd { get; set; }

    public bool Privileged { get; set; }

    public string User { get; set; } = "";

    public string WorkingDir { get; set; } = "";
}
