using Rtd.Daemon.Api.Models;

namespace Rtd.Daemon.Images;

/// <summary>What an image made from a container says of itself.</summary>
/// <param name="Config">How containers of it run.</param>
/// <param name="CreatedBy">The command that made the changes, for the history.</param>
internal sealed record CommitDetails(ContainerConfig Config, string CreatedBy, string Author, string Comment);
