using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>Pipelines for tests: small batches that go at once, unless told otherwise.</summary>
internal static class Pipelines
{
    public static IngestOptions Quick { get; } = new()
    {
        BatchAge = TimeSpan.FromMilliseconds(1),
        TrickleAge = TimeSpan.FromMilliseconds(1),
        TrickleRows = 0,
        AgePerPartition = TimeSpan.Zero,
        Growth = 1,
    };

    public static async Task<IngestPipeline> StartAsync(
        IClickHouseEngine engine, DatabaseName database, RecordingSink sink, IngestOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null,
        CancellationToken cancellationToken = default)
    {
        IngestPipeline pipeline = new(engine, database, sink, options ?? Quick, time ?? TimeProvider.System, logs ?? NullLoggerFactory.Instance);
        try
        {
            await pipeline.StartAsync(cancellationToken);
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }
}
