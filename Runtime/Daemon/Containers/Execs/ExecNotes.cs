using Rtd.Daemon.Api.Models;

namespace Rtd.Daemon.Containers.Execs;

/// <summary>What a daemon writes to itself of an exec, should the exec outlive it.</summary>
internal sealed record ExecNotes(string ContainerId, ExecCreateRequest Request);
