using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Volumes;

/// <summary>The rule for names of volumes.</summary>
internal static class VolumeNames
{
    private const int MaximumLength = 255;

    public static bool IsValid(string name) =>
        name.Length is > 1 and <= MaximumLength
        && char.IsAsciiLetterOrDigit(name[0])
        && name.AsSpan(1).IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") < 0;

    public static void Validate(string name)
    {
        if (!IsValid(name))
        {
            throw EngineException.InvalidParameter(
                $"create {name}: \"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path");
        }
    }
}
