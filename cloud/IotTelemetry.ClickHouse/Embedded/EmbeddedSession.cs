using System.Buffers;
using System.IO.Pipelines;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.ClickHouse.Sql;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>One connection of the embedded engine; temporary tables live on it.</summary>
public sealed class EmbeddedSession : IClickHouseSession
{
    private const int PieceBytes = 256 << 10;
    private readonly EngineLease _lease;

    internal EmbeddedSession(EngineLease lease) => _lease = lease;

    /// <inheritdoc/>
    public bool HasState { get; set; }

    /// <inheritdoc/>
    public async Task<StatementSummary> QueryAsync(string sql, string format, PipeWriter output, StatementOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(format);
        ArgumentNullException.ThrowIfNull(output);
        RequireOneStatement(sql);
        await using Scope scope = await BeginAsync(options).ConfigureAwait(false);
        using OutputPipe pipe = new();
        if (Redirect(sql, format, pipe.Path) is { } redirected)
        {
            try
            {
                return await StreamAsync(redirected, pipe, output, options, cancellationToken).ConfigureAwait(false);
            }
            catch (ClickHouseException e) when (e.Code == ClickHouseErrors.SyntaxError && !pipe.HasGiven)
            {
                // The statement itself is wrong, and the error should be about its own text; or it has no place for the clause after all.
            }
        }

        return await AnswerAsync(sql, format, output, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<StatementSummary> ExecuteAsync(string sql, StatementOptions options, CancellationToken cancellationToken = default)
    {
        RequireOneStatement(sql);
        await using Scope scope = await BeginAsync(options).ConfigureAwait(false);
        return await _lease.RunAsync(
            connection =>
            {
                using ChdbResult result = connection.RunOne(sql, "Null", options.Parameters);
                return result.Summary;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<StatementSummary> InsertAsync(
        string sql, string format, ReadOnlyMemory<byte> first, PipeReader rows, StatementOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        await using Scope scope = await BeginAsync(options).ConfigureAwait(false);
        using InputPipe? pipe = sql.Contains("input", StringComparison.OrdinalIgnoreCase) ? new() : null;
        if (pipe is not null && InputFunction.Redirect(sql, format, pipe.Path) is { } redirected)
        {
            return await InsertAsync(redirected, pipe, first, rows, options, cancellationToken).ConfigureAwait(false);
        }

        ChdbInsert insert = await _lease.RunAsync(connection => connection.BeginInsert(sql, format, options.Parameters), cancellationToken).ConfigureAwait(false);
        try
        {
            insert.Write(first.Span);
            bool atEnd = false;
            while (!atEnd)
            {
                ReadResult read = await rows.ReadAtLeastAsync(PieceBytes, cancellationToken).ConfigureAwait(false);
                await _lease.RunAsync(_ => Write(read.Buffer, insert), cancellationToken).ConfigureAwait(false);
                rows.AdvanceTo(read.Buffer.End);
                atEnd = read.IsCompleted;
            }

            return await _lease.RunAsync(_ => insert.Complete(), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _lease.RunAsync(_ => insert.Dispose(), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<StatementProgress?> ReadProgressAsync()
    {
        using ChdbResult result = await _lease.AskControlAsync(tag =>
            $"SELECT read_rows, read_bytes, total_rows_approx, elapsed, memory_usage FROM system.processes WHERE Settings['log_comment'] = {Statement.Literal(tag)} LIMIT 1").ConfigureAwait(false);
        NativeBlock block = new();
        if (result.Length == 0 || !block.TryRead(result.Slice(0, (int)result.Length), out _) || block.Rows == 0)
        {
            return null;
        }

        return new StatementProgress(
            (long)(ulong)block["read_rows"].GetValue(0)!,
            (long)(ulong)block["read_bytes"].GetValue(0)!,
            (long)(ulong)block["total_rows_approx"].GetValue(0)!,
            TimeSpan.FromSeconds((double)block["elapsed"].GetValue(0)!),
            (long)block["memory_usage"].GetValue(0)!);
    }

    /// <summary>Gives the connection back, or closes it.</summary>
    public ValueTask DisposeAsync()
    {
        _lease.HasState = HasState;
        return _lease.DisposeAsync();
    }

    internal static void RequireOneStatement(string sql)
    {
        ArgumentException.ThrowIfNullOrEmpty(sql);
        if (Statement.ChangesSession(sql))
        {
            throw new ArgumentException("SET and USE would change a connection that others use next: give settings with the query, and names with their database.", nameof(sql));
        }

        if (Statement.HasInlineRows(sql))
        {
            // The engine ends such rows at the first blank line in them and runs the rest as SQL.
            throw new ArgumentException("Rows do not go into the SQL text: give them to InsertAsync.", nameof(sql));
        }
    }

    private async Task<StatementSummary> InsertAsync(
        string redirected, InputPipe pipe, ReadOnlyMemory<byte> first, PipeReader rows, StatementOptions options, CancellationToken cancellationToken)
    {
        Task<StatementSummary> running = _lease.RunAsync(
            connection =>
            {
                try
                {
                    using ChdbResult result = connection.RunOne(redirected, "Null", options.Parameters);
                    return result.Summary;
                }
                finally
                {
                    pipe.EndReading();
                }
            },
            cancellationToken);
        try
        {
            bool isRead = await pipe.TryWriteAsync(first, cancellationToken).ConfigureAwait(false);
            for (bool atEnd = false; isRead && !atEnd;)
            {
                ReadResult read = await rows.ReadAtLeastAsync(PieceBytes, cancellationToken).ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    isRead = isRead && await pipe.TryWriteAsync(segment, cancellationToken).ConfigureAwait(false);
                }

                rows.AdvanceTo(read.Buffer.End);
                atEnd = read.IsCompleted;
            }
        }
        catch
        {
            // The end of the pipe must not be taken for the end of the rows.
            await _lease.CancelAsync(running).ConfigureAwait(false);
            pipe.Dispose();
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        pipe.Dispose();
        return await running.ConfigureAwait(false);
    }

    private async Task<StatementSummary> StreamAsync(string redirected, OutputPipe pipe, PipeWriter output, StatementOptions options, CancellationToken cancellationToken)
    {
        using CancellationTokenSource left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<StatementSummary> running = _lease.RunAsync(
            connection =>
            {
                try
                {
                    using ChdbResult result = connection.RunOne(redirected, "Null", options.Parameters);
                    return result.Summary;
                }
                finally
                {
                    pipe.EndInput();
                }
            },
            left.Token);
        bool whole = false;
        try
        {
            whole = await CopyAsync(pipe, output, left.Token).ConfigureAwait(false);
        }
        finally
        {
            if (!whole)
            {
                pipe.Dispose();
                await left.CancelAsync().ConfigureAwait(false);
                await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return whole ? await running.ConfigureAwait(false) : default;
    }

    // False when nobody reads any more.
    private static async Task<bool> CopyAsync(OutputPipe pipe, PipeWriter output, CancellationToken cancellationToken)
    {
        while (await pipe.ReadAsync(output.GetMemory(PieceBytes), cancellationToken).ConfigureAwait(false) is > 0 and int read)
        {
            output.Advance(read);
            FlushResult flushed = await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                return false;
            }
        }

        return true;
    }

    // Statements without a place for a file answer in a few rows, which come whole.
    private async Task<StatementSummary> AnswerAsync(string sql, string format, PipeWriter output, StatementOptions options, CancellationToken cancellationToken)
    {
        using ChdbResult result = await _lease.RunAsync(connection => connection.RunOne(sql, format, options.Parameters), cancellationToken).ConfigureAwait(false);
        for (long position = 0; position < result.Length; position += PieceBytes)
        {
            output.Write(result.Slice(position, (int)Math.Min(PieceBytes, result.Length - position)));
            FlushResult flushed = await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                break;
            }
        }

        return result.Summary;
    }

    private static string? Redirect(string sql, string format, string path)
    {
        try
        {
            return OutputClause.Redirect(sql, format, path);
        }
        catch (ClickHouseException)
        {
            return null; // The engine says better what is wrong with a text that has no tokens.
        }
    }

    private static void Write(ReadOnlySequence<byte> bytes, ChdbInsert insert)
    {
        foreach (ReadOnlyMemory<byte> segment in bytes)
        {
            insert.Write(segment.Span);
        }
    }

    private async ValueTask<Scope> BeginAsync(StatementOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        await _lease.BeginAsync(options).ConfigureAwait(false);
        return new Scope(_lease);
    }

    private readonly struct Scope(EngineLease lease) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(lease.EndAsync());
    }
}
