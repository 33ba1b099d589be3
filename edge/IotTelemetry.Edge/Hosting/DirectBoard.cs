using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The board driven by a verb while no agent runs: the agent's lock is held, values are remembered, nothing is sampled. When it is disposed outputs go to their safe values.</summary>
internal sealed class DirectBoard : IAsyncDisposable
{
    private static readonly TimeSpan FirstValues = TimeSpan.FromSeconds(2);

    private readonly FileStream _lock;
    private readonly SamplingPlan _sampling;
    private readonly CancellationTokenSource _ending = new();

    private DirectBoard(EdgeConfiguration configuration, TimeProvider time)
    {
        var directory = Directory.CreateDirectory(EdgeConfiguration.OutboxDirectory(configuration.StateDirectory)).FullName;
        _lock = Lock(Path.Combine(directory, "lock"));
        _sampling = SamplingPlan.Make(BoardFactory.Create(configuration.Board, time, NullLoggerFactory.Instance), configuration, time, NullLoggerFactory.Instance);
        Plan = SwitchPlan.Create(configuration, _sampling.Board.Assets, _sampling.Board.Points);
        Board = new LiveBoard(_sampling.Board, time, Plan.OwnPoints);
        Running = Task.Run(() => Board.RunAsync(new NoSink(), _ending.Token), CancellationToken.None);
    }

    public LiveBoard Board { get; }

    public SwitchPlan Plan { get; }

    /// <summary>The board at work; ends early only by an error.</summary>
    public Task Running { get; }

    /// <summary>Opens it; each point that pushes its values has said its first, or two seconds have passed.</summary>
    /// <exception cref="IOException">An agent runs that holds the lock, or the state directory cannot be written.</exception>
    public static async Task<DirectBoard> OpenAsync(EdgeConfiguration configuration, TimeProvider time, CancellationToken stopping)
    {
        var direct = new DirectBoard(configuration, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        giveUp.CancelAfter(FirstValues);
        var board = direct.Board;
        int[] pushed = [.. Enumerable.Range(0, board.Points.Count).Where(i => board.Points[i].Delivery == PointDelivery.Pushed)];
        while (!Array.TrueForAll(pushed, i => board.Last(i) is not null) && !giveUp.IsCancellationRequested && !direct.Running.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return direct;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private sealed class NoSink : IRawValueSink
    {
        public void Accept(in RawValue value)
        {
            // Nothing is sampled here; the board remembers what it shows.
        }
    }
}
