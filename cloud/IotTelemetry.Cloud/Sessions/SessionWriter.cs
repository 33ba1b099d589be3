using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Sessions;

/// <summary>Keeps the table of sessions up to date while the service runs, beside ingest: a store that is away or busy delays sessions and nothing else.</summary>
internal sealed class SessionWriter(SessionDeriver deriver, Func<ulong> storedThrough, TimeProvider time, ILogger<SessionWriter> logger)
{
    /// <summary>How often it looks for new readings.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan delay = Interval;
        while (true)
        {
            try
            {
                while (await deriver.StepAsync(storedThrough(), cancellationToken))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                delay = Interval;
            }
            catch (ClickHouseException failure)
            {
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
                CloudLog.SessionsWait(logger, delay, failure);
            }

            await Task.Delay(delay, time, cancellationToken);
        }
    }
}
