using IotTelemetry.ClickHouse;

namespace IotTelemetry.Cloud.Status;

/// <summary>Asks the store whether it answers: at most once a second, however many ask. Thread-safe.</summary>
internal sealed class StoreProbe(IClickHouseEngine engine, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long? _askedAt;
    private string? _problem;

    /// <summary>Why it does not answer; null when it does.</summary>
    public async Task<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_askedAt is not { } asked || time.GetElapsedTime(asked) >= Fresh)
            {
                _problem = await AskAsync(cancellationToken);
                _askedAt = time.GetTimestamp();
            }

            return _problem;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await foreach (var _ in engine.QueryAsync("SELECT 1", cancellationToken: either.Token))
            {
            }

            return null;
        }
        catch (ClickHouseException failure)
        {
            return $"the store does not answer: {failure.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"the store has not answered for {Patience.TotalSeconds:F0} s";
        }
    }
}
