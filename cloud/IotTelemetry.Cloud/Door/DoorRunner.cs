using System.Globalization;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.ClickHouse.Sql;
using IotTelemetry.Cloud.Door.Answers;
using IotTelemetry.Cloud.Door.External;
using IotTelemetry.Cloud.Door.Running;
using IotTelemetry.Cloud.Door.Sessions;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Cloud.Door;

/// <summary>Runs one statement of a user: decides what it is, checks whether the user may, and gives it to the engine within the user's limits. Thread-safe.</summary>
internal sealed class DoorRunner(Func<bool, CancellationToken, Task<IClickHouseSession>> open, DatabaseName database, QueryGuard guard, RunningStatements running, ReaderMemory? memory)
{
    private const string DefaultFormat = "TabSeparated";
    private const string ReaderPriority = "2";
    private const string LongestPauseMs = "250";

    /// <summary>Runs a statement with a connection of its own, or of its session.</summary>
    /// <param name="statement">Its place among the running ones.</param>
    /// <param name="request">What goes with it.</param>
    /// <param name="text">Its text; of an INSERT, a part with the head.</param>
    /// <param name="body">The rows of an INSERT.</param>
    /// <param name="tables">Those that came with it.</param>
    /// <param name="isGet">It came with GET, which never changes anything.</param>
    /// <param name="session">Its session, or null.</param>
    /// <param name="answer">Gets the result.</param>
    public async Task<StatementSummary> RunAsync(
        RunningStatement statement, DoorRequest request, string text, DoorBody body, IReadOnlyList<ExternalTable> tables, bool isGet, DoorSession? session, DoorAnswer answer)
    {
        if (session is not null)
        {
            return await RunAsync(statement, request, text, body, tables, isGet, session, session.Connection, answer);
        }

        await using IClickHouseSession connection = await open(statement.User.Role == DoorRole.Ingest, statement.Ended);
        return await RunAsync(statement, request, text, body, tables, isGet, null, connection, answer);
    }

