using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Lockouts;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Commands and lockouts, wired together. Start it, let it hear the gateways, stop it. It knows neither MQTT connections nor HTTP.</summary>
internal sealed class CommandRoom : IAsyncDisposable
{
    // Before gateways have come back to a restarted broker, a bulk's next commands would be said to nobody.
    private static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly GatewayRoll _roll = new();
    private readonly CommandStore _store;
    private readonly CommandDriver _driver;
    private readonly CommandAgenda _agenda;
    private readonly AssetHolds _holds;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Task _writing = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private Task _lockingOut = Task.CompletedTask;
    private Task _goingOn = Task.CompletedTask;

    public CommandRoom(
        IClickHouseEngine engine,
        DatabaseName database,
        IGatewayLink link,
        ICommandTargets targets,
        AssetHolds holds,
        CommandOptions options,
        TimeProvider time,
        ILoggerFactory logs,
        Func<double>? randomizer = null)
    {
        StoreTables tables = new(database);
        Retry = new StoreRetry(time, logs.CreateLogger<StoreRetry>(), randomizer);
        StoreRetry lockoutRetry = new(time, logs.CreateLogger<StoreRetry>(), randomizer);
        _store = new CommandStore(engine, tables, Retry);
        _agenda = new CommandAgenda(time);
        _driver = new CommandDriver(_store, Book, _agenda, link, options, time, logs.CreateLogger<CommandDriver>());
        _holds = holds;
        _time = time;
        _logger = logs.CreateLogger<CommandRoom>();
        Options = options;
        Archive = new CommandArchive(engine, tables);
        Recent = new RecentCommands(Book, Archive, time);
        Lockouts = new LockoutBook(time);
        LockoutPost = new LockoutPost(link, logs.CreateLogger<LockoutPost>());
        LockoutDesk = new LockoutDesk(
            Lockouts, new LockoutTable(engine, tables, lockoutRetry), LockoutPost, targets, options, time, logs.CreateLogger<LockoutDesk>(), _stop.Token);
        CommandCheck check = new(targets, options);
        IdempotencyKeys keys = new(time);
        Desk = new CommandDesk(check, Book, _driver, Archive, keys, Lockouts, _roll, options, time, logs.CreateLogger<CommandDesk>());
        Bulks = new BulkDesk(check, Book, Desk, _driver, keys, options, time, _stop.Token);
        Results = new ResultIntake(Desk, logs.CreateLogger<ResultIntake>());
        _driver.Moved += Show;
        LockoutDesk.Changed += Show;
    }

    public CommandOptions Options { get; }

    public StoreRetry Retry { get; }

    public CommandBook Book { get; } = new();

    public CommandArchive Archive { get; }

    public RecentCommands Recent { get; }

    public CommandDesk Desk { get; }

    public BulkDesk Bulks { get; }

    public LockoutBook Lockouts { get; }

    public LockoutPost LockoutPost { get; }

    public LockoutDesk LockoutDesk { get; }

    public ResultIntake Results { get; }

    /// <summary>Cancelled when the room stops.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Completes when storing or watching ends: in order after <see cref="StopAsync"/>, otherwise with the error that ended it.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Reads lockouts and the commands that were under way, and begins to store and to watch the time.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LockoutDesk.StartAsync(cancellationToken);
        foreach (Lockout lockout in Lockouts.All)
        {
            Show(lockout.Asset);
        }

        IReadOnlyList<TrackedCommand> waiting = await Desk.RestoreAsync(cancellationToken);
        TrackedCommand[] open = [.. Book.All];
        foreach (TrackedCommand command in open)
        {
            Show(command);
        }

        CommandLog.Restored(_logger, open.Length - waiting.Count, waiting.Count);
        _writing = Task.Run(() => _store.RunAsync(_stop.Token), CancellationToken.None);
        _watching = Task.Run(WatchAsync, CancellationToken.None);
        _lockingOut = Task.Run(() => LockoutDesk.RunAsync(_stop.Token), CancellationToken.None);
        _goingOn = GoOnWithBulksAsync(waiting);
        Completion = Task.WhenAny(_writing, _watching, _lockingOut).Unwrap();
    }

    /// <summary>Takes what the gateways answer from now on.</summary>
    public void Receive(IGatewayLink link) => link.Receive(TopicKind.Result, Results.TakeAsync);

    /// <summary>Hears what a gateway says of itself: whether it is there or has come back, and which lockouts it has.</summary>
    public void Hear(GatewayId gateway, GatewayStatus status)
    {
        bool isBack = _roll.Hear(gateway, status);
        if (status.State == GatewayState.Online)
        {
            _ = FollowAsync(gateway, status.LockoutRevision, isBack);
        }
    }

    /// <summary>Stores what was taken; nothing more is taken. What is under way is taken up at the next start.</summary>
    /// <returns>False when <paramref name="timeout"/> was over first.</returns>
    public async Task<bool> StopAsync(TimeSpan timeout)
    {
        _store.Close();
        await Task.WhenAny(_writing, Task.Delay(timeout, _time, CancellationToken.None));
        return _writing.IsCompleted;
    }

    /// <summary>Stops at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writing, _watching, _lockingOut, _goingOn, Bulks.WhenIdleAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            IReadOnlyList<(TrackedCommand Command, CommandDeadline Deadline)> due = await _agenda.TakeAsync(_stop.Token);
            await Task.WhenAll(due.Select(entry => _driver.PassAsync(entry.Command, entry.Deadline))).WaitAsync(_stop.Token);
        }
    }

    private async Task GoOnWithBulksAsync(IReadOnlyList<TrackedCommand> waiting)
    {
        if (waiting.Count > 0)
        {
            await Task.Delay(ReturnTime, _time, _stop.Token);
            Bulks.GoOn(waiting);
        }
    }

    private async Task FollowAsync(GatewayId gateway, long? lockoutRevision, bool isBack)
    {
        try
        {
            await LockoutDesk.HearAsync(gateway, lockoutRevision, _stop.Token);
            if (isBack)
            {
                await Desk.ResumeAsync(gateway);
            }

            Bulks.GoOn(await Desk.SendWaitingAsync(gateway));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            CommandLog.StatusNotFollowed(_logger, gateway.ToString(), failure);
        }
    }

    // The live state shows what has the asset now, which may be another command already.
    private void Show(TrackedCommand command) =>
        _holds.SetPending(command.Request.Asset, Book.HolderOf(command.Request.Asset) is { } holder
            ? new PendingCommand(
                holder.Request.Id, holder.Request.Point, holder.Request.Value, StageName.Of(holder.Stage), holder.Request.Author, holder.ExpiresAt.ToUnixTimeMilliseconds())
            : null);

    private void Show(AssetId asset)
    {
        _holds.SetLockout(asset, Lockouts.Of(asset) is [{ } first, ..]
            ? first.ToMessage()
            : null);
        _ = RefuseLockedAsync(asset);
    }

    private async Task RefuseLockedAsync(AssetId asset)
    {
        try
        {
            await Desk.LockedAsync(asset);
        }
        catch (OperationCanceledException)
        {
            // The service stops; what is under way is looked at again at the next start.
        }
    }
}
