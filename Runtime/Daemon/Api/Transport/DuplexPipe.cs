using System.IO.Pipelines;

namespace Rtd.Daemon.Api.Transport;

/// <summary>The two directions of a connection as one side sees them.</summary>
internal sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
