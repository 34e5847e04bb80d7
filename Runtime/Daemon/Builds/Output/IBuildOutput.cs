using Rtd.Daemon.Execution;
using Rtd.Daemon.Images.Transfer;

namespace Rtd.Daemon.Builds.Output;

/// <summary>Where a build tells what it does. Awaiting is back-pressure: a client that does not read holds the step up.</summary>
internal interface IBuildOutput
{
    /// <summary>A line of the build's own, without its end.</summary>
    ValueTask LineAsync(string text);

    /// <summary>What a step's command writes.</summary>
    ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data);

    /// <summary>Takes the progress of a pull.</summary>
    ITransferProgress Pull { get; }

    /// <summary>A result for programs.</summary>
    ValueTask ResultAsync(object value);
}
