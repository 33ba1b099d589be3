using System.Globalization;
using System.Text.Json;
using IotTelemetry.Cloud.Hosting;
using Spectre.Console;

namespace IotTelemetry.Cloud.Query;

/// <summary><c>iot-cloud query</c>: asks the door of a running service, prints a table or, with a format, the answer as it comes.</summary>
internal sealed class QueryCommand(HttpClient http, IAnsiConsole console, Stream output, TextWriter errors)
{
    // A table is laid out as a whole; more rows than this nobody reads from a terminal.
    private const int TableRows = 1000;

    /// <summary>Runs a query.</summary>
    /// <param name="door">Address of the service's HTTP endpoint.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="format">A ClickHouse format's name; null prints a table.</param>
    /// <param name="parameters">Values for placeholders, <c>name=value</c>.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(Uri door, string sql, string? format, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, Address(door, format ?? "JSONCompactStringsEachRowWithNames", parameters)) { Content = new StringContent(sql) };
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                await errors.WriteLineAsync((await response.Content.ReadAsStringAsync(cancellationToken)).Trim());
                return ExitCode.QueryRefused;
            }

            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);

            // A FORMAT clause in the query wins over the table.
            bool isTable = format is null && response.Headers.TryGetValues("X-ClickHouse-Format", out IEnumerable<string>? answered) && answered.Single() == "JSONCompactStringsEachRowWithNames";
            if (isTable)
            {
                await PrintTableAsync(body, cancellationToken);
            }
            else
            {
                await body.CopyToAsync(output, cancellationToken);
                await output.FlushAsync(cancellationToken);
            }

            return ExitCode.Success;
        }
        catch (HttpRequestException failure)
        {
            await errors.WriteLineAsync($"iot-cloud: {door} does not answer: {failure.Message}. Is 'iot-cloud serve' running? Its address is given with --url.");
            return ExitCode.Failure;
        }
        catch (HttpIOException failure)
        {
            await errors.WriteLineAsync($"iot-cloud: the answer broke off, the query failed while it ran: {failure.Message}");
            return ExitCode.QueryRefused;
        }
    }

    private static Uri Address(Uri door, string format, IReadOnlyList<string> parameters)
    {
        string query = $"default_format={Uri.EscapeDataString(format)}";
        foreach (string parameter in parameters)
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new OptionException("--param", parameter, "allowed is NAME=VALUE");
            }

            query += $"&param_{Uri.EscapeDataString(parameter[..equals])}={Uri.EscapeDataString(parameter[(equals + 1)..])}";
        }

        return new UriBuilder(door) { Query = query }.Uri;
    }

    private async Task PrintTableAsync(Stream body, CancellationToken cancellationToken)
    {
        using StreamReader lines = new(body);
        Table table = new() { Border = TableBorder.Rounded };
        long rows = 0;
        for (bool isHeader = true; await lines.ReadLineAsync(cancellationToken) is { } line; isHeader = false)
        {
            // A line that is not an array is the error of a query that failed in mid-stream.
            if (!line.StartsWith('['))
            {
                await errors.WriteLineAsync(line);
                continue;
            }

            string[] cells = JsonSerializer.Deserialize(line, QueryJson.Default.StringArray)!;
            if (isHeader)
            {
                table.AddColumns([.. cells.Select(name => new TableColumn(Markup.Escape(name)))]);
            }
            else if (++rows <= TableRows)
            {
                table.AddRow([.. cells.Select(cell => new Text(cell ?? "NULL"))]);
            }
        }

        if (table.Columns.Count > 0)
        {
            console.Write(table);
        }

        string shown = rows > TableRows ? string.Create(CultureInfo.InvariantCulture, $", the first {TableRows} shown; use --format for all") : "";
        console.MarkupLineInterpolated($"[grey]{rows} rows{shown}[/]");
    }
}
