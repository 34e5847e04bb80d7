using System.Globalization;
using Newtonsoft.Json;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Mounts;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Builds.Stages;

internal sealed partial class StageBuild
{
    private async Task RunCommandAsync(RunInstruction run)
    {
        List<string> command = run.Command.Resolve(ShellWords);
        IReadOnlyList<string> arguments = _variables.RecordedEnvironment;
        string createdBy = string.Join(' ', arguments.Count > 0 ? [$"|{arguments.Count}", .. arguments, .. command] : command);
        await using StepMounts mounts = new(session, _stage, _image, _config.WorkingDir, output);
        await mounts.PrepareAsync(run, cancelled);
        string[] seen =
        [
            run.Network.ToString(), JsonConvert.SerializeObject(run.Mounts), run.ScriptFile?.Body ?? "", .. mounts.Keys,
        ];
        await CommitAsync(createdBy, seen, details => RunCommandAsync(run, command, mounts, details));
    }

    private async Task<Image> RunCommandAsync(RunInstruction run, List<string> command, StepMounts mounts, CommitDetails details)
    {
        Image image = _image ?? throw EngineException.InvalidParameter("no command can be run in an image with nothing in it");
        await mounts.OpenAsync(run, cancelled);
        Containers.ContainerService containers = session.Parts.Containers;
        string id = await containers.CreateStepAsync(Request(run, image, mounts.ScriptPath is { } script ? [script] : command), mounts.Points);
        bool keep = false;
        try
        {
            await output.LineAsync($" ---> Running in {RandomId.Short(id)}");
            int exitCode = await RunContainerAsync(id);
            if (exitCode != 0)
            {
                keep = !session.Request.ForceRemove;
                throw new CommandFailedException(string.Join(' ', command), exitCode);
            }

            cancelled.ThrowIfCancellationRequested();
            Image made = await CommitLayerAsync(details, archive => containers.WriteStepChanges(id, mounts.WithoutMountPoints, archive, cancelled));
            keep = !session.Request.Remove;
            return made;
        }
        finally
        {
            await EndContainerAsync(id, keep);
        }
    }

    private async Task<int> RunContainerAsync(string id)
    {
        try
        {
            return await session.Parts.Containers.RunStepAsync(id, new StepSink(output), cancelled);
        }
        catch (OperationCanceledException)
        {
            cancelled.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Kept ones are the user's from then on.</summary>
    private async Task EndContainerAsync(string id, bool keep)
    {
        if (keep)
        {
            await session.Parts.Containers.KeepStepAsync(id);
            return;
        }

        await session.Parts.Containers.RemoveAsync(id, force: true, removeVolumes: true);
        if (!cancelled.IsCancellationRequested)
        {
            await output.LineAsync($"Removing intermediate container {RandomId.Short(id)}");
        }
    }

    /// <summary>The image's config with the command in the place of its own, and without its health check.</summary>
    private ContainerCreateRequest Request(RunInstruction run, Image image, List<string> command)
    {
        ContainerConfig config = Clone(_config);
        config.Image = image.Id;
        config.Cmd = command;
        config.Entrypoint = [""];
        config.Healthcheck = new HealthConfig { Test = ["NONE"] };
        config.Env = [.. config.Env ?? [], .. _variables.RunEnvironment];
        config.AttachStdout = true;
        config.AttachStderr = true;
        HostConfig host = session.Request.HostConfig();
        host.NetworkMode = run.Network switch
        {
            RunNetwork.None => "none",
            RunNetwork.Host => "host",
            _ => host.NetworkMode,
        };
        host.LogConfig = new LogConfig { Type = "none" };
        return new ContainerCreateRequest { Config = config, HostConfig = host };
    }
}
