using System.Globalization;
using System.Text;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Schema;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>The one engine of this test process; every test takes a database of its own.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;
    private int _databases;

    public IClickHouseEngine Engine { get; private set; } = null!;

    public async Task InitializeAsync() => Engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions { DataDirectory = Path.Combine(_directory, "data") });

    public async Task DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    internal DatabaseName NewDatabase() => DatabaseName.Parse($"test_{Interlocked.Increment(ref _databases)}");

    internal async Task<DatabaseName> NewMigratedDatabaseAsync()
    {
        DatabaseName database = NewDatabase();
        await new SchemaMigrator(Engine, database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(CancellationToken.None);
        return database;
    }

    internal async Task<string> TextAsync(string sql)
    {
        using MemoryStream output = new();
        await Engine.QueryAsync(sql, "TSV", output);
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length).TrimEnd('\n');
    }

    internal async Task<long> NumberAsync(string sql) => long.Parse(await TextAsync(sql), CultureInfo.InvariantCulture);
}
