using System.Globalization;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Rules of the device controller as <c>--device-cgroup-rule</c> takes them: <c>c 1:3 rwm</c>, <c>b 8:* r</c>, <c>a *:* rwm</c>.</summary>
internal static class DeviceRuleParser
{
    public static DeviceRule Parse(string text)
    {
        string[] words = text.Split(' ');
        if (words is not [['a' or 'b' or 'c'], _, { Length: > 0 and <= 3 }] || !IsAccess(words[2]))
        {
            throw Invalid(text);
        }

        string[] numbers = words[1].Split(':');
        return numbers.Length == 2
            ? new DeviceRule(true, words[0][0], Number(numbers[0], text), Number(numbers[1], text), words[2])
            : throw Invalid(text);
    }

    public static bool IsAccess(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExcept("rwm") < 0;

    private static uint? Number(string text, string rule) => text == "*"
        ? null
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : throw Invalid(rule);

    private static EngineException Invalid(string text) => EngineException.InvalidParameter($"invalid device cgroup rule format: '{text}'");
}
