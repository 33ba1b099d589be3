using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Workers;
using Polly;
using Polly.Retry;

namespace IotTelemetry.Cloud.Batches;

/// <summary>
/// Repeats an insert until the store took it: whatever went wrong, the rows exist nowhere else but in the gateways' outboxes. An insert whose outcome is unknown is
/// repeated with the same token, so it is stored once. While the store is away, nothing is acknowledged and soon nothing is read.
/// </summary>
internal sealed class StoreRetry
{
    private readonly ResiliencePipeline _pipeline;
    private readonly TimeProvider _time;
    private long _failingSince;

    public StoreRetry(TimeProvider time, ILogger<StoreRetry> logger, Func<double>? randomizer = null)
    {
        _time = time;
        RetryStrategyOptions retry = new()
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(10),
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is not (null or LeaseLostException) && !args.Context.CancellationToken.IsCancellationRequested),
            OnRetry = args =>
            {
                Attempts++;
                LastError = args.Outcome.Exception?.Message;
                if (Interlocked.CompareExchange(ref _failingSince, _time.GetTimestamp(), 0) == 0)
                {
                    CloudLog.StoreFailing(logger, args.Outcome.Exception!);
                }

                return ValueTask.CompletedTask;
            },
        };
        retry.Randomizer = randomizer ?? retry.Randomizer;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(retry).Build();
        _logger = logger;
    }

    private readonly ILogger _logger;

    /// <summary>How often an insert was repeated.</summary>
    public long Attempts { get; private set; }

    /// <summary>What the store said last, while it fails.</summary>
    public string? LastError { get; private set; }

    /// <summary>How long the store has been failing; null while it works.</summary>
    public TimeSpan? FailingFor => Volatile.Read(ref _failingSince) is > 0 and long since ? _time.GetElapsedTime(since) : null;

    /// <summary>Runs <paramref name="insert"/> until it succeeds.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; whether the rows are stored is not known.</exception>
    public async ValueTask RunAsync<TState>(Func<TState, CancellationToken, ValueTask> insert, TState state, CancellationToken cancellationToken)
    {
        await _pipeline.ExecuteAsync(insert, state, cancellationToken);
        if (FailingFor is { } outage)
        {
            Volatile.Write(ref _failingSince, 0);
            LastError = null;
            CloudLog.StoreRecovered(_logger, outage);
        }
    }
}
