using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Changes;

/// <summary>Carries instructions out that change nothing but an image's config.</summary>
/// <remarks>One for a whole stage: whether CMD stood in it decides what ENTRYPOINT does.</remarks>
internal sealed class ConfigEditor(ContainerConfig config)
{
    private bool _commandSet;

    /// <param name="instruction">With variables put in.</param>
    /// <exception cref="EngineException">Invalid parameter; or it is an instruction that does more than change the config.</exception>
    public void Apply(Instruction instruction)
    {
        switch (instruction)
        {
            case CmdInstruction cmd:
                config.Cmd = cmd.Command.Resolve(config.Shell);
                _commandSet |= config.Cmd.Count > 0;
                break;
            case EntrypointInstruction entrypoint:
                SetEntrypoint(entrypoint);
                break;
            case EnvInstruction env:
                config.Env ??= [];
                Each(env.Variables, (name, value) => ConfigEnvironment.Set(config.Env, Named("ENV", name), value));
                break;
            case LabelInstruction label:
                config.Labels ??= [];
                Each(label.Labels, (name, value) => config.Labels[Named("LABEL", name)] = value);
                break;
            case ExposeInstruction expose:
                config.ExposedPorts ??= [];
                expose.Ports.SelectMany(ExposedPorts.Parse).ToList().ForEach(port => config.ExposedPorts[port] = new EmptyObject());
                break;
            case VolumeInstruction volume:
                config.Volumes ??= [];
                volume.Paths.ToList().ForEach(path => config.Volumes[path] = new EmptyObject());
                break;
            default:
                ApplySingle(instruction);
                break;
        }
    }

    private void ApplySingle(Instruction instruction)
    {
        switch (instruction)
        {
            case HealthcheckInstruction healthcheck:
                config.Healthcheck = healthcheck.Health;
                break;
            case OnbuildInstruction onbuild:
                (config.OnBuild ??= []).Add(onbuild.Trigger);
                break;
            case ShellInstruction shell:
                config.Shell = [.. shell.Shell];
                break;
            case StopSignalInstruction stop:
                config.StopSignal = CheckSignal(stop.Signal);
                break;
            case UserInstruction user:
                config.User = user.User;
                break;
            case WorkdirInstruction workdir:
                config.WorkingDir = Resolve(workdir.Path);
                break;
            default:
                throw EngineException.InvalidParameter($"{instruction.Keyword} is not a valid change command");
        }
    }

    /// <summary>A new entry point makes the command that came with the old one meaningless.</summary>
    private void SetEntrypoint(EntrypointInstruction entrypoint)
    {
        List<string> words = entrypoint.Command.Resolve(config.Shell);
        config.Entrypoint = words.Count > 0 ? words : null;
        if (!_commandSet)
        {
            config.Cmd = null;
        }
    }

    private string Resolve(string path)
    {
        if (path.Length == 0)
        {
            throw EngineException.InvalidParameter("cannot normalize nothing");
        }

        string full = Path.GetFullPath(path, config.WorkingDir.Length == 0 ? "/" : config.WorkingDir);
        return full.Length > 1 ? full.TrimEnd('/') : full;
    }

    private static string CheckSignal(string signal)
    {
        Signals.Parse(signal);
        return signal;
    }

    private static string Named(string keyword, string name) => name.Length > 0 ? name : throw EngineException.InvalidParameter($"{keyword} names can not be blank");

    private static void Each(IReadOnlyList<KeyValuePair<string, string>> pairs, Action<string, string> set)
    {
        foreach ((string name, string value) in pairs)
        {
            set(name, value);
        }
    }
}