    private async Task<StatementSummary> RunAsync(
        RunningStatement statement,
        DoorRequest request,
        string text,
        DoorBody body,
        IReadOnlyList<ExternalTable> tables,
        bool isGet,
        DoorSession? session,
        IClickHouseSession connection,
        DoorAnswer answer)
    {
        using CancellationTokenSource ended = new();
        Task telling = request.SendProgress ? TellAsync(connection, request.ProgressInterval, answer, ended.Token) : Task.CompletedTask;
        try
        {
            await using ExternalTables external = await ExternalTables.CreateAsync(
                tables, connection, guard, statement.User, Options(request, statement.User, session, isReader: true), statement.Ended);
            SqlToken first = SqlLexer.Read(text).FirstOrDefault(token => !token.IsSymbol('('));
            return first.Value is not null && first.IsWord("INSERT")
                ? await InsertAsync(statement, request, InsertHead.Read(text), body, isGet, session, connection)
                : await AnswerAsync(statement, request, text, session, connection, answer);
        }
        finally
        {
            await ended.CancelAsync();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<StatementSummary> AnswerAsync(RunningStatement statement, DoorRequest request, string text, DoorSession? session, IClickHouseSession connection, DoorAnswer answer)
    {
        List<SqlToken> tokens = QueryGuard.Split(text);
        string sql = text[..tokens[^1].End];
        if (SessionStatement.Is(tokens))
        {
            DoorSession kept = session ?? throw QueryRefusedException.ReadOnly($"Cannot execute query in readonly mode: {tokens[0].Value} needs a session: give a session_id");
            return await WithinAsync(statement, request, session, tokens, isReader: true, options => SessionStatement.RunAsync(tokens, sql, kept, statement.User, guard, options, statement.Ended));
        }

        if (tokens[0].IsWord("KILL"))
        {
            // Waits for nothing: it may be what frees the memory.
            StatementOptions killed = Options(request, statement.User, session, isReader: true) with { Parameters = await KillStatement.RunAsync(tokens, statement.User, running) };
            answer.Format = request.DefaultFormat ?? DefaultFormat;
            return await connection.QueryAsync(KillStatement.Answer, answer.Format, answer.Output, killed, statement.Ended);
        }

        answer.Format = guard.Check(tokens, statement.User) ?? request.DefaultFormat ?? DefaultFormat;
        return await WithinAsync(
            statement, request, session, tokens, isReader: true, options => connection.QueryAsync(sql, answer.Format, answer.Output, options, statement.Ended));
    }

    private async Task<StatementSummary> InsertAsync(
        RunningStatement statement, DoorRequest request, InsertHead head, DoorBody body, bool isGet, DoorSession? session, IClickHouseSession connection)
    {
        if (isGet)
        {
            throw QueryRefusedException.ReadOnly("Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. You should use method POST for modifying queries");
        }

        string? target = head.Database ?? request.Database ?? session?.Database;
        bool isOurs = statement.User.Role == DoorRole.Ingest && target == database.ToString();
        if (!isOurs && (session is null || head.Database is not null))
        {
            throw statement.User.Role == DoorRole.Ingest
                ? QueryRefusedException.Denied($"{statement.User.Name}: Not enough privileges. INSERT is for the tables of {database}, and for temporary tables of a session")
                : QueryRefusedException.ReadOnly($"Cannot execute query in readonly mode: {statement.User.Name} may insert into temporary tables of a session only");
        }

        if (isOurs && head.Table == "schema_migrations")
        {
            throw QueryRefusedException.Denied($"{statement.User.Name}: Not enough privileges. The table {head.Table} is the service's own");
        }

        guard.CheckInside(head.Tokens, statement.User);
        return await WithinAsync(statement, request, session, head.Tokens, isReader: !isOurs, options => InsertAsync(statement, request, head, body, connection, options));
    }

    private static Task<StatementSummary> InsertAsync(
        RunningStatement statement, DoorRequest request, InsertHead head, DoorBody body, IClickHouseSession connection, StatementOptions options)
    {
        if (head.Format is null)
        {
            return connection.ExecuteAsync(head.Sql, options, statement.Ended);
        }

        body.TakeHead(head.RowsAt);
        string format = head.IsFormatNamed ? head.Format : request.DefaultFormat ?? head.Format;
        return connection.InsertAsync(head.Sql, format, body.First, body.Rest, options, statement.Ended);
    }

    /// <summary>Runs a statement within the user's limits and, if it is a reader's, within a share of the memory that readers have.</summary>
    private async Task<StatementSummary> WithinAsync(
        RunningStatement statement, DoorRequest request, DoorSession? session, List<SqlToken> tokens, bool isReader, Func<StatementOptions, Task<StatementSummary>> run)
    {
        StatementOptions options = Options(request, statement.User, session, isReader);
        if (memory is null || statement.User.Role == DoorRole.Ingest)
        {
            return await run(options);
        }

        long? asked = SettingsPolicy.AskedMemory(tokens, session?.Settings, request.Settings);
        using MemoryShare share = await memory.TakeAsync(statement.User, asked, statement.Ended);
        try
        {
            Dictionary<string, string> settings = DoorLimits.WithMemory(options.Settings, share.Bytes);

            // The more run at once, the fewer threads an insert has to wait for.
            settings.TryAdd("max_threads", Math.Max(1, Environment.ProcessorCount / running.Count).ToString(CultureInfo.InvariantCulture));
            return await run(options with { Settings = settings });
        }
        catch (ClickHouseException error) when (error.Code == ClickHouseErrors.MemoryLimitExceeded && share.Bytes < statement.User.Limits.MaximumMemoryBytes)
        {
            throw new ClickHouseException(
                error.Code, $"{error.Message} Readers share memory, and this statement had {share.Bytes} bytes of it: ask with max_memory_usage for up to {statement.User.Limits.MaximumMemoryBytes}.", error);
        }
    }

    // The limits first: what the user asks for was checked against them.
    private static StatementOptions Options(DoorRequest request, DoorUser user, DoorSession? session, bool isReader)
    {
        Dictionary<string, string> settings = user.Limits.ToSettings();
        foreach ((string name, string value) in session?.Settings.Concat(request.Settings) ?? request.Settings)
        {
            settings[name] = value;
        }

        // Readers pause while an insert runs, but not for ever when one follows the other.
        settings["priority"] = user.Role == DoorRole.Ingest ? EmbeddedEngine.InsertPriority : ReaderPriority;
        settings["low_priority_query_wait_time_ms"] = LongestPauseMs;
        if (isReader)
        {
            // 2, not 1: readers may change settings for their own query, and have temporary tables, but nothing else that writes.
            settings["readonly"] = "2";
        }

        return new StatementOptions { Database = request.Database ?? session?.Database, Parameters = request.Parameters, Settings = settings };
    }

    private static async Task TellAsync(IClickHouseSession connection, TimeSpan interval, DoorAnswer answer, CancellationToken ended)
    {
        const int MostHeaders = 100;
        using PeriodicTimer timer = new(interval);
        for (int i = 0; i < MostHeaders && await timer.WaitForNextTickAsync(ended); i++)
        {
            if (await connection.ReadProgressAsync() is { } progress)
            {
                answer.Tell(progress);
            }
        }
    }
}
