using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Sql;
using IotTelemetry.Cloud.Hosting;
using Spectre.Console;

namespace IotTelemetry.Cloud.Query;

/// <summary><c>iot-cloud query</c>: asks the door of a running service, or a ClickHouse server; prints a table or, with a format, the answer as it comes.</summary>
internal sealed class QueryCommand(IClickHouseEngine engine, IAnsiConsole console, Stream output, TextWriter errors)
{
    // A table is laid out as a whole; more rows than this nobody reads from a terminal.
    private const int TableRows = 1000;
    private const string TableFormat = "JSONCompactStringsEachRowWithNames";

    /// <summary>Runs a query.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="format">A ClickHouse format's name; null prints a table, unless the statement has a FORMAT clause.</param>
    /// <param name="parameters">Values for placeholders, <c>name=value</c>.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(string sql, string? format, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        try
        {
            ClickHouseParameters values = Parameters(parameters);
            if (format is null && FormatOf(sql) is null)
            {
                await PrintTableAsync(sql, values, cancellationToken);
            }
            else
            {
                await engine.QueryAsync(sql, format ?? TableFormat, output, values, cancellationToken: cancellationToken);
            }

            return ExitCode.Success;
        }
        catch (ClickHouseException failure)
        {
            await errors.WriteLineAsync($"iot-cloud: {failure.Message}{(failure.Code == 0 ? " Is 'iot-cloud serve' running? Its address is given with --url." : "")}");
            return failure.Code == 0 ? ExitCode.Failure : ExitCode.QueryRefused;
        }
    }

    private static ClickHouseParameters Parameters(IReadOnlyList<string> texts)
    {
        ClickHouseParameters parameters = new();
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new OptionException("--param", text, "allowed is NAME=VALUE");
            }

            parameters.AddText(text[..equals], text[(equals + 1)..]);
        }

        return parameters;
    }

    private static string? FormatOf(string sql)
    {
        try
        {
            return OutputClause.FormatOf(SqlLexer.Split(sql.TrimEnd(';', ' ', '\n', '\r', '\t')));
        }
        catch (ClickHouseException)
        {
            return null; // The service says what is wrong with it.
        }
    }

    private async Task PrintTableAsync(string sql, ClickHouseParameters parameters, CancellationToken cancellationToken)
    {
        Pipe pipe = new();
        Task asking = AskAsync(sql, parameters, pipe.Writer, cancellationToken);
        using StreamReader lines = new(pipe.Reader.AsStream());
        Table table = new() { Border = TableBorder.Rounded };
        long rows = 0;
        for (bool isHeader = true; await lines.ReadLineAsync(cancellationToken) is { } line; isHeader = false)
        {
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

        await asking;
        if (table.Columns.Count > 0)
        {
            console.Write(table);
        }

        string shown = rows > TableRows ? string.Create(CultureInfo.InvariantCulture, $", the first {TableRows} shown; use --format for all") : "";
        console.MarkupLineInterpolated($"[grey]{rows} rows{shown}[/]");
    }

    // The lines end in any case; a failure is thrown when they have been read.
    private async Task AskAsync(string sql, ClickHouseParameters parameters, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            await engine.QueryAsync(sql, TableFormat, writer, parameters, cancellationToken: cancellationToken);
        }
        finally
        {
            await writer.CompleteAsync();
        }
    }
}
