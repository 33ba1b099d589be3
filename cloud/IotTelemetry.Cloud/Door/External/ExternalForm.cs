using System.Text;
using IotTelemetry.ClickHouse.Sql;
using IotTelemetry.Cloud.Door.Statements;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace IotTelemetry.Cloud.Door.External;

/// <summary>
/// A body of type multipart/form-data (docs/en/engines/table-engines/special/external-data.md): each part with a file name is a table, named by the part; the address, or a part without a
/// file name that comes before, has its <c>NAME_structure</c> or <c>NAME_types</c>, and its <c>NAME_format</c> (TabSeparated). Other parts without a file name are as if in the address.
/// </summary>
/// <param name="Fields">The address and the parts without a file name.</param>
/// <param name="Tables">The tables.</param>
internal sealed record ExternalForm(IQueryCollection Fields, IReadOnlyList<ExternalTable> Tables)
{
    /// <summary>All parts together; they are read into memory.</summary>
    public const int LongestBody = 16 << 20;

    private const string DefaultName = "_data";
    private const string DefaultFormat = "TabSeparated";
    private const int LongestBoundary = 200;

    /// <summary>Whether a request has such a body.</summary>
    public static bool IsIn(HttpRequest request) => HttpMethods.IsPost(request.Method) && request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads it.</summary>
    /// <exception cref="QueryRefusedException">It does not read, is too long, or a table has no structure.</exception>
    public static async Task<ExternalForm> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        Dictionary<string, StringValues> fields = request.Query.ToDictionary(StringComparer.Ordinal);
        List<ExternalTable> tables = [];
        string boundary = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) ? HeaderUtilities.RemoveQuotes(type.Boundary).ToString() : "";
        if (boundary.Length is 0 or > LongestBoundary)
        {
            throw QueryRefusedException.BadArgument("multipart/form-data needs a boundary");
        }

        try
        {
            MultipartReader reader = new(boundary, request.Body);
            int left = LongestBody;
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                ContentDispositionHeaderValue place = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? parsed)
                    ? parsed
                    : throw QueryRefusedException.BadArgument("each part of multipart/form-data has a Content-Disposition");
                byte[] content = await ReadAsync(section.Body, left, cancellationToken);
                left -= content.Length;
                string name = HeaderUtilities.RemoveQuotes(place.Name).ToString();
                if (place.FileName.HasValue || place.FileNameStar.HasValue)
                {
                    tables.Add(TableOf(name.Length > 0 ? name : DefaultName, fields, content));
                }
                else
                {
                    fields[name] = Encoding.UTF8.GetString(content);
                }
            }
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException)
        {
            throw QueryRefusedException.BadArgument($"multipart/form-data does not read: {broken.Message}");
        }

        return new ExternalForm(new QueryCollection(fields), tables);
    }

    private static async Task<byte[]> ReadAsync(Stream part, int limit, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        byte[] buffer = new byte[64 << 10];
        while (await part.ReadAsync(buffer, cancellationToken) is > 0 and int read)
        {
            content.Write(buffer, 0, read);
            if (content.Length > limit)
            {
                throw new QueryRefusedException(229, "QUERY_IS_TOO_LARGE", $"External data is too large: more than {LongestBody} bytes; create a temporary table in a session instead");
            }
        }

        return content.ToArray();
    }

    private static ExternalTable TableOf(string name, Dictionary<string, StringValues> fields, byte[] rows)
    {
        if (!char.IsAsciiLetter(name[0]) && name[0] != '_' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw QueryRefusedException.BadArgument($"'{name}' does not name an external table: letters, digits and _ are allowed");
        }

        string columns = fields.TryGetValue($"{name}_structure", out StringValues structure) ? structure.ToString()
            : fields.TryGetValue($"{name}_types", out StringValues types) ? ColumnsOf(types.ToString())
            : throw QueryRefusedException.BadArgument(
                $"Neither structure nor types have not been provided for external table {name}. Use fields {name}_structure or {name}_types to do so");
        CheckNesting(name, columns);
        string format = fields.TryGetValue($"{name}_format", out StringValues given) ? given.ToString() : DefaultFormat;
        return format.Length > 0 && format.All(char.IsAsciiLetterOrDigit)
            ? new ExternalTable(name, columns, format, rows)
            : throw new QueryRefusedException(73, "UNKNOWN_FORMAT", $"Unknown format {format}");
    }

    // UInt8,Tuple(String,String) is _1 UInt8, _2 Tuple(String,String).
    private static string ColumnsOf(string types)
    {
        StringBuilder columns = new("_1 ");
        int depth = 0;
        int column = 1;
        int copied = 0;
        foreach (SqlToken token in SqlLexer.Split(types))
        {
            depth += token.IsSymbol('(') ? 1 : token.IsSymbol(')') ? -1 : 0;
            if (depth == 0 && token.IsSymbol(','))
            {
                columns.Append(types, copied, token.End - copied).Append($" _{++column} ");
                copied = token.End;
            }
        }

        return columns.Append(types, copied, types.Length - copied).ToString();
    }

    // What is written goes between the parentheses of CREATE TABLE, and stays there.
    private static void CheckNesting(string name, string columns)
    {
        int depth = 0;
        foreach (SqlToken token in SqlLexer.Split(columns))
        {
            depth += token.IsSymbol('(') ? 1 : token.IsSymbol(')') ? -1 : 0;
            if (depth < 0 || token.IsSymbol(';'))
            {
                throw QueryRefusedException.Syntax($"the structure of {name} is a list of names and types");
            }
        }

        if (depth != 0)
        {
            throw QueryRefusedException.Syntax($"the structure of {name} is not closed");
        }
    }
}
