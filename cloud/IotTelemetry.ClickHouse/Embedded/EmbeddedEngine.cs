using System.IO.Pipelines;
using IotTelemetry.ClickHouse.Native;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>ClickHouse inside this process (libchdb). One instance per process at a time.</summary>
public sealed class EmbeddedEngine : IClickHouseEngine
{
    /// <summary>Loads the library and opens the data directory.</summary>
    /// <exception cref="ClickHouseException">The library is missing, the directory is in use, or the engine did not start; the message says what to do.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">An engine is open in this process already.</exception>
    public static Task<EmbeddedEngine> OpenAsync(EmbeddedEngineOptions options, ILogger<EmbeddedEngine>? logger = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public Task ExecuteAsync(string sql, ClickHouseParameters? parameters = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task InsertAsync(string table, NativeBlock block, string? deduplicationToken = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task InsertAsync(string into, string format, ReadOnlyMemory<byte> rows, string? deduplicationToken = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<NativeBlock> QueryAsync(string sql, ClickHouseParameters? parameters = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task QueryAsync(string sql, string format, PipeWriter output, ClickHouseParameters? parameters = null, IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task QueryAsync(string sql, string format, Stream output, ClickHouseParameters? parameters = null, IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
