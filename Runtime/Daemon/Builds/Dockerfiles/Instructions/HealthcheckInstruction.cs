using System.Globalization;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>HEALTHCHECK [--interval=…] … CMD …</c> and <c>HEALTHCHECK NONE</c>.</summary>
internal sealed record HealthcheckInstruction : Instruction
{
    public override string Keyword => "HEALTHCHECK";

    public required HealthConfig Health { get; init; }

    public static HealthcheckInstruction Parse(InstructionLine line)
    {
        InstructionArguments.RequireSome("HEALTHCHECK", line.Arguments.Length);
        int blank = line.Arguments.AsSpan().IndexOfAny(' ', '\t');
        (string kind, string command) = blank < 0 ? (line.Arguments, "") : (line.Arguments[..blank], line.Arguments[blank..].TrimStart());
        HealthConfig health = new()
        {
            Test = Test(kind, command),
            Interval = Duration(line.Flags, "interval"),
            Timeout = Duration(line.Flags, "timeout"),
            StartPeriod = Duration(line.Flags, "start-period"),
            StartInterval = Duration(line.Flags, "start-interval"),
            Retries = Retries(line.Flags.Text("retries")),
        };
        line.Flags.RefuseOthers();
        return new HealthcheckInstruction { Source = line.Source, Health = health };
    }

    private static List<string> Test(string kind, string command)
    {
        switch (kind.ToUpperInvariant())
        {
            case "NONE":
                return command.Length == 0 ? ["NONE"] : throw EngineException.InvalidParameter("HEALTHCHECK NONE takes no arguments");
            case "CMD":
                CommandLine line = InstructionArguments.Command(command);
                return line.Words.Count > 0
                    ? [line.IsShellForm ? "CMD-SHELL" : "CMD", .. line.Words]
                    : throw EngineException.InvalidParameter("Missing command after HEALTHCHECK CMD");
            default:
                throw EngineException.InvalidParameter($"Unknown type \"{kind.ToUpperInvariant()}\" in HEALTHCHECK (try CMD)");
        }
    }

    private static int Retries(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int retries))
        {
            throw EngineException.InvalidParameter($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
        }

        return retries > 0 ? retries : throw EngineException.InvalidParameter($"--retries must be at least 1 (not {retries})");
    }

    /// <summary>Nanoseconds; zero is the engine's default.</summary>
    private static long Duration(InstructionFlags flags, string name)
    {
        string? text = flags.Text(name);
        if (text is null or "0")
        {
            return 0;
        }

        if (!Timestamps.TryParseDuration(text.TrimStart('-'), out TimeSpan duration))
        {
            throw EngineException.InvalidParameter($"time: invalid duration \"{text}\"");
        }

        return duration == TimeSpan.Zero || (duration >= TimeSpan.FromMilliseconds(1) && !text.StartsWith('-'))
            ? (long)duration.TotalNanoseconds
            : throw EngineException.InvalidParameter($"Interval \"{name}\" cannot be less than 1ms");
    }
}
