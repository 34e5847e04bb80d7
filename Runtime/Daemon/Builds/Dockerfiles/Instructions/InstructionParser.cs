using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary>Reads any instruction but FROM, which begins a stage.</summary>
internal static class InstructionParser
{
    /// <exception cref="EngineException">Invalid parameter, in Docker's words.</exception>
    public static Instruction Parse(InstructionLine line) => line.Keyword switch
    {
        "ADD" => AddInstruction.Parse(line),
        "ARG" => ArgInstruction.Parse(line),
        "CMD" => CmdInstruction.Parse(line),
        "COPY" => CopyInstruction.Parse(line),
        "ENTRYPOINT" => EntrypointInstruction.Parse(line),
        "ENV" => EnvInstruction.Parse(line),
        "EXPOSE" => ExposeInstruction.Parse(line),
        "HEALTHCHECK" => HealthcheckInstruction.Parse(line),
        "LABEL" => LabelInstruction.Parse(line),
        "MAINTAINER" => MaintainerInstruction.Parse(line),
        "ONBUILD" => OnbuildInstruction.Parse(line),
        "RUN" => RunInstruction.Parse(line),
        "SHELL" => ShellInstruction.Parse(line),
        "STOPSIGNAL" => StopSignalInstruction.Parse(line),
        "USER" => UserInstruction.Parse(line),
        "VOLUME" => VolumeInstruction.Parse(line),
        "WORKDIR" => WorkdirInstruction.Parse(line),
        _ => throw EngineException.InvalidParameter($"unknown instruction: {line.Keyword}"),
    };
}
