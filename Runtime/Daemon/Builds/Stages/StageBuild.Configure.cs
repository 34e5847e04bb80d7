using System.Globalization;
using System.Text;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Files;
using Rtd.Daemon.Images.Changes;

namespace Rtd.Daemon.Builds.Stages;

internal sealed partial class StageBuild
{
    /// <summary>An instruction that changes nothing but the config.</summary>
    private Task ConfigureAsync(Instruction instruction)
    {
        switch (instruction)
        {
            case ArgInstruction arg:
                _variables.Declare(arg);
                break;
            case MaintainerInstruction maintainer:
                _author = maintainer.Author;
                break;
            default:
                _editor.Apply(instruction);
                break;
        }

        return CommitAsync(Comment(" " + Describe(instruction)), [], details => CommitLayerAsync(details, null));
    }

    private async Task EnterDirectoryAsync(WorkdirInstruction workdir)
    {
        _editor.Apply(workdir);
        await CommitAsync(Comment("WORKDIR " + _config.WorkingDir), [], async details =>
        {
            using ImageTree image = OpenImage();
            return await CommitLayerAsync(details, CopyLayer.Directory(image.Tree, BytePath.Clean(BytePath.FromText(_config.WorkingDir))));
        });
    }

    /// <summary>As the classic builder writes it into the history.</summary>
    private string Describe(Instruction instruction) => instruction switch
    {
        ArgInstruction arg => "ARG " + string.Join(' ', arg.Arguments.Select(argument => argument.Default is null ? argument.Name : $"{argument.Name}={argument.Default}")),
        CmdInstruction => "CMD " + Quoted(_config.Cmd),
        EntrypointInstruction => "ENTRYPOINT " + Quoted(_config.Entrypoint),
        EnvInstruction env => "ENV " + Pairs(env.Variables),
        LabelInstruction label => "LABEL " + Pairs(label.Labels),
        ExposeInstruction expose => "EXPOSE " + string.Join(' ', expose.Ports),
        HealthcheckInstruction check => "HEALTHCHECK " + Describe(check.Health),
        MaintainerInstruction maintainer => "MAINTAINER " + maintainer.Author,
        OnbuildInstruction onbuild => "ONBUILD " + onbuild.Trigger,
        ShellInstruction shell => $"SHELL [{string.Join(' ', shell.Shell)}]",
        StopSignalInstruction stop => "STOPSIGNAL " + stop.Signal,
        UserInstruction user => "USER " + user.User,
        VolumeInstruction volume => $"VOLUME [{string.Join(' ', volume.Paths)}]",
        _ => instruction.Source.Text,
    };

    private static string Pairs(IReadOnlyList<KeyValuePair<string, string>> pairs) => string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <summary>Go's <c>%q</c> of the settings.</summary>
    private static string Describe(HealthConfig health)
    {
        StringBuilder text = new("&{");
        text.Append(Quoted(health.Test));
        foreach (long duration in (ReadOnlySpan<long>)[health.Interval, health.Timeout, health.StartPeriod])
        {
            text.Append(" \"").Append(Containers.Text.GoDuration.Format(TimeSpan.FromTicks(duration / 100))).Append('"');
        }

        return text.Append(CultureInfo.InvariantCulture, $" '\\x{health.Retries:x2}'}}").ToString();
    }

    /// <summary>Go's <c>%q</c> of a list.</summary>
    private static string Quoted(IReadOnlyList<string>? words) => $"[{string.Join(' ', (words ?? []).Select(Quoted))}]";

    private static string Quoted(string word)
    {
        StringBuilder text = new("\"");
        foreach (char c in word)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                < ' ' or '\x7f' => $"\\x{(int)c:x2}",
                _ => c.ToString(),
            });
        }

        return text.Append('"').ToString();
    }
}
