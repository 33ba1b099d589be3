using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Hosting;

/// <summary>
/// The board driven by a verb while no agent runs: the agent's lock is held, values are read and remembered, at least once a second, and nothing is reported. When it is disposed outputs go to their
/// safe values.
/// </summary>
internal sealed class DirectBoard : IAsyncDisposable
{
    private static readonly TimeSpan FirstValues = TimeSpan.FromSeconds(3);

    /// <summary>Somebody waits for what interlocks, feedback and calibrations see, however rarely the agent would look.</summary>
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    private readonly FileStream _lock;
    private readonly SamplingPlan _sampling;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _polling;

    private DirectBoard(EdgeConfiguration configuration, TimeProvider time)
    {
        var directory = Directory.CreateDirectory(EdgeConfiguration.OutboxDirectory(configuration.StateDirectory)).FullName;
        _lock = Lock(Path.Combine(directory, "lock"));
        _sampling = SamplingPlan.Make(BoardFactory.Create(configuration.Board, time, NullLoggerFactory.Instance), configuration, time, NullLoggerFactory.Instance);
        Plan = SwitchPlan.Create(configuration, _sampling.Board.Assets, _sampling.Board.Points);
        PointRule[] rules = [.. _sampling.Rules.Select(r => r.PollInterval > LongestInterval ? r with { PollInterval = LongestInterval } : r)];
        Board = new LiveBoard(_sampling.Board, time, Plan.OwnPoints, rules);
        var target = new Onlooker(Board);
        Running = Task.Run(() => Board.RunAsync(target, _ending.Token), CancellationToken.None);
        _polling = new PointPoller(Board, rules, target, time, Random.Shared, NullLogger.Instance).RunAsync(_ending.Token);
    }

    public LiveBoard Board { get; }

    public SwitchPlan Plan { get; }

    /// <summary>The board at work; ends early only by an error.</summary>
    public Task Running { get; }

    /// <summary>Opens it; each point has said or was asked its first value, or three seconds have passed.</summary>
    /// <exception cref="IOException">An agent runs that holds the lock, or the state directory cannot be written.</exception>
    public static async Task<DirectBoard> OpenAsync(EdgeConfiguration configuration, TimeProvider time, CancellationToken stopping)
    {
        var direct = new DirectBoard(configuration, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        giveUp.CancelAfter(FirstValues);
        var board = direct.Board;
        var seen = 0;
        while (seen < board.Points.Count && !giveUp.IsCancellationRequested && !direct.Running.IsCompleted)
        {
            if (board.Last(seen) is not null)
            {
                seen++;
                continue;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return direct;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _polling;
        await Board.DisposeAsync();
        await _lock.DisposeAsync();
        _ending.Dispose();
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new IOException($"An agent holds {path} and does not answer: it is starting or stopping, or it is another one. ({exception.Message})", exception);
        }
    }

    private sealed class Onlooker(LiveBoard board) : IPollTarget
    {
        public void Accept(in RawValue value)
        {
            // Nothing is reported here; the board remembers what it shows.
        }

        public void AcceptBad(int point) => board.MarkBad(point);
    }
}
