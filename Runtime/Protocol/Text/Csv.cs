using System.Text;

namespace Rtd.Protocol.Text;

internal static class Csv
{
    /// <summary>One line of comma-separated values, where a field in double quotes may hold commas and doubled quotes.</summary>
    /// <exception cref="FormatException">A quote is left open or stands inside a bare field.</exception>
    public static List<string> Split(string line)
    {
        List<string> fields = [];
        int position = 0;
        while (true)
        {
            fields.Add(ReadField(line, ref position));
            if (position >= line.Length)
            {
                return fields;
            }

            position++;
        }
    }

    private static string ReadField(string line, ref int position)
    {
        if (position >= line.Length || line[position] != '"')
        {
            int comma = line.IndexOf(',', position);
            int end = comma < 0 ? line.Length : comma;
            string bare = line[position..end];
            position = end;
            return bare.Contains('"') ? throw new FormatException($"parse error on line 1, column {position - bare.Length + bare.IndexOf('"') + 1}: bare \" in non-quoted field") : bare;
        }

        StringBuilder field = new();
        for (position++; position < line.Length; position++)
        {
            if (line[position] != '"')
            {
                field.Append(line[position]);
            }
            else if (position + 1 < line.Length && line[position + 1] == '"')
            {
                field.Append('"');
                position++;
            }
            else
            {
                position++;
                return position >= line.Length || line[position] == ','
                    ? field.ToString()
                    : throw new FormatException($"parse error on line 1, column {position + 1}: extraneous or missing \" in quoted-field");
            }
        }

        throw new FormatException($"parse error on line 1, column {position + 1}: extraneous or missing \" in quoted-field");
    }
}
