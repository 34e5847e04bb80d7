using Xunit.Sdk;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>How a command ended and what it wrote.</summary>
public sealed record CommandResult(string CommandLine, int ExitCode, string Stdout, string Stderr)
{
    /// <summary>Stdout without the line end.</summary>
    public string Line => Stdout.TrimEnd('\n', '\r');

    public IReadOnlyList<string> Lines => Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Itself, after a check of the exit code that shows all output when it fails.</summary>
    public CommandResult Exits(int expected)
    {
        if (ExitCode != expected)
        {
            throw new XunitException($"exit code {expected} expected: {this}");
        }

        return this;
    }

    /// <summary>Itself, when it failed with a message that contains the text (in any case of letters).</summary>
    public CommandResult Says(string text)
    {
        if (!Stderr.Contains(text, StringComparison.OrdinalIgnoreCase))
        {
            throw new XunitException($"message with '{text}' expected: {this}");
        }

        return this;
    }

    public override string ToString() => $"{CommandLine}\nexit code {ExitCode}\nstdout: {Stdout}\nstderr: {Stderr}";
}
