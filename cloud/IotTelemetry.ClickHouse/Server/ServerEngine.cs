using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using IotTelemetry.ClickHouse.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.Retry;

namespace IotTelemetry.ClickHouse.Server;

/// <summary>
/// A ClickHouse server, or several replicas, over HTTP(S). A request that fails for the moment is tried again, on another replica where there is one: inserts with a
/// token (with the same token, so nothing is doubled) and SELECTs that have given nothing yet; other statements only when they surely did not reach a server.
/// </summary>
public sealed class ServerEngine : IClickHouseEngine
{
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(2);
    private readonly ServerEngineOptions _options;
    private readonly ILogger<ServerEngine> _logger;
    private readonly ReplicaSet _replicas;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _repeat;
    private readonly ResiliencePipeline _repeatUnsent;

    /// <summary>Makes the engine; nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ServerEngine(ServerEngineOptions options, ILogger<ServerEngine>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _logger = logger ?? NullLogger<ServerEngine>.Instance;
        _replicas = new ReplicaSet(options.Endpoints, options.TimeProvider);
        _http = CreateClient(options);
        _repeat = Retry(error => error.IsTransient);
        _repeatUnsent = Retry(error => error.IsTransient && error.NotSent);
    }

    /// <inheritdoc/>
    public async Task ExecuteAsync(string sql, ClickHouseParameters? parameters = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(sql);
        using ServerRequest request = ServerRequest.ForStatement(sql, null, parameters, waitForEnd: true);
        await RunAsync(request, _repeatUnsent, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task InsertAsync(string table, NativeBlock block, string? deduplicationToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        ArgumentNullException.ThrowIfNull(block);
        if (block.Rows == 0)
        {
            return;
        }

        PooledBuffer buffer = new();
        block.WriteTo(buffer);
        using ServerRequest request = ServerRequest.ForInsert(Statement.Columns(table, block), "Native", buffer.Written, buffer, deduplicationToken);
        await RunAsync(request, deduplicationToken is null ? _repeatUnsent : _repeat, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task InsertAsync(string into, string format, ReadOnlyMemory<byte> rows, string? deduplicationToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(into);
        ArgumentException.ThrowIfNullOrEmpty(format);
        if (rows.IsEmpty)
        {
            return;
        }

        using ServerRequest request = ServerRequest.ForInsert(into, format, rows, null, deduplicationToken);
        await RunAsync(request, deduplicationToken is null ? _repeatUnsent : _repeat, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<NativeBlock> QueryAsync(string sql, ClickHouseParameters? parameters = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using ServerRequest request = ServerRequest.ForStatement(sql, "Native", parameters, waitForEnd: false);
        await using ServerQuery query = await StartAsync(request, sql, cancellationToken).ConfigureAwait(false);
        using NativeBlockStream blocks = new();
        NativeBlock block = new();
        bool atEnd = false;
        while (!atEnd)
        {
            ReadOnlyMemory<byte> bytes = await query.ReadAsync().ConfigureAwait(false);
            blocks.Add(bytes.Span);
            atEnd = bytes.IsEmpty;
            while (blocks.TryRead(block, atEnd))
            {
                if (block.Rows > 0)
                {
                    yield return block;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task QueryAsync(
        string sql,
        string format,
        PipeWriter output,
        ClickHouseParameters? parameters = null,
        IReadOnlyDictionary<string, string>? settings = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        using ServerRequest request = ServerRequest.ForStatement(sql, format, parameters, waitForEnd: false);
        request.AddSettings(settings);
        await using ServerQuery query = await StartAsync(request, sql, cancellationToken).ConfigureAwait(false);
        while (await query.ReadAsync().ConfigureAwait(false) is { IsEmpty: false } bytes)
        {
            FlushResult flushed = await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                return; // Nobody reads any more; leaving ends the query.
            }
        }
    }

    /// <summary>Closes the connections.</summary>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static HttpClient CreateClient(ServerEngineOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaximumConnections,
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,

            // Servers close idle connections after 3 s (old) to 30 s; a request into a closing connection would be lost. And new addresses are looked up.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (options.CertificateAuthorityFile is { } file)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (options.Token is { } token)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        Add("X-ClickHouse-User", options.UserName);
        Add("X-ClickHouse-Key", options.Password);
        Add("X-ClickHouse-Database", options.Database);
        return client;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
            }
        }
    }

    private ResiliencePipeline Retry(Func<ClickHouseException, bool> repeatable) => _options.MaximumAttempts == 1
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder { TimeProvider = _options.TimeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is ClickHouseException error && repeatable(error)),
                MaxRetryAttempts = _options.MaximumAttempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _options.RetryDelay,
                MaxDelay = TimeSpan.FromSeconds(30),
                OnRetry = arguments =>
                {
                    ServerLog.Retrying(_logger, arguments.AttemptNumber + 2, _options.MaximumAttempts, arguments.RetryDelay, arguments.Outcome.Exception!.Message);
                    return default;
                },
            })
            .Build();

    private async Task RunAsync(ServerRequest request, ResiliencePipeline pipeline, CancellationToken cancellationToken)
    {
        request.AddSettings(_options.Settings);
        await pipeline.ExecuteAsync(
            async token =>
            {
                await using ServerQuery query = await SendAsync(request, token).ConfigureAwait(false);
                while (await query.ReadAsync().ConfigureAwait(false) is { IsEmpty: false })
                {
                    // An answer to these has no content, or none that anybody wants; but an error may be in it.
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ServerQuery> StartAsync(ServerRequest request, string sql, CancellationToken cancellationToken)
    {
        request.AddSettings(_options.Settings);
        ResiliencePipeline pipeline = Statement.IsSelect(sql) ? _repeat : _repeatUnsent;
        return await pipeline.ExecuteAsync(async token => await SendAsync(request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ServerQuery> SendAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        Replica replica = _replicas.Choose();
        using HttpRequestMessage message = request.ToMessage(replica.Endpoint, _options);
        CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ServerQuery query = new(this, replica, request, silence, _options.ResponseTimeout, cancellationToken);
        try
        {
            await query.OpenAsync(_http, message).ConfigureAwait(false);
            _replicas.Report(replica, healthy: true);
            return query;
        }
        catch (Exception e)
        {
            await query.DisposeAsync().ConfigureAwait(false);
            if (e is ClickHouseException { Code: 0, IsTransient: true })
            {
                _replicas.Report(replica, healthy: false);
                ServerLog.ReplicaFailed(_logger, replica.Endpoint, e.Message);
            }

            throw;
        }
    }

    /// <summary>Asks the server to end a statement whose answer nobody awaits any more; as good as it can be had.</summary>
    internal async Task KillAsync(Replica replica, string queryId)
    {
        using ServerRequest request = ServerRequest.ForStatement($"KILL QUERY WHERE query_id = {Statement.Literal(queryId)} ASYNC", null, null, waitForEnd: false);
        using CancellationTokenSource timeout = new(KillTimeout);
        try
        {
            using HttpRequestMessage message = request.ToMessage(replica.Endpoint, _options);
            using HttpResponseMessage answer = await _http.SendAsync(message, timeout.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                ServerLog.NotKilled(_logger, replica.Endpoint, queryId, ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
            }
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            ServerLog.NotKilled(_logger, replica.Endpoint, queryId, e.Message);
        }
    }
}
