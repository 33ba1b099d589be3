using System.Text;

namespace IotTelemetry.Edge.Replay;

/// <summary>
/// Takes one line of a delimited file apart (RFC 4180, one record a line): a field may be quoted, a quote within is doubled. Stricter than most: a quote in an unquoted field, text behind a closing
/// quote and a quote left open are mistakes. A record does not go on in the next line, so a stray quote costs one row and not the rest of the file.
/// </summary>
internal static class DelimitedLine
{
    /// <summary>The line's fields into <paramref name="fields"/>; false with the problem and its column (from 1) when it is malformed.</summary>
    public static bool TrySplit(ReadOnlySpan<char> line, char delimiter, List<string> fields, out string? problem)
    {
        fields.Clear();
        problem = null;
        var at = 0;
        while (true)
        {
            var quoted = at < line.Length && line[at] == '"';
            problem = quoted ? TakeQuoted(line, delimiter, ref at, fields) : TakePlain(line, delimiter, ref at, fields);
            if (problem is not null || at >= line.Length)
            {
                return problem is null;
            }

            // A delimiter; what follows it is a field, even when the line ends here.
            at++;
        }
    }

    private static string? TakePlain(ReadOnlySpan<char> line, char delimiter, ref int at, List<string> fields)
    {
        var length = line[at..].IndexOf(delimiter);
        var field = length < 0 ? line[at..] : line.Slice(at, length);
        var quote = field.IndexOf('"');
        if (quote >= 0)
        {
            return $"a quote in an unquoted field, column {at + quote + 1}";
        }

        fields.Add(field.ToString());
        at += field.Length;
        return null;
    }

    private static string? TakeQuoted(ReadOnlySpan<char> line, char delimiter, ref int at, List<string> fields)
    {
        var opened = at + 1;
        var field = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] != '"')
            {
                field.Append(line[at]);
            }
            else if (at + 1 < line.Length && line[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                at++;
                fields.Add(field.ToString());
                return at < line.Length && line[at] != delimiter ? $"text behind a closing quote, column {at + 1}" : null;
            }
        }

        return $"a quote is not closed, column {opened}";
    }
}
