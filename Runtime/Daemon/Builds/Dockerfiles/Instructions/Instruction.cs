using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary>One instruction of a stage, as written: variables are not put in yet.</summary>
internal abstract record Instruction
{
    /// <summary>In upper case.</summary>
    public abstract string Keyword { get; }

    public required SourceLine Source { get; init; }

    /// <summary>Puts variables in and takes quotes away, where this instruction has that done.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public virtual Instruction Expand(WordExpander words) => this;
}
