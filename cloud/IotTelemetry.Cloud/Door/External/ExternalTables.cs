using System.IO.Pipelines;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Sql;
using IotTelemetry.Cloud.Door.Running;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Door.External;

/// <summary>The external tables of one statement, as temporary tables of its connection; gone when this is disposed.</summary>
internal sealed class ExternalTables : IAsyncDisposable
{
    private readonly List<string> _names = [];
    private readonly IClickHouseSession _connection;
    private readonly bool _hadState;

    private ExternalTables(IClickHouseSession connection)
    {
        _connection = connection;
        _hadState = connection.HasState;
    }

    /// <summary>Makes and fills the tables.</summary>
    /// <exception cref="QueryRefusedException">A structure has what is not allowed here.</exception>
    public static async Task<ExternalTables> CreateAsync(
        IReadOnlyList<ExternalTable> tables, IClickHouseSession connection, QueryGuard guard, DoorUser user, StatementOptions options, CancellationToken cancellationToken)
    {
        ExternalTables made = new(connection);
        StatementOptions small = options with { Settings = DoorLimits.WithMemory(options.Settings, ReaderMemory.Least) };
        try
        {
            foreach (ExternalTable table in tables)
            {
                string create = $"CREATE TEMPORARY TABLE {table.Name} ({table.Columns}) ENGINE = Memory";
                guard.CheckInside(SqlLexer.Split(create), user);
                await connection.ExecuteAsync(create, small, cancellationToken);
                made._names.Add(table.Name);
                connection.HasState = true;
                await connection.InsertAsync($"INSERT INTO {table.Name}", table.Format, table.Rows, PipeReader.Create(Stream.Null), small, cancellationToken);
            }

            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string name in _names)
        {
            await _connection.ExecuteAsync($"DROP TEMPORARY TABLE IF EXISTS {name}", StatementOptions.None);
        }

        _connection.HasState = _hadState;
    }
}
