using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Api.Routes;

/// <summary>Progress as Docker's stream of JSON documents. The answer begins with the first one, so that errors before it get a status of their own.</summary>
/// <remarks>Called from the working thread only, which waits until the client has taken each document.</remarks>
internal sealed class ImageProgressOutput(ApiContext context, bool quiet) : IProgressOutput
{
    private const int BarWidth = 50;

    public bool HasStarted { get; private set; }

    public void Step(string id, string action, long current, long total)
    {
        if (!quiet)
        {
            Write(new ImageMessage
            {
                Status = action,
                ProgressDetail = new ImageProgress { Current = current, Total = total },
                Progress = Bar(current, total),
                Id = id,
            });
        }
    }

    /// <summary>A message that stands for itself.</summary>
    public void Status(string text) => Write(new ImageMessage { Status = text });

    public void Line(string text) => Write(new ImageMessage { Stream = text });

    /// <summary>Ends a stream that has begun: clients take the error from the last document.</summary>
    public Task FailAsync(Exception error)
    {
        string message = ErrorStatus.From(error).Message;
        return context.WriteMessageAsync(new ImageMessage { Error = message, ErrorDetail = new ImageErrorDetail { Message = message } });
    }

    /// <summary>Puts numbers and bar into a document.</summary>
    internal static void Fill(ImageMessage message, long current, long total)
    {
        message.ProgressDetail = new ImageProgress { Current = current, Total = total };
        message.Progress = Bar(current, total);
    }

    /// <summary><c>[====>      ]  1.2MB/3.4MB</c>, for clients that do not draw it themselves.</summary>
    private static string Bar(long current, long total)
    {
        if (total <= 0)
        {
            return Bytes(current);
        }

        int filled = (int)Math.Min(BarWidth, BarWidth * (double)current / total);
        string bar = filled == BarWidth ? new string('=', BarWidth) + ">" : new string('=', filled) + ">" + new string(' ', BarWidth - filled);
        return $"[{bar}] {Bytes(current),8}/{Bytes(total)}";
    }

    /// <summary>Four significant digits and a decimal unit, as Docker shows sizes.</summary>
    private static string Bytes(double value)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        int unit = 0;
        while (value >= 1000 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        int decimals = value >= 100 ? 1 : value >= 10 ? 2 : 3;
        return Math.Round(value, decimals).ToString(System.Globalization.CultureInfo.InvariantCulture) + units[unit];
    }

    private void Write(ImageMessage message)
    {
        if (!HasStarted)
        {
            HasStarted = true;
            context.StartStreamAsync().GetAwaiter().GetResult();
        }

        context.WriteMessageAsync(message).GetAwaiter().GetResult();
    }
}
