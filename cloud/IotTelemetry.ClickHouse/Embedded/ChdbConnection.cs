using System.Runtime.InteropServices;
using IotTelemetry.ClickHouse.Embedded.Interop;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>One connection of the engine: blocking calls, one statement at a time, not thread-safe.</summary>
internal sealed unsafe class ChdbConnection
{
    // Opening touches process-wide state (the signal handlers), so connections open one after another.
    private static readonly Lock ConnectGate = new();
    private nint* _connection;
    private nint _stream;

    private ChdbConnection(nint* connection) => _connection = connection;

    /// <summary>Null when the engine refused; the engine says why on stderr only.</summary>
    public static ChdbConnection? Open(IReadOnlyList<string> arguments)
    {
        lock (ConnectGate)
        {
            using SignalGuard guard = new();
            Chdb.SetSignalHandlersEnabled(0);
            using NativeTexts texts = new(arguments);
            nint* connection = Chdb.Connect(texts.Count, texts.Pointers);
            return connection is null ? null : new ChdbConnection(connection);
        }
    }

    /// <summary>Runs one statement to its end and returns its whole result in <paramref name="format"/>.</summary>
    public ChdbResult Run(string sql, string format, ClickHouseParameters? parameters)
    {
        using StatementTexts texts = new(sql, format, parameters);
        ChdbResult result = new(Chdb.Query(
            *_connection, texts.Sql, texts.SqlLength, texts.Format, texts.FormatLength, texts.Names, texts.NameLengths, texts.Values, texts.ValueLengths, texts.ParameterCount));
        result.ThrowOnError(sql);
        return result;
    }

    /// <summary>As <see cref="Run"/>, for a text from outside: refuses several statements in one text, as ClickHouse's servers do; the library would run them all.</summary>
    public ChdbResult RunOne(string sql, string format, ClickHouseParameters? parameters) => CountStatements(sql) <= 1
        ? Run(sql, format, parameters)
        : throw new ClickHouseException(ClickHouseErrors.SyntaxError, $"{Statement.Doing(sql)}: one statement at a time, please.");

    /// <summary>Starts a query whose result is then fetched in parts.</summary>
    public void BeginQuery(string sql, string format, ClickHouseParameters? parameters)
    {
        using StatementTexts texts = new(sql, format, parameters);
        nint stream = Chdb.StreamQuery(
            *_connection, texts.Sql, texts.SqlLength, texts.Format, texts.FormatLength, texts.Names, texts.NameLengths, texts.Values, texts.ValueLengths, texts.ParameterCount);
        if (ErrorOf(stream) is { } error)
        {
            Chdb.DestroyResult(stream);
            throw ClickHouseException.Parse(error, Statement.Doing(sql));
        }

        _stream = stream;
    }

    /// <summary>The next part of the started query's result, or null at its end.</summary>
    public ChdbResult? Fetch(string sql)
    {
        ChdbResult result = new(Chdb.StreamFetch(*_connection, _stream));
        result.ThrowOnError(sql);
        if (result.Length > 0)
        {
            return result;
        }

        result.Dispose();
        DestroyStream();
        return null;
    }

    /// <summary>Ends the started query, if there is one, and makes the connection free for the next statement. True when the query was left unfinished.</summary>
    public bool EndQuery()
    {
        bool left = _stream != 0;
        if (left)
        {
            Chdb.StreamCancel(*_connection, _stream);
            DestroyStream();
        }

        return left;
    }

    /// <summary>Starts an insert; <paramref name="sql"/> is an INSERT without FORMAT and data.</summary>
    public ChdbInsert BeginInsert(string sql, string format, ClickHouseParameters? parameters)
    {
        using StatementTexts texts = new(sql, format, parameters);
        return new ChdbInsert(
            Chdb.InsertBegin(
                *_connection, texts.Sql, texts.SqlLength, texts.Format, texts.FormatLength, texts.Names, texts.NameLengths, texts.Values, texts.ValueLengths, texts.ParameterCount),
            sql);
    }

    /// <summary>Ends what is open and closes the connection. The last connection to close stops the engine.</summary>
    public void Close()
    {
        if (_connection is null)
        {
            return;
        }

        EndQuery();
        Chdb.CloseConnection(_connection);
        _connection = null;
    }

    private void DestroyStream()
    {
        Chdb.DestroyResult(_stream);
        _stream = 0;
    }

    // As the engine's parser counts; 0 when the text does not parse.
    private int CountStatements(string sql)
    {
        using StatementTexts texts = new(sql, "", null);
        Chdb.Analysis analysis = new() { StructSize = (uint)sizeof(Chdb.Analysis) };
        return Chdb.Classify(*_connection, texts.Sql, texts.SqlLength, null, 0, &analysis) == 0 ? (int)analysis.StatementCount : 0;
    }

    private static string? ErrorOf(nint result) => result == 0 ? "the engine returned nothing" : Marshal.PtrToStringUTF8((nint)Chdb.ResultError(result));
}
