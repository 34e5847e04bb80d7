using System.Globalization;

namespace Rtd.Client.Engine;

internal static class ApiVersion
{
    /// <summary>Compares two dotted versions part by part as numbers: 1.9 is older than 1.24.</summary>
    public static int Compare(string left, string right)
    {
        string[] lefts = left.Split('.');
        string[] rights = right.Split('.');
        for (int i = 0; i < Math.Max(lefts.Length, rights.Length); i++)
        {
            int order = Part(lefts, i).CompareTo(Part(rights, i));
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int Part(string[] parts, int index) =>
        index < parts.Length && int.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
