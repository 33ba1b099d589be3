using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Hardware;
using IotTelemetry.Hardware.Tests;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests;

/// <summary>Everything that switches, over a <see cref="Switchgear"/> and a clock that moves when told.</summary>
internal sealed class SwitchRoom : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SwitchingOptions _options;
    private readonly List<CommandResult> _told = [];
    private LiveBoard _board = null!;
    private int _looks;
    private Task _running = Task.CompletedTask;

    private SwitchRoom(SwitchingOptions options)
    {
        _options = options;
        Gear = new Switchgear(Time);
        Clock = new ManualClock(Time);
    }

    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));

    public ManualClock Clock { get; }

    public Switchgear Gear { get; private set; }

    public GatewayControl Control { get; private set; } = null!;

    public FaultBook Faults { get; private set; } = null!;

    public Liveness Liveness { get; private set; } = null!;

    /// <summary>Whether the outbox holds what the cloud has not confirmed.</summary>
    public bool FramesWait { get; set; }

    /// <summary>How often the fail-safe guard has asked for that.</summary>
    public int Looks => Volatile.Read(ref _looks);

    public string JournalPath => Path.Combine(_directory.Path, "commands.jsonl");

    public string LockoutPath => Path.Combine(_directory.Path, "lockouts.json");

    /// <summary>Every result that was told, oldest first.</summary>
    public IReadOnlyList<CommandResult> Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    public string StateDirectory => _directory.Path;

    public double? Live(string point) => _board.Last(Enumerable.Range(0, _board.Points.Count).First(i => Address(i) == point))?.Value;

    public static async Task<SwitchRoom> OpenAsync(SwitchingOptions? options = null)
    {
        var room = new SwitchRoom(options ?? new SwitchingOptions());
        await room.StartAsync();
        return room;
    }

    /// <summary>The agent ends as by kill -9 and starts again; the board is another one, all off.</summary>
    public async Task RestartAsync(Action? between = null)
    {
        // The same directory without an orderly end: the next run sees what lay on the disk by then.
        await EndAsync();
        between?.Invoke();
        Gear = new Switchgear(Time);
        await StartAsync();
    }

    public Command Direct(string asset, bool value, int lifeSeconds = 30) => new()
    {
        Id = Guid.CreateVersion7(),
        Phase = CommandPhase.Direct,
        Asset = asset,
        Point = "state",
        Value = PointValue.Of(value),
        Author = "anna",
        Reason = "test",
        IssuedMs = Clock.NowMs,
        ExpiresMs = Clock.NowMs + (lifeSeconds * 1000),
        LifeMs = lifeSeconds * 1000,
    };

    /// <summary>Sends a command as the broker delivers it; returns its last result.</summary>
    public Task<CommandResult> SendAsync(Command command) => SendAsync(command, CommandOrigin.Cloud);

    public async Task<CommandResult> SendAsync(Command command, CommandOrigin origin)
    {
        var handled = Control.Desk.ExecuteAsync(Command.Decode(command.Encode()), origin, Note);
        await EventuallyAsync(() => handled.IsCompleted);
        return await handled;
    }

    /// <summary>Begins a command, and returns when it has told <paramref name="count"/> results.</summary>
    public async Task<Task<CommandResult>> BeginAsync(Command command, int count = 1)
    {
        var before = Told.Count;
        var handled = Control.Desk.ExecuteAsync(command, CommandOrigin.Cloud, Note);
        await WaitAsync(() => Told.Count >= before + count);
        return handled;
    }

    /// <summary>Lets time pass until it is so.</summary>
    public async Task EventuallyAsync(Func<bool> holds, double stepMs = 20)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        while (!holds())
        {
            await Task.Delay(1, giveUp.Token);
            Time.Advance(TimeSpan.FromMilliseconds(stepMs));
        }
    }

    /// <summary>Waits until it is so, while the clock stands still.</summary>
    public static async Task WaitAsync(Func<bool> holds)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        while (!holds())
        {
            await Task.Delay(1, giveUp.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
        _directory.Dispose();
    }

    private async Task StartAsync()
    {
        var plan = SwitchPlan.Create(_options, Gear.Assets, Gear.Points, []);
        _board = new LiveBoard(Gear, Time, plan.OwnPoints);
        Faults = new FaultBook(Clock);
        Liveness = new Liveness(Time);
        Control = new GatewayControl(_directory.Path, plan, _board, Clock, Faults, Liveness, Time, NullLoggerFactory.Instance);
        await Control.StartAsync(Note, () =>
        {
            Interlocked.Increment(ref _looks);
            return FramesWait;
        });
        _running = _board.RunAsync(new Nowhere(), _stop.Token);
    }

    private async Task EndAsync()
    {
        var ended = Control.DisposeAsync().AsTask();
        await EventuallyAsync(() => ended.IsCompleted);
        await ended;
    }

    private string Address(int point) => $"{_board.Assets[_board.Points[point].Asset].Id}/{_board.Points[point].Name}";

    private void Note(CommandResult result)
    {
        lock (_told)
        {
            _told.Add(result);
        }
    }

    private sealed class Nowhere : IRawValueSink
    {
        public void Accept(in RawValue value)
        {
            // Only what the board remembers matters here.
        }
    }
}
